/** How outcomes are told in the status, and to the schedule. */

import t from 'tap'
import { type CheckOutcome, happenedBy, NOT_ENROLLED, statusAfter } from '../../../../agent/config/download/outcome.js'

const AT = '2025-03-05T14:00:00.000Z'
const BEFORE = { ...NOT_ENROLLED, enrolled: true, version: 'old', lastSuccess: 'once', lastFailure: 'some' }

void t.test('each outcome in the status and for the schedule', async (t) => {
  const cases: readonly [CheckOutcome, happened: string, status: object][] = [
    [{ result: 'in-force', version: 'new' }, 'up-to-date', { version: 'new', lastSuccess: AT, lastFailure: '' }],
    [{ result: 'up-to-date', version: 'old' }, 'up-to-date', { version: 'old', lastSuccess: AT, lastFailure: '' }],
    [
      { result: 'new-version', version: 'new' },
      'new-version',
      { version: 'old', lastSuccess: 'once', lastFailure: '' },
    ],
    [
      { result: 'failed', failure: 'refused', detail: 'nobody there', curlCode: 7 },
      'failed',
      { version: 'old', lastSuccess: 'once', lastFailure: 'refused: nobody there' },
    ],
    [
      { result: 'refused', version: 'new', problems: ['a: no'] },
      'failed',
      { version: 'old', lastSuccess: 'once', lastFailure: 'version new was refused: a: no' },
    ],
    [
      { result: 'refused', version: 'new', problems: ['a: no', 'b: no', 'c: no'] },
      'failed',
      { lastFailure: 'version new was refused: a: no (and 2 more)' },
    ],
  ]
  for (const [outcome, happened, status] of cases) {
    t.equal(happenedBy(outcome), happened, outcome.result)
    t.match(statusAfter(BEFORE, outcome, AT), { enrolled: true, lastCheck: AT, ...status }, outcome.result)
  }
})
