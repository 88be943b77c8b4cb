/** Who is near whom: known distances, places by prefix, and node:net as the judge of prefixes. */

import { BlockList } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { clientOf, nearestPops } from '../../../gateway/pops/nearest.js'
import type { Pop, PopTable, Region } from '../../../gateway/pops/pop.js'

function pop(name: string, country: string, latitude: number, longitude: number, up = true): Pop {
  const gateway = `gateway-${name.slice(3).toLowerCase()}.goskope.com`
  const rest = { address: '163.116.133.35', rttMs: 0, jitterMs: 0, capacity: 1, up }
  return { name, gateway, country, latitude, longitude, ...rest }
}

function region(prefix: string, country: string, latitude = 0, longitude = 0): Region {
  return { prefix, country, latitude, longitude }
}

const CHICAGO = [41.9786, -87.9048] as const
const LONDON = [51.4706, -0.4619] as const
const TOKYO = [35.7647, 140.3864] as const
const TABLE: PopTable = {
  pops: [
    pop('JP-TYO1', 'JP', ...TOKYO),
    pop('UK-LON1', 'GB', ...LONDON),
    pop('US-ORD1', 'US', ...CHICAGO),
    pop('UK-LON0', 'GB', ...LONDON, false),
  ],
  regions: [
    region('203.0.113.0/24', 'JP', ...TOKYO),
    region('203.0.113.128/25', 'GB', ...LONDON),
    region('203.0.0.0/8', 'US', ...CHICAGO),
    region('198.51.100.7/32', 'GB', ...LONDON),
  ],
  egress: '198.51.100.7',
}

const CASES: ReadonlyArray<readonly [why: string, ip: string, country: string, order: string]> = [
  ['the middle prefix', '203.0.113.5', 'JP', 'JP-TYO1 UK-LON1 US-ORD1'],
  ['its last address', '203.0.113.127', 'JP', 'JP-TYO1 UK-LON1 US-ORD1'],
  ['the longest prefix, which is not the first', '203.0.113.128', 'GB', 'UK-LON1 US-ORD1 JP-TYO1'],
  ['the shortest prefix, which is not the last', '203.0.114.0', 'US', 'US-ORD1 UK-LON1 JP-TYO1'],
  ['one address', '198.51.100.7', 'GB', 'UK-LON1 US-ORD1 JP-TYO1'],
  ['its neighbour, of no region', '198.51.100.8', 'US', 'US-ORD1 UK-LON1 JP-TYO1'],
  ['loopback is the egress address', '127.18.0.3', 'GB', 'UK-LON1 US-ORD1 JP-TYO1'],
  ['loopback of IPv6, too', '::1', 'GB', 'UK-LON1 US-ORD1 JP-TYO1'],
  ['any other IPv6 address', '2001:db8::1', 'US', 'US-ORD1 UK-LON1 JP-TYO1'],
  ['no address', 'nowhere', 'US', 'US-ORD1 UK-LON1 JP-TYO1'],
  ['nothing', '', 'US', 'US-ORD1 UK-LON1 JP-TYO1'],
]

void t.test('a client has the place of the longest prefix that holds its address', (t) => {
  for (const [why, ip, country, order] of CASES) {
    const near = nearestPops(TABLE, ip)
    t.equal(near.map(({ pop: { name } }) => name).join(' '), order, why)
    t.equal(clientOf(TABLE, ip).country, country, why)
    for (const { pop, inCountry } of near) t.equal(inCountry, pop.country === country, `${why}: ${pop.name}`)
  }
  t.strictSame(clientOf(TABLE, '127.0.0.1'), { ip: '198.51.100.7', country: 'GB' }, 'seen by the egress address')
  t.strictSame(clientOf(TABLE, '203.0.113.5'), { ip: '203.0.113.5', country: 'JP' }, 'seen by its own')
  t.end()
})

void t.test('distances are those of the great circle', (t) => {
  const from = (latitude: number, longitude: number, to: Pop) =>
    nearestPops({ ...TABLE, pops: [to], regions: [region('0.0.0.0/0', 'XX', latitude, longitude)] }, '192.0.2.1')[0]
      ?.distanceKm ?? Number.NaN
  // What flight calculators say of the airports, which take the earth for an ellipsoid: hence half a percent.
  t.ok(Math.abs(from(...CHICAGO, pop('UK-LON1', 'GB', ...LONDON)) / 6340 - 1) < 0.005, 'O’Hare to Heathrow')
  t.ok(Math.abs(from(...CHICAGO, pop('JP-TYO1', 'JP', ...TOKYO)) / 10_070 - 1) < 0.005, 'O’Hare to Narita')
  const half = Math.PI * 6371.0088
  t.equal(from(0, 0, pop('XX-AAA1', 'XX', 0, 0)), 0, 'to where one is')
  t.ok(Math.abs(from(90, 0, pop('XX-AAA1', 'XX', -90, 77)) - half) < 0.001, 'pole to pole')
  t.ok(Math.abs(from(10, 170, pop('XX-AAA1', 'XX', -10, -10)) - half) < 0.001, 'to the other side')
  t.ok(from(0, 179, pop('XX-AAA1', 'XX', 0, -179)) < 223, 'across the date line')
  t.end()
})

void t.test('equally near POPs come by name', (t) => {
  const pops = ['US-ORD2', 'US-ORD10', 'US-ORD1'].map((name) => pop(name, 'US', ...CHICAGO))
  const names = nearestPops({ ...TABLE, pops }, '203.0.1.1').map(({ pop: { name } }) => name)
  t.strictSame(names, ['US-ORD1', 'US-ORD10', 'US-ORD2'])
  t.strictSame(nearestPops({ ...TABLE, pops: [] }, '203.0.1.1'), [])
  t.end()
})

void t.test('any table: what is up, nearest first, and prefixes as node:net reads them', (t) => {
  const degrees = (most: number) => fc.double({ min: -most, max: most, noNaN: true })
  const places = fc.tuple(degrees(90), degrees(180), fc.boolean())
  // Few bits, so that prefixes hold each other and the address.
  const ip = fc.tuple(fc.constantFrom(10, 11, 138), fc.nat(3), fc.nat(255)).map(([a, b, c]) => `${a}.${b}.${c}.0`)
  const prefixes = fc.uniqueArray(fc.tuple(ip, fc.nat(32)), { selector: ([, length]) => length, maxLength: 8 })
  fc.assert(
    fc.property(fc.array(places, { maxLength: 12 }), prefixes, ip, (places, prefixes, client) => {
      const pops = places.map(([north, east, up], index) => pop(`XX-AAA${index}`, 'XX', north, east, up))
      const regions = prefixes.map(([network, length]) => region(`${network}/${length}`, String(length)))
      const table = { pops, regions, egress: '192.0.2.1' }
      const near = nearestPops(table, client)
      const holding = prefixes.filter(([network, length]) => {
        const list = new BlockList()
        list.addSubnet(network, length)
        return list.check(client)
      })
      const longest = Math.max(...holding.map(([, length]) => length))
      return (
        near.length === pops.filter(({ up }) => up).length &&
        near.every(({ pop, distanceKm }) => pop.up && distanceKm >= 0) &&
        near.every(({ distanceKm }, index) => distanceKm >= (near[index - 1]?.distanceKm ?? 0)) &&
        clientOf(table, client).country === (holding.length === 0 ? 'US' : String(longest))
      )
    }),
    { numRuns: 500 },
  )
  t.end()
})
