/** What of a flow's story is told to captures and to the driver log. */

import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import t from 'tap'
import type { CapturedFlow, DoorName, FlowFailure } from '../../../agent/capture/door.js'
import { tapped } from '../../../agent/capture-file/flow-tap.js'
import { OwnSockets } from '../../../agent/capture-file/own-sockets.js'
import { type DriverEvent, driverLine } from '../../../agent/diag/driver-event.js'
import type { FlowFacts, Verdict } from '../../../agent/steering/flow.js'
import { packetStory } from '../../support/packet-story.js'

const INTERFACES = ['namespace', 'http-connect', 'http-forward', 'socks5', 'dns', 'tunnel', 'direct']
const FACTS: FlowFacts = {
  transport: 'tcp',
  source: { ip: '192.0.2.77', port: 5000 },
  destination: { ip: '74.112.186.144', port: 443 },
  host: 'box.com',
  process: 'curl',
  sniffed: 'no',
}
const TUNNEL: Verdict = {
  action: 'tunnel',
  via: 'nsProxy',
  rule: { file: 'nssteering.json', path: '$.domains[0]' },
  reason: 'It is steered.',
}
const COMMENT = `host: box.com
process: curl, pid 7
verdict: tunnel nsProxy, session 3
rule: nssteering.json $.domains[0]
It is steered.`

function begin(door: DoorName) {
  const inner = packetStory(INTERFACES)
  const outer = packetStory(INTERFACES)
  const driver: string[] = []
  const said: string[] = []
  const ownSockets = new OwnSockets()
  const driverLog = { running: true, report: (event: DriverEvent) => void driver.push(driverLine(event, 0).slice(25)) }
  const flow: CapturedFlow = {
    door,
    socket: new PassThrough(),
    source: FACTS.source,
    host: '',
    destination: FACTS.destination,
    head: new Uint8Array(0),
    owner: async () => ({ pid: 7, process: 'curl', executable: '' }),
    opened: () => void said.push('yes'),
    failed: (failure: FlowFailure) => void said.push(failure),
  }
  const parts = { inner: inner.slot, outer: outer.slot, ownSockets, driverLog, now: inner.now }
  const begun = () => tapped(flow, parts)
  return { inner, outer, driver, driverLog, said, ownSockets, begun }
}

void t.test('a captured flow: its handshake is written with the verdict', async (t) => {
  const { inner, driver, said, begun } = begin('namespace')
  inner.slot.current = inner.capture()
  const flow = begun()
  flow.tap.ownedBy({ pid: 7, process: 'curl', executable: '' })
  t.strictSame(inner.told, [], 'nothing before it is known what becomes of it')
  flow.tap.decided(FACTS, TUNNEL, 3)
  flow.opened()
  flow.opened()
  flow.tap.sent(Buffer.from('question'))
  flow.tap.received(Buffer.from('answer'))
  flow.tap.receivedEnd()
  flow.tap.sentEnd()
  flow.tap.over()
  t.strictSame(inner.told, [
    `namespace 5000 > 443 SYN (${COMMENT})`,
    'namespace 5000 < 443 SYN',
    'namespace 5000 > 443 "question"',
    'namespace 5000 < 443 "answer"',
    'namespace 5000 < 443 FIN',
    'namespace 5000 > 443 FIN',
  ])
  t.strictSame(said, ['yes', 'yes'], 'the door hears it each time')
  const number = driver[0]?.split(' ')[0]
  t.strictSame(
    driver.map((line) => line.replace(`${number} `, '')),
    [
      'accepted namespace 192.0.2.77:5000 -> 74.112.186.144:443',
      'owner curl pid 7',
      'decided tunnel nsProxy box.com by nssteering.json $.domains[0]',
      'opened',
      'closed sent 8 received 6',
    ],
  )
})

void t.test("a proxy's flow: yes is its SYN-ACK, no is a refused SYN", async (t) => {
  const yes = begin('socks5')
  yes.inner.slot.current = yes.inner.capture()
  const opened = yes.begun()
  opened.tap.decided(FACTS, TUNNEL, 0)
  t.match(yes.inner.told, [/^socks5 5000 > 443 SYN/])
  t.equal(yes.inner.told.length, 1, 'not answered yet')
  opened.opened()
  t.equal(yes.inner.told[1], 'socks5 5000 < 443 SYN')

  const no = begin('socks5')
  no.inner.slot.current = no.inner.capture()
  const refused = no.begun()
  refused.tap.decided(FACTS, TUNNEL, 0)
  refused.failed('refused')
  refused.tap.over()
  t.strictSame(no.inner.told.slice(1), ['socks5 5000 < 443 RST'])
  t.strictSame(no.said, ['refused'])
  t.match(no.driver.at(-1), /closed sent 0 received 0 refused$/)
})

void t.test('a captured flow that is refused is reset after its handshake, and so is one that has left', async (t) => {
  for (const [what, end, packet] of [
    ['refused', 'failed', 'namespace 5000 < 443 RST'],
    ['left', 'over', 'namespace 5000 > 443 RST'],
  ] as const) {
    const { inner, begun } = begin('namespace')
    inner.slot.current = inner.capture()
    const flow = begun()
    flow.tap.decided(FACTS, TUNNEL, 0)
    if (end === 'failed') flow.failed('blocked')
    flow.tap.over()
    t.strictSame(inner.told.slice(2), [packet], what)
  }
})

void t.test('secrets are asked for, and written, where a capture wants them', async (t) => {
  const { inner, begun } = begin('namespace')
  const { tap } = begun()
  t.notOk(tap.wantsKeys)
  inner.slot.current = inner.capture()
  tap.keys(Buffer.from('CLIENT_RANDOM 1 2'))
  t.strictSame(inner.told, [], 'not wanted')
  inner.slot.keys = true
  t.ok(tap.wantsKeys)
  tap.keys(Buffer.from('CLIENT_RANDOM 1 2'))
  t.strictSame(inner.told, ['secrets CLIENT_RANDOM 1 2'])
})

void t.test('a bypassed flow is seen outside too, as itself', async (t) => {
  const server = createServer((socket) => socket.on('error', () => {}).resume())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as { port: number }
  const socket: Socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const local = { ip: '127.0.0.1', port: socket.localPort ?? 0 }

  const { outer, ownSockets, begun } = begin('socks5')
  outer.slot.current = outer.capture()
  const { tap } = begun()
  tap.direct(socket, FACTS.destination, 1)
  tap.sent(Buffer.from('question'))
  tap.received(Buffer.from('answer'))
  tap.reset('agent')
  tap.over()
  t.strictSame(outer.told, [
    `direct ${local.port} > 443 SYN (a bypassed flow)`,
    `direct ${local.port} < 443 SYN`,
    `direct ${local.port} > 443 "question"`,
    `direct ${local.port} < 443 "answer"`,
    // The origin hears of it from the agent.
    `direct ${local.port} > 443 RST`,
  ])
  const broken = begin('socks5')
  broken.outer.slot.current = broken.outer.capture()
  const other = broken.begun()
  other.tap.direct(socket, FACTS.destination, 1)
  other.tap.reset('origin')
  t.equal(broken.outer.told.at(-1), `direct ${local.port} < 443 RST`, 'an origin that breaks off does so outside, too')
  const left = begin('socks5')
  left.outer.slot.current = left.outer.capture()
  const gone = left.begun()
  gone.tap.direct(socket, FACTS.destination, 1)
  gone.tap.over()
  t.equal(left.outer.told.at(-1), `direct ${local.port} > 443 RST`, 'and no flow is left without an end')
  t.ok(ownSockets.has(local, { ip: '127.0.0.1', port }), 'its packets are the agent’s own')
  t.notOk(ownSockets.has({ ip: '127.0.0.1', port }, local), 'seen from here')
  socket.destroy()
  server.close()
})

void t.test('while nothing runs nothing is told', async (t) => {
  const { inner, driver, driverLog, begun } = begin('namespace')
  driverLog.running = false
  const flow = begun()
  flow.tap.decided(FACTS, TUNNEL, 0)
  flow.tap.sent(Buffer.from('x'))
  flow.tap.over()
  t.strictSame([inner.told, driver], [[], []])
})
