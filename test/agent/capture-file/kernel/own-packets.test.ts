/** The agent's own packets go through, in order, and nobody else's ever. */

import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { readIpPacket } from '../../../../agent/capture-file/ip-packet.js'
import { OwnPackets, UNKNOWN_PAIRS } from '../../../../agent/capture-file/kernel/own-packets.js'
import type { Endpoint } from '../../../../agent/steering/flow.js'
import { ipBytes, type SomePacket } from '../../../support/cooked-packets.js'

const POP = { ip: '127.18.0.1', port: 443 }
const AGENT = { ip: '192.0.2.2', port: 40_000 }
const ORIGIN = { ip: '198.51.100.9', port: 80 }
const SYN = 0x02
const SYN_ACK = 0x12

/** Packets as they are sorted: what came through, as `> text` (outbound) or `< text`. */
function sorting(snapLength = 262_144) {
  const known = new Set<string>()
  const through: string[] = []
  const name = (a: Endpoint, b: Endpoint) => JSON.stringify([a, b])
  const own = new OwnPackets({
    sockets: { has: (local, remote) => known.has(name(local, remote)) || name(remote, remote) === name(POP, POP) },
    snapLength,
    packet: (_atUs, bytes, originalLength, outbound) =>
      through.push(
        `${outbound ? '>' : '<'} ${Buffer.from(readIpPacket(bytes)!.payload)} ${bytes.length}/${originalLength}`,
      ),
  })
  const take = (packet: SomePacket, nowMs = 0): void => {
    const bytes = ipBytes(packet)
    own.take(readIpPacket(bytes)!, nowMs * 1000, bytes, bytes.length, nowMs)
    bytes.fill(0)
  }
  const learn = (local: Endpoint, remote: Endpoint): unknown => known.add(name(local, remote))
  return { own, through, take, learn }
}

/** Both directions of a connection. */
function talk(local: Endpoint, remote: Endpoint) {
  const out = (text: string, flags = 0x10): SomePacket => ({ from: local, to: remote, flags, text })
  const back = (text: string, flags = 0x10): SomePacket => ({ from: remote, to: local, flags, text })
  return { out, back }
}

void t.test('the tunnel, both ways, over TCP and UDP', async (t) => {
  const { through, take } = sorting()
  take({ from: AGENT, to: POP, text: 'tls' })
  take({ from: POP, to: AGENT, text: 'tls back' })
  take({ from: AGENT, to: POP, text: 'dtls', transport: 'udp' })
  take({ from: AGENT, to: { ...POP, port: 444 }, text: 'another port' })
  take({ from: AGENT, to: { ...POP, ip: '127.18.0.2' }, text: 'another POP' })
  t.strictSame(through, ['> tls 43/43', '< tls back 48/48', '> dtls 32/32'])
})

void t.test('a known connection, both ways, and no other', async (t) => {
  const { own, through, take, learn } = sorting()
  learn(AGENT, ORIGIN)
  take({ from: AGENT, to: ORIGIN, text: 'GET' })
  take({ from: ORIGIN, to: AGENT, text: '200' })
  take({ from: { ...AGENT, port: 40_001 }, to: ORIGIN, text: 'the gateway' })
  take({ from: ORIGIN, to: { ...AGENT, port: 40_001 }, text: 'to the gateway' })
  take({ from: AGENT, to: { ...ORIGIN, port: 53 }, text: 'a name', transport: 'udp' })
  own.lookAgain(10_000)
  t.strictSame(through, ['> GET 43/43', '< 200 43/43'])
})

void t.test('the first packets of a connection wait until it is known', async (t) => {
  const { own, through, take, learn } = sorting()
  const { out, back } = talk(AGENT, ORIGIN)
  take(out('syn', SYN))
  take(back('syn-ack', SYN_ACK))
  take(out('ack'))
  t.strictSame(through, [])
  learn(AGENT, ORIGIN)
  take(out('data'))
  t.strictSame(through, ['> syn 43/43', '< syn-ack 47/47', '> ack 43/43', '> data 44/44'])
  t.equal(own.waitingBytes, 0)
})

void t.test('also when no packet follows, but not for longer than 2 s', async (t) => {
  const { own, through, take, learn } = sorting()
  take(talk(AGENT, ORIGIN).out('syn', SYN), 0)
  own.lookAgain(1999)
  learn(AGENT, ORIGIN)
  own.lookAgain(2000)
  t.strictSame(through, ['> syn 43/43'])

  const other = { ...AGENT, port: 40_001 }
  take(talk(other, ORIGIN).out('syn', SYN), 0)
  own.lookAgain(UNKNOWN_PAIRS.waitMs)
  learn(other, ORIGIN)
  own.lookAgain(3000)
  take(talk(other, ORIGIN).out('later'), 3000)
  t.strictSame(through.slice(1), ['> later 45/45'], 'what is known late begins late')
})

void t.test('somebody else waits no second time, unless the connection is new', async (t) => {
  const { own, take } = sorting()
  const { out } = talk(AGENT, ORIGIN)
  take(out('data'), 0)
  own.lookAgain(2000)
  take(out('data'), 2001)
  t.equal(own.waitingBytes, 0)
  take(out('syn', SYN), 2002)
  t.ok(own.waitingBytes > 0)
})

void t.test('what waits is bounded: of one connection, and of all', async (t) => {
  const { own, through, take, learn } = sorting()
  const text = 'x'.repeat(60_000)
  const bulk = talk({ ...AGENT, port: 50_000 }, ORIGIN)
  take(talk(AGENT, ORIGIN).out('syn', SYN))
  for (let n = 0; n < 1000; n += 1) take(bulk.out(text))
  t.ok(own.waitingBytes < 1000, `${own.waitingBytes} bytes wait: the bulk is given up`)
  learn(AGENT, ORIGIN)
  own.lookAgain(0)
  t.strictSame(through, ['> syn 43/43'], 'and nobody else suffers')

  for (let n = 0; n < 1000; n += 1) {
    take(talk({ ...AGENT, port: 10_000 + n }, ORIGIN).out(text))
    if (own.waitingBytes > UNKNOWN_PAIRS.mostBytes) t.fail(`${own.waitingBytes} bytes wait`)
  }
  t.ok(own.waitingBytes > UNKNOWN_PAIRS.mostBytes / 2, `${own.waitingBytes} bytes wait`)
})

void t.test('packets are cut to the snap length, and say how long they were', async (t) => {
  const { through, take, learn } = sorting(42)
  take(talk(AGENT, ORIGIN).out('waiting'))
  learn(AGENT, ORIGIN)
  take(talk(AGENT, ORIGIN).out('known'))
  take({ from: AGENT, to: POP, text: 'tunnel' })
  t.strictSame(through, ['> wa 42/47', '> kn 42/45', '> tu 42/46'])
})

void t.test(
  'whenever each connection becomes known: all of the own ones, in order, and none of the others',
  async (t) => {
    const event = fc.record({ port: fc.integer({ min: 1, max: 6 }), learn: fc.boolean(), outbound: fc.boolean() })
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { own, through, take, learn } = sorting()
        const sent = new Map<number, string[]>()
        const known = new Set<number>()
        events.forEach((event, n) => {
          const local = { ...AGENT, port: event.port }
          // Half of the connections are never the agent's.
          if (event.learn && event.port % 2 === 0) {
            known.add(event.port)
            learn(local, ORIGIN)
          }
          const { out, back } = talk(local, ORIGIN)
          const text = `${event.port}:${n}`
          take(event.outbound ? out(text) : back(text), n)
          const line = `${event.outbound ? '>' : '<'} ${text} ${40 + text.length}/${40 + text.length}`
          sent.set(event.port, [...(sent.get(event.port) ?? []), line])
        })
        own.lookAgain(events.length)
        for (let port = 1; port <= 6; port += 1) {
          const of = through.filter((line) => line.slice(2).startsWith(`${port}:`))
          assert.deepEqual(of, (known.has(port) && sent.get(port)) || [])
        }
      }),
      { numRuns: 200 },
    )
    t.pass('it is so')
  },
)
