/** The GSLB service's answers: who is named in which order, and what is refused. */

import fc from 'fast-check'
import t from 'tap'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import type { PopTable } from '../../../gateway/pops/pop.js'
import { answerGslb, withoutFootprint } from '../../../gateway/services/gslb-routes.js'

const KEY = 'orgkey-orgkey-orgkey'
const PATH = `/api/v0.2/footprint/${KEY}`

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly body?: string
  readonly clientIp?: string
  readonly table?: PopTable
}

function ask({ method = 'GET', path = PATH, body = '', clientIp = '127.0.0.1', table = DEFAULT_POP_TABLE }: Asked) {
  const request = { method, path, query: new URLSearchParams(), body, clientIp }
  const { status, headers, body: answer } = answerGslb(request, { table, orgKeys: ['another', KEY], random: () => 0.5 })
  return { status, headers, json: JSON.parse(String(answer)) }
}

function namesFor(asked: Asked): readonly string[] {
  return ask(asked).json.pops.map(({ name }: { readonly name: string }) => name)
}

const rtts = (pops: Readonly<Record<string, number | null>>) =>
  JSON.stringify({
    request_id: 'abc_-9',
    pops: Object.entries(pops).map(([name, rtt]) => {
      const ip = DEFAULT_POP_TABLE.pops.find((pop) => pop.name === name)?.address ?? '192.0.2.1'
      return { name, ip, rtt }
    }),
  })

void t.test('a footprint has every key of the public one', (t) => {
  const table = { ...DEFAULT_POP_TABLE, pops: DEFAULT_POP_TABLE.pops.slice(0, 1) }
  const { status, headers, json } = ask({ table })
  t.strictSame([status, headers['content-type']], [200, 'application/json'])
  t.match(json.version, /^[0-9a-f]{5}$/)
  t.strictSame(json, {
    egress_ip: '198.51.100.7',
    request_id: 'gICAgICAgICAgICA',
    scope: 'default',
    version: json.version,
    rtt_protocol: 'tcp',
    client_country: 'US',
    pops: [
      {
        name: 'US-ORD1',
        distance: 15.88,
        rtt_endpoints: [{ ip: '163.116.133.35', port: 80, scheme: 'http', path: '/' }],
        country: 'US',
        in_country: true,
        dp_gateway_fqdn: 'gateway-ord1.goskope.com',
        ip_address: '163.116.133.35',
      },
    ],
  })
  t.equal(ask({ table }).json.version, json.version, 'the version stays')
  t.not(ask({}).json.version, json.version, 'until the table changes')
  t.strictSame(ask({ table, path: PATH.replace('v0.2', 'v0.1') }).json, json, 'v0.1 says the same')
  t.end()
})

void t.test('POPs are named by where the client is', (t) => {
  const [nearest, second] = namesFor({})
  t.strictSame([nearest, second], ['US-ORD1', 'US-ORD2'])
  const london = ask({ clientIp: '192.0.2.77' }).json
  t.match(london, { egress_ip: '192.0.2.77', client_country: 'GB', pops: [{ name: 'UK-LON2', in_country: true }] })
  t.match(london.pops[1], { in_country: false })
  t.equal(namesFor({ clientIp: '203.0.113.77' })[0], 'DE-FRA1')
  t.equal(namesFor({ clientIp: '198.51.101.1' })[0], 'US-STL1', 'of no region: the middle of the United States')
  const moved = { ...DEFAULT_POP_TABLE, egress: '192.0.2.77' }
  t.strictSame(namesFor({ table: moved }), namesFor({ clientIp: '192.0.2.77' }), 'loopback is where the egress is')
  t.end()
})

void t.test('a POP that is not up is not named, and of many the nearest twenty', (t) => {
  const [first, ...rest] = DEFAULT_POP_TABLE.pops
  if (first === undefined) throw new Error('no POP')
  const down = { ...DEFAULT_POP_TABLE, pops: [{ ...first, up: false }, ...rest] }
  t.strictSame(namesFor({ table: down }), namesFor({}).slice(1))
  t.strictSame(
    namesFor({ table: down, method: 'POST', body: rtts({ 'US-ORD1': 0, 'UK-LON2': 9 }) }).slice(0, 2),
    ['UK-LON2', 'US-ORD2'],
    'although its round trip was posted',
  )
  const pops = Array.from({ length: 30 }, (_, i) => ({ ...first, name: `US-ORD${i + 10}`, latitude: 41 - i }))
  t.strictSame(
    namesFor({ table: { ...DEFAULT_POP_TABLE, pops: [...pops].reverse() } }),
    pops.slice(0, 20).map(({ name }) => name),
  )
  t.strictSame(namesFor({ table: { ...DEFAULT_POP_TABLE, pops: [] } }), [])
  t.end()
})

void t.test('the chosen list is by round trip, and those without one follow, nearest first', (t) => {
  const post = (body: string) => ask({ method: 'POST', body })
  const chosen = post(rtts({ 'US-ORD1': 40.5, 'UK-LON2': 12, 'US-STL1': null, 'US-NYC9': 1, 'US-MIA2': 12 }))
  t.equal(chosen.status, 200)
  t.strictSame(Object.keys(chosen.json), ['egress_ip', 'request_id', 'scope', 'pops'])
  t.match(chosen.json, { egress_ip: '198.51.100.7', request_id: 'abc_-9', scope: 'default' })
  t.strictSame(chosen.json.pops[0], { name: 'US-MIA2', ip: '163.116.150.35' }, 'of equals the nearer one')
  t.strictSame(
    chosen.json.pops.map(({ name }: { readonly name: string }) => name),
    ['US-MIA2', 'UK-LON2', 'US-ORD1', 'US-ORD2', 'US-STL1', 'US-IAD2', 'US-DFW1', 'NL-AMS1', 'FR-PAR1', 'DE-FRA1'],
  )
  t.strictSame(namesFor({ method: 'POST', body: rtts({}) }), namesFor({}), 'nothing was measured')
  t.end()
})

void t.test('a body that cannot be read is told what is wrong', (t) => {
  const good = { name: 'US-ORD1', ip: '163.116.133.35', rtt: 12 }
  const cases: ReadonlyArray<readonly [body: unknown, message: RegExp]> = [
    ['', /^the body:1:1: not JSON/],
    ['{', /not JSON/],
    [[], /\$: found an empty list, allowed is an object with request_id and pops/],
    [{ pops: [] }, /\$\.request_id: found nothing, allowed is the request_id of an answer/],
    [{ request_id: 'a b', pops: [] }, /\$\.request_id: found "a b"/],
    [{ request_id: 'x'.repeat(65), pops: [] }, /\$\.request_id/],
    [{ request_id: 'x' }, /\$\.pops: found nothing, allowed is a list of at most 64 POPs/],
    [{ request_id: 'x', pops: Array(65).fill(good) }, /\$\.pops: found a list/],
    [{ request_id: 'x', pops: [{ ...good, name: '' }] }, /\$\.pops\[0\]\.name: found ""/],
    [{ request_id: 'x', pops: [{ ...good, ip: '::1' }] }, /\$\.pops\[0\]\.ip: found "::1", allowed is an IPv4 address/],
    [{ request_id: 'x', pops: [{ ...good, rtt: -1 }] }, /\$\.pops\[0\]\.rtt: found -1, allowed is a number of ms/],
    [{ request_id: 'x', pops: [{ ...good, rtt: '12' }] }, /\$\.pops\[0\]\.rtt: found "12", allowed is .* or null/],
    [{ request_id: 'x', pops: [{ name: 'a', ip: good.ip }] }, /\$\.pops\[0\]\.rtt: found nothing/],
  ]
  for (const [body, message] of cases) {
    const { status, json } = ask({ method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) })
    t.strictSame([status, json.status], [400, 'error'], String(message))
    t.match(json.message, message)
  }
  const more = { request_id: 'x', os: 'linux', pops: [{ ...good, tries: 3 }, ...Array(63).fill(good)] }
  t.equal(ask({ method: 'POST', body: JSON.stringify(more) }).status, 200, 'keys we do not know, and the most POPs')
  t.end()
})

void t.test('elsewhere there is nothing', (t) => {
  const cases: ReadonlyArray<readonly [path: string, status: number]> = [
    [PATH, 200],
    ['/api/v0.2/footprint/orgkey-orgkey-other0', 404],
    ['/api/v0.2/footprint/', 404],
    [`${PATH}/`, 404],
    [`/api/v0.3/footprint/${KEY}`, 404],
    [`/api/v0.2/npa/footprint/${KEY}`, 404],
    [`/x${PATH}`, 404],
    ['/', 404],
  ]
  for (const [path, status] of cases)
    for (const method of ['GET', 'POST']) t.equal(ask({ path, method, body: rtts({}) }).status, status, path)
  t.strictSame(ask({ path: '/api/v0.2/footprint/other' }).json, {
    message: 'There is no such footprint',
    status: 'error',
  })
  const put = ask({ method: 'PUT' })
  t.strictSame([put.status, put.headers['allow']], [405, 'GET, POST'])
  t.end()
})

void t.test('no log has the key', (t) => {
  t.equal(withoutFootprint(PATH), '/api/v0.2/footprint/***')
  t.equal(withoutFootprint(`/api/v0.1/footprint/${KEY}/x\n${KEY}`), '/api/v0.1/footprint/***')
  t.equal(withoutFootprint('/api/v0.2/footprint/'), '/api/v0.2/footprint/')
  t.equal(withoutFootprint('/elsewhere'), '/elsewhere')
  t.end()
})

void t.test('whatever is asked, the answer is JSON', (t) => {
  const path = fc.oneof(fc.webPath(), fc.constantFrom(PATH, `${PATH}x`, '/api/v0.2/footprint/'))
  const body = fc.oneof(fc.string(), fc.json())
  const clientIp = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string())
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'HEAD'), path, body, clientIp, (method, path, body, clientIp) => {
      const { status, json } = ask({ method, path, body, clientIp })
      return typeof json === 'object' && [200, 400, 404, 405].includes(status)
    }),
    { numRuns: 500 },
  )
  t.end()
})
