import t from 'tap'
import { resolutionOf } from '../../../agent/pop/resolution.js'

void t.test('an answer comes to addresses, or to a reason', async (t) => {
  const reason = (detail: string) => ({ failure: 'not-resolved', detail, curlCode: 6 })
  t.strictSame(resolutionOf(0, ['192.0.2.1', '192.0.2.2'], 6), { addresses: ['192.0.2.1', '192.0.2.2'] })
  t.strictSame(resolutionOf(0, [], 6), reason('the name has no IPv4 address'))
  t.strictSame(resolutionOf(3, [], 6), reason('the answer is NXDOMAIN'))
  t.strictSame(resolutionOf(2, ['192.0.2.1'], 6), reason('the answer is SERVFAIL'))
  t.strictSame(resolutionOf(4095, [], 6), reason('the answer is DNS status 4095'))
})
