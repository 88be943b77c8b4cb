/** A flow whose inspection fails by a fault of ours ends, is told of, and takes nothing else with it. */

import type { Socket } from 'node:net'
import t from 'tap'
import type { TunnelStream } from '../../../agent/tunnel/stream.js'
import { StreamDuplex } from '../../../agent/tunnel/stream-duplex.js'
import type { GatewayEntry } from '../../../gateway/gateway-log.js'
import { carryToOrigin } from '../../../gateway/tunnel/egress.js'
import { nodeHello } from '../../support/client-hellos.js'
import { CA, httpsHost } from '../../support/https-host.js'
import { inspectorWith } from '../../support/inspector-with.js'
import { connected } from '../../support/loopback.js'
import { sessionPair } from '../../support/session-pair.js'
import { newTenant } from '../../support/tenant-gateway.js'

const CLIENT = {
  user: 'alice@acme.example',
  device: 'desk',
  clientIp: '198.51.100.7',
  pop: 'US-TEST1',
  session: 1,
  transport: 'TLS',
  egressIp: '203.0.113.1',
} as const

void t.test('a leaf key that cannot be made', async (t) => {
  const origin = await httpsHost(t, 'box.com')
  const inspector = inspectorWith(t, await newTenant(t), () => 'no key', [CA])
  const entries: GatewayEntry[] = []
  const dialled: Socket[] = []
  const dial = async () => {
    const socket = await connected(origin.port)
    dialled.push(socket)
    return { socket }
  }
  const parts = {
    dialer: { dial },
    resolve: async () => [],
    log: (entry: GatewayEntry) => void entries.push(entry),
    idleMs: 60_000,
    inspector,
  }
  const arrived: ((stream: TunnelStream) => void)[] = []
  const pair = await sessionPair({ open: (stream) => arrived.shift()?.(stream) })
  t.teardown(() => pair.agent.session.close('the test is over'))

  for (const host of ['notskope.com', 'box.com']) {
    const other = new Promise<TunnelStream>((resolve) => arrived.push(resolve))
    const program = new StreamDuplex(pair.agent.session.open({})!, new Uint8Array(0))
    const heard = new Promise((resolve) => program.once('error', resolve))
    const request = { host, ip: '192.0.2.1', port: 443, process: 'curl', via: 'nsProxy', source: '' } as const
    const carried = carryToOrigin(await other, request, CLIENT, parts)
    program.write(await nodeHello(host, ['http/1.1']))
    t.match(await heard, { message: 'the gateway failed to inspect it' }, host)
    await carried
    t.match(entries.pop(), { event: 'inspection-failed', user: CLIENT.user, host, detail: /./ })
  }
  t.strictSame(entries, [])
  t.strictSame(
    dialled.map((socket) => socket.destroyed),
    [true],
    "the origin's connection is over, too",
  )
})
