import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { DnsServer } from '../../../agent/dns/dns-server.js'
import { HostMap } from '../../../agent/dns/host-map.js'
import { frameMessage, MessageReader } from '../../../agent/dns/stream-framing.js'
import { RelayUpstream } from '../../../agent/dns/upstream.js'
import { isReplyTo, questionCount, RCODE, rcodeOf } from '../../../agent/dns/wire.js'
import { FLAGS, ipv4Data, messageBytes, optRecord, questionOf, responseTo } from '../../support/dns-message.js'
import { type Answerer, startTestUpstream } from '../../support/dns-upstream.js'

const DATAGRAMS = 10_000
const BATCH = 100

const probe = messageBytes({ id: 0x7777, flags: FLAGS.query, question: { name: 'probe.test', type: 1 } })
const valid = messageBytes({
  id: 1,
  flags: FLAGS.query,
  question: { name: 'mutated.test', type: 1 },
  additionals: [optRecord(1232, Buffer.from('000a00080102030405060708', 'hex'))],
})

/** Valid bytes with up to four of them changed, cut, or prolonged; or bytes of any kind. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 512 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { maxLength: 4 }),
      fc.nat(80),
      fc.uint8Array({ maxLength: 8 }),
    )
    .map(([edits, length, more]) => {
      const bytes = Buffer.from(valid)
      for (const [at, value] of edits) bytes[at] = value
      return Buffer.concat([bytes.subarray(0, length), more])
    }),
)

async function withServer(answer: Answerer, body: (port: number, hostMap: HostMap) => Promise<void>): Promise<void> {
  const upstream = await startTestUpstream(answer)
  const relay = new RelayUpstream({ servers: [upstream.endpoint], timeoutMs: 200 })
  const hostMap = new HostMap()
  const server = new DnsServer({ upstream: relay, hostMap, ipv6: true, dropSvcb: false, now: () => 0 })
  try {
    await body(await server.listen({ host: '127.0.0.1', port: 0 }), hostMap)
  } finally {
    server.close()
    relay.close()
    upstream.close()
  }
}

function answersProbe(reply: Buffer): boolean {
  return isReplyTo(probe, reply) && questionCount(reply) === 1
}

void t.test(`${DATAGRAMS} hostile datagrams, and between them every honest query is answered`, (t) => {
  // Whatever is relayed comes back as a response with its own bytes.
  const echo: Answerer = (query) => {
    const reply = Buffer.from(query)
    reply[2] = (reply[2] ?? 0) | 0x80
    return [reply]
  }
  return withServer(echo, async (port) => {
    const client = dgram.createSocket('udp4')
    let formatErrors = 0
    let probes = 0
    let onProbe = (): void => {}
    client.on('message', (reply) => {
      if (rcodeOf(reply) === RCODE.formatError) formatErrors += 1
      if (!answersProbe(reply)) return
      probes += 1
      onProbe()
    })
    const inputs = fc.sample(hostile, DATAGRAMS)
    for (let at = 0; at < inputs.length; at += BATCH) {
      for (const bytes of inputs.slice(at, at + BATCH)) client.send(bytes, port, '127.0.0.1')
      const answered = new Promise<void>((resolve) => {
        onProbe = resolve
      })
      client.send(probe, port, '127.0.0.1')
      await answered
    }
    client.close()
    t.equal(probes, DATAGRAMS / BATCH)
    t.ok(formatErrors > 100, `${formatErrors} of them were told FORMERR`)
  })
})

void t.test('hostile streams are ended or answered, and the next stream is served', (t) => {
  const answer: Answerer = (query) => [
    responseTo(query, FLAGS.answer, [{ name: 'probe.test', type: 1, data: ipv4Data('1.2.3.4') }]),
  ]
  return withServer(answer, async (port) => {
    const streams = fc.sample(fc.oneof(hostile, hostile.map(frameMessage)), 300)
    for (const bytes of streams) {
      const client = net.connect({ port, host: '127.0.0.1' })
      client.on('error', () => {})
      client.on('data', () => {})
      client.end(bytes)
      await once(client, 'close')
    }
    const client = net.connect({ port, host: '127.0.0.1' })
    client.write(frameMessage(probe))
    const [chunk] = (await once(client, 'data')) as [Buffer]
    t.equal(new MessageReader().push(chunk)[0]?.readUInt16BE(0), 0x7777)
    client.destroy()
  })
})

void t.test(
  'hostile answers from upstream reach the app as they are, and teach hosts and addresses or nothing',
  (t) => {
    const mutations = fc.sample(fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 6 }), 1_000)
    const answer: Answerer = (query) => {
      const reply = responseTo(query, FLAGS.answer, [{ name: 'probe.test', type: 1, data: ipv4Data('1.2.3.4') }])
      const { end } = questionOf(query)
      for (const [at, value] of mutations.pop() ?? []) if (at >= end && at < reply.length) reply[at] = value
      return [reply]
    }
    return withServer(answer, async (port, hostMap) => {
      const client = dgram.createSocket('udp4')
      let answered = 0
      for (let n = 0; n < 1_000; n += 1) {
        client.send(probe, port, '127.0.0.1')
        const [reply] = (await once(client, 'message')) as [Buffer]
        if (answersProbe(reply)) answered += 1
      }
      t.equal(answered, 1_000)
      client.close()
      t.ok(hostMap.entries(0).every(({ host }) => host === 'probe.test'))
    })
  },
)
