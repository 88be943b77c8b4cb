/** Faults as a running lab is asked for them: set, cleared, listed, and told to every process. */

import t from 'tap'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import { controlFaults } from '../../../scripts/process/fault-request.js'

const START = Date.UTC(2026, 0, 2)
const [ord] = DEFAULT_POP_TABLE.pops

function control() {
  let spreads = 0
  const faults = new FaultBoard({ now: () => START })
  const ask = controlFaults({ faults, spread: () => void spreads++ }, DEFAULT_POP_TABLE)
  return { ask, faults, spreads: () => spreads }
}

void t.test('set, listed and cleared; each change is told', async (t) => {
  const { ask, spreads } = control()
  const timeOut = { service: 'gslb', fault: { kind: 'time-out' }, until: null }
  const slow = { service: 'doh', fault: { kind: 'slow', ms: 300 }, until: '2026-01-02T00:00:30.000Z' }
  const down = { pop: ord?.name, fault: { kind: 'down' }, until: null }
  t.strictSame(ask({ service: 'gslb', words: ['time-out'] }), [timeOut])
  t.strictSame(ask({ service: 'doh', words: ['slow', '300'], forMs: 30_000 }), [timeOut, slow])
  t.strictSame(ask({ pop: ord?.name, words: ['down'] }), [timeOut, slow, down])
  t.equal(spreads(), 3)
  t.strictSame(ask({ list: true }), [timeOut, slow, down])
  t.strictSame(ask(undefined), [timeOut, slow, down], 'no question is the question what holds')
  t.equal(spreads(), 3, 'nothing to tell')
  t.strictSame(ask({ clear: { service: 'doh' } }), [timeOut, down])
  t.strictSame(ask({ clear: { pop: ord?.name } }), [timeOut])
  t.strictSame(ask({ clear: true }), [])
  t.equal(spreads(), 6)
})

void t.test('what cannot be is refused, and changes nothing', async (t) => {
  const { ask, faults, spreads } = control()
  const cases: readonly [question: unknown, refusal: { readonly code: string; readonly message?: string }][] = [
    [
      { pop: 'US-XXX1', words: ['down'] },
      { code: 'no-such-pop', message: `there is no POP US-XXX1; there are ${ord?.name}` },
    ],
    [{ clear: { pop: 'US-XXX1' } }, { code: 'no-such-pop' }],
    [{ clear: { service: 'mail' } }, { code: 'bad-fault' }],
    [{ service: 'gslb', words: ['refuse'], forMs: 1e12 }, { code: 'bad-fault' }],
    [{ service: 'gslb', words: ['portal'] }, { code: 'bad-fault' }],
    [{ pop: ord?.name, words: ['time-out'] }, { code: 'bad-fault' }],
    [{ pop: ord?.name, words: [] }, { code: 'bad-fault' }],
    [
      { service: 'mail', words: ['time-out'] },
      { code: 'bad-fault', message: 'this is no question about faults' },
    ],
    [{ service: 'gslb', words: ['time-out'], forMs: -1 }, { code: 'bad-fault' }],
    [{ clear: false }, { code: 'bad-fault' }],
  ]
  for (const [question, refusal] of cases)
    t.throws(() => ask(question), { exitCode: 2, ...refusal }, JSON.stringify(question))
  t.strictSame([faults.list(), spreads()], [[], 0])
})
