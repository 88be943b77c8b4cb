/** The lines of failed requests. */

import t from 'tap'
import { failureEvents } from '../../../agent/outbound/told-failure.js'

void t.test('how a failure is told', async (t) => {
  const timedOut = { failure: 'timed-out', curlCode: 28 }
  t.strictSame(
    failureEvents(timedOut),
    [{ type: 'download-failed', code: 28, error: 'Timeout was reached' }],
    'as libcurl ends',
  )
  const refused = { failure: 'http', curlCode: 22, httpStatus: 503 }
  t.strictSame(failureEvents(refused), [{ type: 'http-refused', code: 503 }], 'an answer that came, by its status')
  t.strictSame(failureEvents({ failure: 'malformed', curlCode: 0 }), [], 'the transfer was fine: no line')
  t.strictSame(failureEvents({ failure: 'closed', curlCode: 42 }), [], 'we are stopping: no line')
})
