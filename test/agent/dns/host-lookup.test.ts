import t from 'tap'
import { type LookupMeans, lookupHost } from '../../../agent/dns/host-lookup.js'
import type { UpstreamOutcome } from '../../../agent/dns/upstream.js'
import { FLAGS, ipv4Data, nameBytes, questionOf, type RawRecord, responseTo } from '../../support/dns-message.js'

const A = 1
const AAAA = 28
const v6 = { type: AAAA, data: Buffer.from('26062800000000000000000000000001', 'hex') }

interface Asked {
  readonly name: string
  readonly type: number
  readonly transport: string
}

/** Means whose upstream answers from a function and notes what it was asked. */
function meansOf(
  answer: (asked: Asked) => readonly Omit<RawRecord, 'name'>[] | number | 'silent',
  more: Partial<LookupMeans> = {},
): LookupMeans & { asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    ipv6: true,
    known: () => [],
    ask: async (query, transport): Promise<UpstreamOutcome> => {
      const { name, type } = questionOf(query)
      asked.push(`${name} ${type} ${transport}`)
      const said = answer({ name, type, transport })
      if (said === 'silent') return { failure: 'timed-out' }
      if (typeof said === 'number') return { reply: responseTo(query, said) }
      return {
        reply: responseTo(
          query,
          FLAGS.answer,
          said.map((data) => ({ name, ...data })),
        ),
      }
    },
    ...more,
  }
}

const both = (asked: Asked): Omit<RawRecord, 'name'>[] =>
  asked.type === A
    ? [
        { type: A, data: ipv4Data('1.2.3.4') },
        { type: A, data: ipv4Data('1.2.3.5') },
      ]
    : [v6]

void t.test('A and AAAA are asked, and IPv4 comes first', async (t) => {
  const means = meansOf(both)
  t.same(await lookupHost('box.test', means), { addresses: ['1.2.3.4', '1.2.3.5', '2606:2800::1'] })
  t.same(means.asked, ['box.test 1 udp', 'box.test 28 udp'])
})

void t.test('AAAA is not asked when the way out has no IPv6', async (t) => {
  const means = meansOf(both, { ipv6: false })
  t.same(await lookupHost('Box.Test.', means), { addresses: ['1.2.3.4', '1.2.3.5'] })
  t.same(means.asked, ['box.test 1 udp'])
})

const literals: readonly (readonly [string, string])[] = [
  ['93.184.216.34', '93.184.216.34'],
  ['2606:2800::1', '2606:2800::1'],
  ['[2606:2800::1]', '2606:2800::1'],
]
for (const [host, address] of literals) {
  void t.test(`the literal ${host} is its own address`, async (t) => {
    const means = meansOf(both)
    t.same(await lookupHost(host, means), { addresses: [address] })
    t.same(means.asked, [])
  })
}

void t.test('localhost is never asked for', async (t) => {
  const means = meansOf(both)
  t.same(await lookupHost('localhost', means), { addresses: ['127.0.0.1', '::1'] })
  t.same(await lookupHost('app.localhost.', means), { addresses: ['127.0.0.1', '::1'] })
  t.same(means.asked, [])
})

void t.test('known IPv4 addresses spare the question, known IPv6 addresses alone do not', async (t) => {
  const known = meansOf(both, { known: () => ['::9', '9.9.9.9'] })
  t.same(await lookupHost('box.test', known), { addresses: ['9.9.9.9', '::9'] })
  t.same(known.asked, [])
  const half = meansOf(both, { known: () => ['::9'] })
  t.same(await lookupHost('box.test', half), { addresses: ['1.2.3.4', '1.2.3.5', '2606:2800::1'] })
})

void t.test('a cut datagram is asked again over TCP', async (t) => {
  const means = meansOf((asked) => (asked.transport === 'udp' ? FLAGS.truncated : both(asked)), { ipv6: false })
  t.same(await lookupHost('box.test', means), { addresses: ['1.2.3.4', '1.2.3.5'] })
  t.same(means.asked, ['box.test 1 udp', 'box.test 1 tcp'])
})

const cname = { type: 5, data: nameBytes('nowhere.test') }
const outcomes: readonly (readonly [string, Parameters<typeof meansOf>[0], object])[] = [
  ['a name that does not exist is not found', () => FLAGS.nxdomain, { failure: 'not-found' }],
  ['a name without addresses is not found', () => [], { failure: 'not-found' }],
  ['an alias without addresses is not found', () => [cname], { failure: 'not-found' }],
  ['silence is no answer', () => 'silent', { failure: 'no-answer' }],
  ['a server failure is no answer', () => FLAGS.servfail, { failure: 'no-answer' }],
  ['half an answer is enough', ({ type }) => (type === A ? 'silent' : [v6]), { addresses: ['2606:2800::1'] }],
  ['half an answer that says nothing is none', ({ type }) => (type === A ? 'silent' : []), { failure: 'no-answer' }],
]
for (const [sentence, answer, outcome] of outcomes) {
  void t.test(sentence, async (t) => t.same(await lookupHost('box.test', meansOf(answer)), outcome))
}

for (const host of ['', '.', 'a..b', `${'a'.repeat(64)}.test`, `${'abcdefg.'.repeat(32)}test`, 'a b', 'a\u0000b']) {
  void t.test(`${JSON.stringify(host.slice(0, 20))} is no name and not asked for`, async (t) => {
    const means = meansOf(both)
    t.same(await lookupHost(host, means), { failure: 'not-found' })
    t.same(means.asked, [])
  })
}

void t.test('a name in other letters is asked for in its ASCII form', async (t) => {
  const means = meansOf(both, { ipv6: false })
  await lookupHost('bücher.test', means)
  t.same(means.asked, ['xn--bcher-kva.test 1 udp'])
})
