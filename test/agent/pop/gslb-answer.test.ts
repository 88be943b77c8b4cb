/** Answers of the GSLB service: what is read of good ones, and that no other passes. */

import { isIPv4 } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { readGslbChoice, readGslbList } from '../../../agent/pop/gslb-answer.js'
import { choiceBody, LONDON, listBody, popEntry } from './gslb-sample.js'

const ok = (text: string | Uint8Array) => ({ status: 200, body: Buffer.from(text) })
const list = (changes: object) => readGslbList(ok(listBody(changes)))
const named = (...names: readonly string[]) => names.map((name) => popEntry({ name }))
const many = (count: number) => named(...Array.from({ length: count }, (_, n) => `UK-LON${n}`))

void t.test('a list is read', async (t) => {
  const good = { requestId: 'aGVsbG8_-w==', egressIp: '203.0.113.7', country: 'GB', pops: [LONDON] }
  t.strictSame(readGslbList(ok(listBody())), good)
  t.strictSame(list({ egress_ip: '2001:db8::1', client_country: '' }), {
    ...good,
    egressIp: '2001:db8::1',
    country: '',
  })
  t.match(list({ pops: named('US-ORD1', 'AU-SYD2') }), { pops: [{ name: 'US-ORD1' }, { name: 'AU-SYD2' }] }, 'in order')
  t.match(list({ pops: many(64) }), { pops: { length: 64 } })

  const { probe, distance, ...bare } = LONDON
  const entry = (changes: object) => list({ pops: [popEntry(changes)] })
  t.strictSame(
    entry({ distance: undefined, rtt_endpoints: undefined }),
    { ...good, pops: [bare] },
    'without what may lack',
  )
  t.strictSame(entry({ rtt_endpoints: [] }), { ...good, pops: [{ ...bare, distance }] })
  const at = { ip: '192.0.2.9', port: 8080 }
  t.match(entry({ rtt_endpoints: [at] }), { pops: [{ probe: { ...at, path: '/' } }] })
  t.match(
    entry({
      rtt_endpoints: [
        { ...at, path: '/rtt?x' },
        { ...at, port: 9 },
      ],
    }),
    {
      pops: [{ probe: { ...at, path: '/rtt?x' } }],
    },
  )
  t.match(
    entry({ rtt_endpoints: [{ ...at, port: 9, scheme: 'https' }, at] }),
    { pops: [{ probe: at }] },
    'the first http',
  )
  t.strictSame(entry({ rtt_endpoints: [{ ...at, scheme: 'https' }] }), { ...good, pops: [{ ...bare, distance }] })
})

const WRONG: readonly [why: string, changes: object, detail: RegExp][] = [
  ['no POP', { pops: [] }, /^the answer names no POP$/],
  ['no list', { pops: undefined }, /\$\.pops: found nothing, allowed is a list of POPs/],
  ['65 POPs', { pops: many(65) }, /at most 64 POPs/],
  ['a POP twice', { pops: named('US-ORD1', 'US-ORD1') }, /each POP once/],
  ['no request', { request_id: undefined }, /\$\.request_id/],
  ['an empty request', { request_id: '' }, /\$\.request_id/],
  ['a request of two lines', { request_id: 'a\nb' }, /\$\.request_id/],
  ['an egress address that is none', { egress_ip: '1.2.3' }, /\$\.egress_ip: found "1\.2\.3"/],
  ['a country of three letters', { client_country: 'USA' }, /\$\.client_country/],
]

const WRONG_POPS: readonly [why: string, changes: object, where: string][] = [
  ['no name', { name: undefined }, 'name'],
  ['an empty name', { name: '' }, 'name'],
  ['a name of two words', { name: 'US ORD1' }, 'name'],
  ['a name that forges a line', { name: 'US-ORD1\nforged' }, 'name'],
  ['a name of 33 characters', { name: 'A'.repeat(33) }, 'name'],
  ['no gateway', { dp_gateway_fqdn: undefined }, 'dp_gateway_fqdn'],
  ['an address for a gateway', { dp_gateway_fqdn: '192.0.2.1' }, 'dp_gateway_fqdn'],
  ['every gateway', { dp_gateway_fqdn: '*.goskope.com' }, 'dp_gateway_fqdn'],
  ['a gateway with a port', { dp_gateway_fqdn: 'gateway.goskope.com:443' }, 'dp_gateway_fqdn'],
  ['no address', { ip_address: undefined }, 'ip_address'],
  ['an IPv6 address', { ip_address: '2001:db8::1' }, 'ip_address'],
  ['an address that is none', { ip_address: '163.116.128.256' }, 'ip_address'],
  ['a distance below 0', { distance: -1 }, 'distance'],
  ['a distance in words', { distance: 'far' }, 'distance'],
  ['one endpoint instead of a list', { rtt_endpoints: {} }, 'rtt_endpoints'],
  ['a name for an endpoint', { rtt_endpoints: [{ ip: 'localhost', port: 80 }] }, 'rtt_endpoints[0].ip'],
  ['port 0', { rtt_endpoints: [{ ip: '192.0.2.1', port: 0 }] }, 'rtt_endpoints[0].port'],
  ['port 65536', { rtt_endpoints: [{ ip: '192.0.2.1', port: 65536 }] }, 'rtt_endpoints[0].port'],
  ['a port in quotes', { rtt_endpoints: [{ ip: '192.0.2.1', port: '80' }] }, 'rtt_endpoints[0].port'],
  [
    'a path that is a request',
    { rtt_endpoints: [{ ip: '192.0.2.1', port: 80, path: '/ HTTP/1.1\r\nx: y' }] },
    'rtt_endpoints[0].path',
  ],
  ['a path elsewhere', { rtt_endpoints: [{ ip: '192.0.2.1', port: 80, path: 'x' }] }, 'rtt_endpoints[0].path'],
]

void t.test('a list with one thing wrong is refused', async (t) => {
  for (const [why, changes, detail] of WRONG) t.match(list(changes), { failure: 'malformed', curlCode: 0, detail }, why)
  for (const [why, changes, where] of WRONG_POPS) {
    const answer = list({ pops: [popEntry({ name: 'US-ORD1' }), popEntry(changes)] })
    t.match(answer, { failure: 'malformed', curlCode: 0 }, why)
    t.ok('detail' in answer && answer.detail.includes(`$.pops[1].${where}: `), `${why}: where`)
  }
  t.match(readGslbList({ status: 500, body: Buffer.from(listBody()) }), { failure: 'http', httpStatus: 500 })
})

void t.test('the choice of the service is read, or refused', async (t) => {
  const choice = (changes: object) => readGslbChoice(ok(choiceBody(changes)))
  t.strictSame(choice({}), { pops: [{ name: 'UK-LON1', ip: '163.116.128.8' }] })
  t.match(choice({ pops: [] }), { failure: 'malformed', detail: 'the answer names no POP' })
  t.match(choice({ pops: [{ name: 'UK-LON1' }] }), { failure: 'malformed', detail: /\$\.pops\[0\]\.ip/ })
  t.match(choice({ pops: [{ name: 'x y', ip: '192.0.2.1' }] }), { failure: 'malformed' })
  t.match(readGslbChoice({ status: 404, body: Buffer.alloc(0) }), { failure: 'http', httpStatus: 404 })
})

/** An answer in which some value is replaced by any other. */
const damaged = fc
  .tuple(fc.constantFrom(listBody(), choiceBody()), fc.nat(), fc.jsonValue({ maxDepth: 3 }))
  .map(([body, place, value]) => {
    let seen = 0
    const places = body.split(/[[{,:]/).length
    return JSON.stringify(JSON.parse(body), (_, old) => (seen++ === place % places ? value : old))
  })

void t.test('whatever comes, what is read is safe to use', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.json().map((text) => Buffer.from(text)),
    damaged.map((text) => Buffer.from(text ?? '')),
  )
  fc.assert(
    fc.property(bytes, (body) => {
      const read = readGslbList(ok(body))
      const chosen = readGslbChoice(ok(body))
      if (!('failure' in chosen) && !chosen.pops.every(({ name, ip }) => /^[\w-]+$/.test(name) && isIPv4(ip)))
        return false
      if ('failure' in read) return read.failure === 'malformed' && read.detail !== ''
      return (
        read.pops.length > 0 &&
        read.pops.every(({ name, gateway, ip, probe }) => {
          const isProbe = probe === undefined || (isIPv4(probe.ip) && /^\/[\x21-\x7e]*$/.test(probe.path))
          return /^[\w-]+$/.test(name) && /^[a-z0-9_.-]+$/.test(gateway) && isIPv4(ip) && isProbe
        })
      )
    }),
    { numRuns: 500 },
  )
})
