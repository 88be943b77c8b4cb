/** Answers of DNS over HTTPS, in the shape dns.google documents. */

import { isIPv4 } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { readDohAnswer } from '../../../agent/pop/doh-answer.js'

const NAME = 'gateway-acme.goskope.com'

const body = (changes: object) =>
  Buffer.from(
    JSON.stringify({
      Status: 0,
      TC: false,
      RD: true,
      RA: true,
      AD: false,
      CD: false,
      Question: [{ name: `${NAME}.`, type: 1 }],
      edns_client_subnet: '203.0.113.0/24',
      ...changes,
    }),
  )
const read = (changes: object) => readDohAnswer(NAME, { status: 200, body: body(changes) })
const a = (name: string, data: unknown) => ({ name, type: 1, TTL: 60, data })
const cname = (name: string, data: string) => ({ name, type: 5, TTL: 60, data })
const chain = (links: number) =>
  Array.from({ length: links }, (_, n) => cname(n === 0 ? NAME : `l${n}.test`, `l${n + 1}.test`))

void t.test('addresses are read', async (t) => {
  const cases: readonly [why: string, records: readonly object[], addresses: readonly string[]][] = [
    ['one', [a(`${NAME}.`, '163.116.133.35')], ['163.116.133.35']],
    [
      'several, in order, each once',
      ['1.1.1.2', '1.1.1.1', '1.1.1.2'].map((ip) => a(NAME, ip)),
      ['1.1.1.2', '1.1.1.1'],
    ],
    ['a name in capitals', [a(NAME.toUpperCase(), '192.0.2.1')], ['192.0.2.1']],
    ['behind an alias', [cname(`${NAME}.`, 'G.test.'), a('g.test.', '192.0.2.1')], ['192.0.2.1']],
    [
      'aliases out of order',
      [a('g.test', '192.0.2.1'), cname('f.test', 'g.test'), cname(NAME, 'f.test')],
      ['192.0.2.1'],
    ],
    ['behind 16 aliases', [...chain(16), a('l16.test', '192.0.2.1')], ['192.0.2.1']],
    ['among what was not asked', [a('other.test', '192.0.2.2'), a(NAME, '192.0.2.1')], ['192.0.2.1']],
    ['beside IPv6', [{ name: NAME, type: 28, data: '2001:db8::1' }, a(NAME, '192.0.2.1')], ['192.0.2.1']],
  ]
  for (const [why, Answer, addresses] of cases) t.strictSame(read({ Answer }), { addresses }, why)
})

void t.test('where there are none, it says why', async (t) => {
  const cases: readonly [why: string, changes: object, failure: string, detail: RegExp][] = [
    ['an unknown name', { Status: 3 }, 'not-resolved', /^the answer is NXDOMAIN$/],
    ['a server in trouble', { Status: 2, Comment: 'x' }, 'not-resolved', /^the answer is SERVFAIL$/],
    ['trouble in spite of an address', { Status: 5, Answer: [a(NAME, '192.0.2.1')] }, 'not-resolved', /REFUSED/],
    ['no records', {}, 'not-resolved', /^the name has no IPv4 address$/],
    ['an empty list', { Answer: [] }, 'not-resolved', /no IPv4 address/],
    ['the address of another name', { Answer: [a('other.test', '192.0.2.1')] }, 'not-resolved', /no IPv4 address/],
    ['an alias that leads nowhere', { Answer: [cname(NAME, 'g.test')] }, 'not-resolved', /no IPv4 address/],
    ['17 aliases', { Answer: [...chain(17), a('l17.test', '192.0.2.1')] }, 'not-resolved', /no IPv4 address/],
    ['aliases in a circle', { Answer: [cname(NAME, 'b.test'), cname('b.test', NAME)] }, 'not-resolved', /no IPv4/],
    ['an IPv6 address in an A record', { Answer: [a(NAME, '2001:db8::1')] }, 'malformed', /holds no IPv4 address/],
    ['one address of two that is none', { Answer: [a(NAME, '1.1.1.1'), a(NAME, '1.1.1')] }, 'malformed', /A record/],
    ['no status', { Status: undefined }, 'malformed', /\$\.Status: found nothing/],
    ['a status in quotes', { Status: '0' }, 'malformed', /\$\.Status/],
    ['a record without data', { Answer: [a(NAME, undefined)] }, 'malformed', /\$\.Answer\[0\]\.data/],
    ['no list of records', { Answer: {} }, 'malformed', /\$\.Answer: found an object/],
    ['257 records', { Answer: Array(257).fill(a(NAME, '192.0.2.1')) }, 'malformed', /at most 256 records/],
  ]
  for (const [why, changes, failure, detail] of cases)
    t.match(read(changes), { failure, detail, curlCode: 0, httpStatus: undefined }, why)
  const refused = readDohAnswer(NAME, { status: 503, body: body({ Answer: [a(NAME, '192.0.2.1')] }) })
  t.match(refused, { failure: 'http', httpStatus: 503, curlCode: 22 })
})

void t.test('whatever comes, what is read are IPv4 addresses', async () => {
  const name = fc.constantFrom(NAME, 'b.test', 'c.test.')
  const data = fc.oneof(name, fc.ipV4(), fc.ipV6(), fc.jsonValue())
  const record = fc.record({ name: fc.oneof(name, fc.string()), type: fc.constantFrom(1, 5, 28), data })
  const answer = fc.record({ Status: fc.constantFrom(0, 0, 0, 2), Answer: fc.array(record) })
  const bytes = fc.oneof(
    fc.uint8Array(),
    fc.json().map((text) => Buffer.from(text)),
    answer.map((value) => Buffer.from(JSON.stringify(value))),
  )
  fc.assert(
    fc.property(bytes, (body) => {
      const outcome = readDohAnswer(NAME, { status: 200, body: Buffer.from(body) })
      if ('failure' in outcome) return outcome.detail !== ''
      return outcome.addresses.length > 0 && outcome.addresses.every(isIPv4)
    }),
    { numRuns: 500 },
  )
})
