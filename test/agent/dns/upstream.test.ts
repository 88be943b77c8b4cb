import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import t from 'tap'
import { RelayUpstream, type UpstreamOptions } from '../../../agent/dns/upstream.js'
import { withId } from '../../../agent/dns/wire.js'
import {
  FLAGS,
  ipv4Data,
  messageBytes,
  optRecord,
  questionOf,
  type RawRecord,
  responseTo,
} from '../../support/dns-message.js'
import { type Answerer, startTestUpstream, type TestUpstream } from '../../support/dns-upstream.js'

// A cookie, an option nobody knows, 0x20 case, the DO bit: all of it has to arrive.
const query = messageBytes({
  id: 0x4242,
  flags: 0x0130,
  question: { name: 'wWw.BoX.cOm', type: 65 },
  additionals: [optRecord(1400, Buffer.from('000a00080102030405060708fde90002abcd', 'hex'), 0x8000)],
})
const record: RawRecord = { name: 'www.box.com', type: 65, data: Buffer.from('00010000010003026832', 'hex') }

function good(bytes: Buffer): Buffer {
  return responseTo(bytes, FLAGS.answer, [record], optRecord(1232, Buffer.from('fdea000101', 'hex')))
}

async function withUpstreams<T>(
  answerers: readonly Answerer[],
  options: Partial<UpstreamOptions>,
  body: (relay: RelayUpstream, upstreams: readonly TestUpstream[]) => Promise<T>,
): Promise<T> {
  const upstreams = await Promise.all(answerers.map(startTestUpstream))
  const relay = new RelayUpstream({ servers: upstreams.map(({ endpoint }) => endpoint), ...options })
  try {
    return await body(relay, upstreams)
  } finally {
    relay.close()
    for (const upstream of upstreams) upstream.close()
  }
}

const silence: Answerer = () => []

for (const transport of ['udp', 'tcp'] as const) {
  void t.test(`over ${transport} query and reply pass untouched but for the ID`, (t) =>
    withUpstreams([(bytes) => [good(bytes)]], {}, async (relay, [upstream]) => {
      t.same(await relay.ask(query, transport), { reply: good(query) })
      const [arrived] = upstream!.queries
      t.equal(arrived?.transport, transport)
      t.same(arrived?.bytes.subarray(2), query.subarray(2))
    }),
  )

  void t.test(`over ${transport} a silent server is asked again, then the outcome is a time-out`, (t) =>
    withUpstreams([silence], { timeoutMs: 40 }, async (relay, [upstream]) => {
      t.same(await relay.ask(query, transport), { failure: 'timed-out' })
      t.equal(upstream!.queries.length, 2)
    }),
  )

  void t.test(`over ${transport} the next server answers for a silent one`, (t) =>
    withUpstreams([silence, (bytes) => [good(bytes)]], { timeoutMs: 40 }, async (relay, [first, second]) => {
      t.same(await relay.ask(query, transport), { reply: good(query) })
      t.same([first!.queries.length, second!.queries.length], [1, 1])
    }),
  )

  void t.test(`over ${transport} a server that is not there is noticed at once`, (t) =>
    withUpstreams([silence], { timeoutMs: 60_000 }, async (relay, [upstream]) => {
      upstream!.close()
      t.same(await relay.ask(query, transport), { failure: 'unreachable' })
    }),
  )

  void t.test(`over ${transport} replies that do not match are ignored`, (t) =>
    withUpstreams(
      [
        (bytes) => [
          withId(responseTo(bytes, FLAGS.nxdomain), bytes.readUInt16BE(0) ^ 1),
          responseTo(
            messageBytes({ id: bytes.readUInt16BE(0), question: { name: 'other.test', type: 65 } }),
            FLAGS.answer,
          ),
          bytes,
          Buffer.from('junk'),
          good(bytes),
        ],
      ],
      {},
      async (relay) => t.same(await relay.ask(query, transport), { reply: good(query) }),
    ),
  )

  void t.test(`over ${transport} closing ends what is in flight, and nothing is asked afterwards`, (t) =>
    withUpstreams([silence], { timeoutMs: 60_000 }, async (relay, [upstream]) => {
      const asked = relay.ask(query, transport)
      while (upstream!.queries.length === 0) await new Promise(setImmediate)
      relay.close()
      t.same(await asked, { failure: 'closed' })
      t.same(await relay.ask(query, transport), { failure: 'closed' })
      t.equal(upstream!.queries.length, 1)
    }),
  )
}

void t.test('a TCP server that hangs up is unreachable', async (t) => {
  const server = net.createServer((socket) => socket.on('error', () => {}).destroy())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as net.AddressInfo
  const relay = new RelayUpstream({ servers: [{ ip: '127.0.0.1', port }], timeoutMs: 60_000 })
  t.same(await relay.ask(query, 'tcp'), { failure: 'unreachable' })
  server.close()
})

void t.test('an answer from another address than the server is not taken', async (t) => {
  const forger = dgram.createSocket('udp4').bind(0, '127.0.0.1')
  await once(forger, 'listening')
  let upstream: TestUpstream | undefined
  const answer: Answerer = async (bytes) => {
    const forged = responseTo(bytes, FLAGS.answer, [{ ...record, data: ipv4Data('6.6.6.6') }])
    await new Promise((sent) => forger.send(forged, upstream?.queries.at(-1)?.port ?? 0, '127.0.0.1', sent))
    return [good(bytes)]
  }
  await withUpstreams([answer], {}, async (relay, [started]) => {
    upstream = started
    t.same(await relay.ask(query, 'udp'), { reply: good(query) })
  })
  forger.close()
})

void t.test('IDs and source ports are fresh for every query', (t) =>
  withUpstreams([(bytes) => [good(bytes)]], {}, async (relay, [upstream]) => {
    for (let n = 0; n < 64; n += 1) await relay.ask(query, 'udp')
    t.ok(new Set(upstream!.queries.map(({ bytes }) => bytes.readUInt16BE(0))).size > 56)
    t.ok(new Set(upstream!.queries.map(({ port }) => port)).size > 56)
  }),
)

void t.test('one query too many is refused at once, and served again when there is room', async (t) => {
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const answer: Answerer = async (bytes) => {
    if (questionOf(bytes).name === 'held.test') await held
    return [good(bytes)]
  }
  await withUpstreams([answer], { maxInFlight: 2 }, async (relay) => {
    const slow = messageBytes({ question: { name: 'held.test', type: 1 } })
    const waiting = [relay.ask(slow, 'udp'), relay.ask(slow, 'tcp')]
    t.same(await relay.ask(query, 'udp'), { failure: 'busy' })
    release()
    await Promise.all(waiting)
    t.same(await relay.ask(query, 'udp'), { reply: good(query) })
  })
})

void t.test('no server at all is unreachable', async (t) => {
  t.same(await new RelayUpstream({ servers: [] }).ask(query, 'udp'), { failure: 'unreachable' })
})
