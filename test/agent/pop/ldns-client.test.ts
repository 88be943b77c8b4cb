/** Look-ups by local DNS, against a resolver whose every byte is ours. */

import fc from 'fast-check'
import t, { type Test } from 'tap'
import { RelayUpstream } from '../../../agent/dns/upstream.js'
import { resolveByLdns } from '../../../agent/pop/ldns-client.js'
import { FLAGS, ipv4Data, nameBytes, questionOf, type RawRecord, responseTo } from '../../support/dns-message.js'
import { type Answerer, startTestUpstream, type TestUpstream } from '../../support/dns-upstream.js'
import { freePort } from '../../support/https-host.js'

const NAME = 'gateway-acme.goskope.com'

const a = (name: string, ip: string): RawRecord => ({ name, type: 1, data: ipv4Data(ip) })
const cname = (name: string, to: string): RawRecord => ({ name, type: 5, data: nameBytes(to) })
const aaaa: RawRecord = { name: NAME, type: 28, data: Buffer.alloc(16, 1) }

function upstreamTo(t: Test, port: number): RelayUpstream {
  const upstream = new RelayUpstream({ servers: [{ ip: '127.0.0.1', port }], timeoutMs: 200 })
  t.teardown(() => upstream.close())
  return upstream
}

async function resolverWith(t: Test, answer: Answerer): Promise<{ resolver: TestUpstream; upstream: RelayUpstream }> {
  const resolver = await startTestUpstream(answer)
  t.teardown(resolver.close)
  return { resolver, upstream: upstreamTo(t, resolver.endpoint.port) }
}

const says =
  (flags: number, ...records: readonly RawRecord[]): Answerer =>
  (query) => [responseTo(query, flags, records)]

void t.test('a name is resolved', async (t) => {
  const cases: readonly [why: string, Answerer, readonly string[]][] = [
    ['addresses', says(FLAGS.answer, a(NAME, '192.0.2.2'), a(NAME, '192.0.2.1')), ['192.0.2.2', '192.0.2.1']],
    ['behind an alias', says(FLAGS.answer, cname(NAME, 'g.test'), a('g.test', '192.0.2.1')), ['192.0.2.1']],
    ['beside IPv6', says(FLAGS.answer, aaaa, a(NAME, '192.0.2.1')), ['192.0.2.1']],
  ]
  for (const [why, answer, addresses] of cases) {
    const { resolver, upstream } = await resolverWith(t, answer)
    t.strictSame(await resolveByLdns(NAME, upstream), { addresses }, why)
    t.strictSame(
      resolver.queries.map(({ transport, bytes }) => [transport, questionOf(bytes).name]),
      [['udp', NAME]],
    )
  }
})

void t.test('a cut datagram is asked for again by TCP', async (t) => {
  const whole = says(FLAGS.answer, a(NAME, '192.0.2.1'))
  const answer: Answerer = (query, by) => (by === 'udp' ? [responseTo(query, FLAGS.truncated)] : whole(query, by))
  const { resolver, upstream } = await resolverWith(t, answer)
  t.strictSame(await resolveByLdns(NAME, upstream), { addresses: ['192.0.2.1'] })
  t.strictSame(
    resolver.queries.map(({ transport }) => transport),
    ['udp', 'tcp'],
  )
})

void t.test('where there is no address, it says why', async (t) => {
  const badRecord = (query: Buffer) => {
    const reply = responseTo(query, FLAGS.answer, [a(NAME, '192.0.2.1')])
    return [reply.subarray(0, reply.length - 6)]
  }
  const cases: readonly [why: string, Answerer, failure: string, detail: RegExp][] = [
    ['silence', () => [], 'timed-out', /does not answer/],
    ['garbage', () => [Buffer.from('garbage of some length')], 'timed-out', /does not answer/],
    ['an unknown name', says(FLAGS.nxdomain), 'not-resolved', /^the answer is NXDOMAIN$/],
    ['a resolver in trouble', says(FLAGS.servfail), 'not-resolved', /^the answer is SERVFAIL$/],
    ['a name without addresses', says(FLAGS.answer), 'not-resolved', /^the name has no IPv4 address$/],
    ['a name with IPv6 only', says(FLAGS.answer, aaaa), 'not-resolved', /no IPv4 address/],
    [
      'the address of another name',
      says(FLAGS.answer, a('other.test', '192.0.2.1')),
      'not-resolved',
      /no IPv4 address/,
    ],
    ['an answer that ends in the middle', badRecord, 'malformed', /cannot be read/],
  ]
  for (const [why, answer, failure, detail] of cases) {
    const { upstream } = await resolverWith(t, answer)
    t.match(await resolveByLdns(NAME, upstream), { failure, detail, curlCode: 6 }, why)
  }
})

void t.test('without a resolver', async (t) => {
  t.match(await resolveByLdns(NAME, upstreamTo(t, await freePort())), { failure: 'unreachable', curlCode: 6 })
  const { upstream } = await resolverWith(t, () => [])
  const outcome = resolveByLdns(NAME, upstream)
  upstream.close()
  t.match(await outcome, { failure: 'closed', curlCode: 42 })
  const busy = { ask: async () => ({ failure: 'busy' as const }), close: () => {} }
  t.match(await resolveByLdns(NAME, busy), { failure: 'unreachable', detail: /too many queries/, curlCode: 6 })
})

void t.test('what is no name is not asked for', async (t) => {
  const { resolver, upstream } = await resolverWith(t, () => [])
  for (const name of ['', '.', 'a..b', `${'a'.repeat(64)}.test`, `${'abcdefg.'.repeat(32)}test`])
    t.match(await resolveByLdns(name, upstream), { failure: 'not-resolved', detail: /no name/ }, name)
  t.strictSame(resolver.queries, [])
})

void t.test('any reply to the question is read or refused', async () => {
  const bytes = fc.uint8Array({ maxLength: 120 })
  await fc.assert(
    fc.asyncProperty(bytes, fc.nat(3), async (tail, answers) => {
      const ask = async (query: Buffer) => {
        const reply = Buffer.concat([responseTo(query, FLAGS.answer), tail])
        reply.writeUInt16BE(answers, 6)
        return { reply }
      }
      const outcome = await resolveByLdns(NAME, { ask, close: () => {} })
      return 'addresses' in outcome ? outcome.addresses.length > 0 : outcome.detail !== ''
    }),
    { numRuns: 500 },
  )
})
