import t from 'tap'
import { flowTransaction, goneAtRedial, refusedByClient } from '../../../gateway/inspect/flow-transaction.js'
import type { SteeredFlow } from '../../../gateway/inspect/steered-flow.js'

const FLOW: SteeredFlow = {
  user: 'alice@acme.example',
  device: 'desk',
  process: 'curl',
  host: 'box.com',
  ip: '2001:db8::1',
  port: 443,
  source: '10.0.0.7:50123',
  clientIp: '198.51.100.7',
  tenant: 'acme',
  pop: 'US-ORD1',
  session: 3,
  transport: 'TLS',
  egressIp: '',
}
const PARTS = {
  begun: 0,
  ended: 1500.4,
  id: 'r1',
  categoryOf: (host: string) => (host === 'box.com' ? 'Cloud Storage' : ''),
}

void t.test('a flow in whose requests nobody looked', async (t) => {
  const outcome = { action: 'bypass', notDecrypted: 'not-web', rule: '', why: 'It is SSH.', bytesSent: 5 } as const
  t.strictSame(flowTransaction(FLOW, outcome, PARTS), {
    time: '1970-01-01T00:00:00.000Z',
    id: 'r1',
    user: 'alice@acme.example',
    device: 'desk',
    process: 'curl',
    host: 'box.com',
    destination: '[2001:db8::1]:443',
    source: '10.0.0.7:50123',
    pop: 'US-ORD1',
    session: 3,
    action: 'bypass',
    rule: '',
    why: 'It is SSH.',
    decrypted: false,
    notDecrypted: 'not-web',
    category: 'Cloud Storage',
    bytesSent: 5,
    bytesReceived: 0,
    durationMs: 1500,
  })
})

void t.test('a name in clear goes before what the agent knows; a clock set back does not count', async (t) => {
  const refused = flowTransaction(FLOW, refusedByClient('www.box.com', 'unknown_ca'), { ...PARTS, begun: 9000 })
  t.match(refused, { host: 'www.box.com', notDecrypted: 'client-refused', clientAlert: 'unknown_ca', durationMs: 0 })
  t.equal(flowTransaction(FLOW, refusedByClient('', 'closed'), PARTS).host, 'box.com')
})

void t.test('an origin that is gone when a flow is to be passed on', async (t) => {
  const passing = { reason: 'handshake-error', rule: 'errors.handshakeError', why: 'No TLS.' } as const
  t.match(flowTransaction(FLOW, goneAtRedial('www.box.com', passing, 'ECONNREFUSED'), PARTS), {
    host: 'www.box.com',
    action: 'failed',
    notDecrypted: 'handshake-error',
    rule: 'errors.handshakeError',
    why: 'No TLS. It was to be passed on, and the origin could not be reached again (ECONNREFUSED).',
    decrypted: false,
    bytesSent: 0,
  })
})
