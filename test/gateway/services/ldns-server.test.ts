/** The local resolver as dig sees it, over UDP and TCP; what is forwarded; each fault, and its end. */

import dgram from 'node:dgram'
import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { frameMessage } from '../../../agent/dns/stream-framing.js'
import type { ServiceFault } from '../../../gateway/faults/fault.js'
import { GARBAGE } from '../../../gateway/services/dns-answers.js'
import { startLdnsServer } from '../../../gateway/services/ldns-server.js'
import { ldnsOf } from '../../support/cloud-dns.js'
import { dig } from '../../support/dig.js'
import { FLAGS, messageBytes } from '../../support/dns-message.js'
import { startTestUpstream } from '../../support/dns-upstream.js'
import { answerFromZone } from '../../support/dns-zone.js'
import { closed } from '../../support/loopback.js'
import { lacking } from '../../support/needs.js'
import { waitUntil } from '../../support/wait-until.js'

const skip = lacking('dig')
const GATEWAY = 'gateway-lab.goskope.com'
const QUERY = messageBytes({ id: 7, flags: FLAGS.query, question: { name: GATEWAY, type: 1 } })

const DIGS: ReadonlyArray<readonly [why: string, question: readonly string[], said: readonly RegExp[]]> = [
  ['the gateway', [GATEWAY], [/NOERROR/, /;gateway-lab\.goskope\.com\./, /\.\s+60\s+IN\s+A\s+127\.18\.0\.1/]],
  ['in capital letters', ['GateWay-lab.GOSKOPE.com'], [/;GateWay-lab\.GOSKOPE\.com\./, /127\.18\.0\.1/]],
  ['from London', ['+subnet=203.0.113.5/24', GATEWAY], [/SUBNET: 203\.0\.113\.0\/24\/24/, /127\.18\.0\.2/]],
  ['from Tokyo', ['+subnet=203.0.113.200/32', GATEWAY], [/SUBNET: 203\.0\.113\.200\/32\/32/, /127\.18\.0\.3/]],
  ['from nowhere', ['+subnet=0', GATEWAY], [/SUBNET: 0\.0\.0\.0\/0\/0/, /127\.18\.0\.1/]],
  ['by IPv6', ['+nocookie', '+subnet=2001:db8::/56', GATEWAY], [/SUBNET: 2001:db8::\/56\/56/, /127\.18\.0\.1/]],
  ['without EDNS', ['+noedns', GATEWAY], [/NOERROR/, /ADDITIONAL: 0/, /127\.18\.0\.1/]],
  ['AAAA', [GATEWAY, 'AAAA'], [/NOERROR/, /ANSWER: 0/]],
  ['somebody else', ['example.com'], [/REFUSED/, /ANSWER: 0/]],
]

for (const transport of ['+notcp', '+tcp']) {
  void t.test(`dig ${transport}`, { skip }, async (t) => {
    const { port, log } = await ldnsOf(t)
    for (const [why, question, expected] of DIGS) {
      const said = await dig(port, transport, ...question)
      for (const pattern of expected) t.match(said, pattern, why)
      t.notMatch(said, /WARNING|malformed|mismatch|timed out/i, why)
    }
    const entry = { event: 'ldns-query', transport: transport === '+tcp' ? 'tcp' : 'udp', type: 'A' }
    t.strictSame(log[0], { ...entry, name: GATEWAY, by: 'ours' })
    t.strictSame(log.at(-1), { ...entry, name: 'example.com', by: 'refused' })
  })
}

void t.test('what is not ours is forwarded as it is', { skip }, async (t) => {
  const upstream = await startTestUpstream(answerFromZone)
  t.teardown(() => upstream.close())
  const { port, log } = await ldnsOf(t, { forward: [upstream.endpoint] })
  t.match(await dig(port, 'www.box.test'), /NOERROR[\s\S]*74\.112\.186\.144/)
  t.match(await dig(port, '+tcp', 'www.box.test', 'TYPE65280'), /TYPE65280\s+\\# 2 CAFE/, 'a type nobody knows')
  t.match(await dig(port, 'nowhere.test'), /NXDOMAIN/)
  t.match(await dig(port, '+bufsize=512', 'huge.test'), /retrying in TCP mode[\s\S]*ANSWER: 60/, 'cut for a datagram')
  t.match(await dig(port, GATEWAY), /127\.18\.0\.1/)
  t.notOk(
    upstream.queries.some(({ bytes }) => bytes.includes('goskope')),
    'what is ours is not',
  )
  t.match(log[0], { name: 'www.box.test', by: 'forwarded' })
  upstream.close()
  t.match(await dig(port, 'www.box.test'), /SERVFAIL/, 'nobody to forward to')
})

void t.test('each fault, and its end', { skip }, async (t) => {
  const { port, fail, mend, log } = await ldnsOf(t)
  const cases: ReadonlyArray<readonly [fault: ServiceFault, udp: RegExp, tcp: RegExp]> = [
    [{ kind: 'time-out' }, /timed out/, /timed out/],
    [{ kind: 'refuse' }, /connection refused/, /connection refused/],
    [{ kind: 'garbage' }, /timed out|mismatch|malformed/i, /mismatch|malformed/i],
    [{ kind: 'slow', ms: 350 }, /127\.18\.0\.1[\s\S]*time: [3-9]\d\d msec/, /127\.18\.0\.1[\s\S]*time: [3-9]\d\d msec/],
    [{ kind: 'http-500' }, /SERVFAIL/, /SERVFAIL/],
    [{ kind: 'empty' }, /NOERROR[\s\S]*ANSWER: 0/, /NOERROR[\s\S]*ANSWER: 0/],
    [{ kind: 'wrong-tenant' }, /163\.116\.128\.99/, /163\.116\.128\.99/],
  ]
  for (const [fault, udp, tcp] of cases) {
    fail(fault)
    // The kernel tells of a closed port so many times a second only, to all programs together.
    const tries = fault.kind === 'refuse' ? ['+tries=4'] : []
    const [datagram, stream] = await Promise.all([dig(port, ...tries, GATEWAY), dig(port, '+tcp', GATEWAY)])
    t.match(datagram, udp, `${fault.kind}, UDP`)
    t.match(stream, tcp, `${fault.kind}, TCP`)
    if (fault.kind !== 'refuse') t.match(log.at(-1), { fault: fault.kind })
    mend()
    for (const transport of ['+notcp', '+tcp'])
      t.match(await dig(port, transport, GATEWAY), /NOERROR[\s\S]*127\.18\.0\.1/, `after ${fault.kind}, ${transport}`)
  }
})

void t.test('garbage is the same junk for all, and a stream without a reply stays open', async (t) => {
  const { port, fail, log } = await ldnsOf(t)
  fail({ kind: 'garbage' })
  const client = dgram.createSocket('udp4')
  t.teardown(() => client.close())
  client.send(QUERY, port, '127.0.0.1')
  t.strictSame((await once(client, 'message'))[0], GARBAGE)
  fail({ kind: 'time-out' })
  const stream = connect({ port, host: '127.0.0.1' })
  t.teardown(() => stream.destroy())
  stream.write(frameMessage(QUERY))
  await waitUntil(() => log.at(-1)?.['fault'] === 'time-out')
  fail({ kind: 'garbage' })
  stream.write(frameMessage(QUERY))
  t.strictSame(
    (await once(stream, 'data'))[0],
    frameMessage(GARBAGE),
    'the second query is answered, on the same stream',
  )
})

void t.test('hostile bytes harm nobody', async (t) => {
  const { port, log } = await ldnsOf(t)
  const client = dgram.createSocket('udp4')
  t.teardown(() => client.close())
  for (const length of [0, 1, 11, 12, 40, 5000]) client.send(Buffer.alloc(length, 0xc0), port, '127.0.0.1')
  const stream = connect({ port, host: '127.0.0.1' })
  stream.on('error', () => {})
  stream.write(Buffer.alloc(40))
  await closed(stream)
  client.send(QUERY, port, '127.0.0.1')
  const said = new Promise<Buffer>((resolve) => {
    client.on('message', (reply: Buffer) => {
      if (reply.readUInt16BE(0) === 7) resolve(reply)
    })
  })
  t.strictSame((await said).subarray(-4), Buffer.of(127, 18, 0, 1))
  t.equal(log.length, 1, 'nor does the log grow')
})

void t.test('a stop ends what is under way, and a port that is taken is told', async (t) => {
  const { port, fail, close } = await ldnsOf(t)
  fail({ kind: 'slow', ms: 120_000 })
  const stream = connect({ port, host: '127.0.0.1' })
  stream.on('error', () => {})
  stream.write(frameMessage(QUERY))
  await once(stream, 'connect')
  const options = { host: '127.0.0.1', port, answer: () => ({ step: 'drop' }) as const, log: () => {} }
  const fault = { current: undefined, onChange: () => {} }
  await t.rejects(startLdnsServer({ ...options, fault }), { code: 'port-in-use', exitCode: 2 })
  await close()
  await closed(stream)
  await close()
})
