/** POP table files: what may be left out, and what each mistake says. */

import fc from 'fast-check'
import t from 'tap'
import type { SteerError } from '../../../agent/errors.js'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import { readPopTable } from '../../../gateway/pops/pop-table.js'

const ORD1 = {
  name: 'US-ORD1',
  gateway: 'gateway-ord1.goskope.com',
  address: '163.116.133.35',
  country: 'US',
  latitude: 41.98,
  longitude: -87.9,
}
const FRA1 = {
  name: 'DE-FRA1',
  gateway: 'gateway-fra1.de.goskope.com',
  address: '163.116.176.35',
  country: 'DE',
  latitude: 50.12,
  longitude: 8.73,
}
const REGION = { prefix: '192.0.2.0/24', country: 'DE', latitude: 50, longitude: 8 }

function mistakeIn(text: string): SteerError {
  try {
    readPopTable(text, 'my/pops.json')
  } catch (error) {
    return error as SteerError
  }
  throw new Error('it is good')
}

void t.test('what is left out is built in', (t) => {
  t.strictSame(readPopTable(JSON.stringify({ pops: [ORD1] }), 'pops.json'), {
    ...DEFAULT_POP_TABLE,
    pops: [{ ...ORD1, rttMs: 0, jitterMs: 0, capacity: 256, up: true }],
  })
  t.end()
})

void t.test('what is there holds', (t) => {
  const table = {
    pops: [
      { ...ORD1, rttMs: 12.5, jitterMs: 1, capacity: 0, up: false },
      { ...FRA1, rttMs: 0, jitterMs: 0, capacity: 3, up: true },
    ],
    regions: [REGION, { ...REGION, prefix: '0.0.0.0/0' }, { ...REGION, prefix: '192.0.2.1/32' }],
    egress: '192.0.2.1',
    backup: 'DE-FRA1',
  }
  t.strictSame(readPopTable(JSON.stringify(table), 'pops.json'), table)
  t.end()
})

void t.test('every mistake says where it is and what is allowed', (t) => {
  const NAME = 'a name such as US-ORD1'
  const HOST = 'a host such as gateway-ord1.goskope.com or gateway-fra1.de.goskope.com'
  const ADDRESS = 'an IPv4 address such as 163.116.133.35'
  const POP_ADDRESS = `${ADDRESS}, and not one of the cloud's own services`
  const CIDR = 'an IPv4 CIDR such as 192.0.2.0/24'
  const OTHER = 'one that no other POP has'
  const pop = (change: object) => ({ pops: [ORD1, { ...FRA1, ...change }] })
  const region = (change: object) => ({ pops: [ORD1], regions: [{ ...REGION, ...change }] })
  const cases: ReadonlyArray<readonly [file: unknown, path: string, found: string, allowed: string]> = [
    [[], '$', 'an empty list', 'an object with pops, regions, egress, backup'],
    [{}, '$.pops', 'nothing', 'a list of 1 to 64 POPs'],
    [{ pops: [] }, '$.pops', 'an empty list', 'a list of 1 to 64 POPs'],
    [{ pops: [ORD1], more: 1 }, '$.more', '"more"', 'one of the keys pops, regions, egress, backup'],
    [pop({ name: 'US-ORD' }), '$.pops[1].name', '"US-ORD"', NAME],
    [pop({ name: 'us-ord1' }), '$.pops[1].name', '"us-ord1"', NAME],
    [pop({ name: undefined }), '$.pops[1].name', 'nothing', NAME],
    [pop({ name: 'US-ORD1' }), '$.pops[1].name', '"US-ORD1"', OTHER],
    [pop({ gateway: 'gateway.example' }), '$.pops[1].gateway', '"gateway.example"', HOST],
    [pop({ gateway: 'a.b.goskope.com' }), '$.pops[1].gateway', '"a.b.goskope.com"', HOST],
    [pop({ gateway: 'a.gslb.goskope.com' }), '$.pops[1].gateway', '"a.gslb.goskope.com"', HOST],
    [pop({ gateway: '-a.goskope.com' }), '$.pops[1].gateway', '"-a.goskope.com"', HOST],
    [pop({ gateway: ORD1.gateway }), '$.pops[1].gateway', `"${ORD1.gateway}"`, OTHER],
    [pop({ address: '2001:db8::1' }), '$.pops[1].address', '"2001:db8::1"', POP_ADDRESS],
    [pop({ address: '163.116.133.035' }), '$.pops[1].address', '"163.116.133.035"', POP_ADDRESS],
    [pop({ address: '8.8.8.8' }), '$.pops[1].address', '"8.8.8.8"', POP_ADDRESS],
    [pop({ address: ORD1.address }), '$.pops[1].address', `"${ORD1.address}"`, OTHER],
    [pop({ country: 'Germany' }), '$.pops[1].country', '"Germany"', 'a country as two capital letters'],
    [pop({ latitude: 90.5 }), '$.pops[1].latitude', '90.5', 'a number from -90 to 90'],
    [pop({ longitude: '8' }), '$.pops[1].longitude', '"8"', 'a number from -180 to 180'],
    [pop({ rttMs: -1 }), '$.pops[1].rttMs', '-1', 'a number from 0 to 10000'],
    [pop({ jitterMs: 10_001 }), '$.pops[1].jitterMs', '10001', 'a number from 0 to 10000'],
    [pop({ capacity: 1.5 }), '$.pops[1].capacity', '1.5', 'a whole number from 0 to 1000000'],
    [pop({ up: 'true' }), '$.pops[1].up', '"true"', 'true or false, without quotes'],
    [
      pop({ rtt: 5 }),
      '$.pops[1].rtt',
      '"rtt"',
      `one of the keys ${Object.keys(ORD1).join(', ')}, rttMs, jitterMs, capacity, up`,
    ],
    [region({ prefix: '192.0.2.0' }), '$.regions[0].prefix', '"192.0.2.0"', CIDR],
    [region({ prefix: '192.0.2.0/33' }), '$.regions[0].prefix', '"192.0.2.0/33"', CIDR],
    [region({ prefix: '192.0.2.0/024' }), '$.regions[0].prefix', '"192.0.2.0/024"', CIDR],
    [region({ prefix: '192.0.2.0/24/1' }), '$.regions[0].prefix', '"192.0.2.0/24/1"', CIDR],
    [region({ prefix: '::/0' }), '$.regions[0].prefix', '"::/0"', CIDR],
    [region({ city: 'Ulm' }), '$.regions[0].city', '"city"', 'one of the keys prefix, country, latitude, longitude'],
    [{ pops: [ORD1], regions: {} }, '$.regions', 'an object', 'a list of regions'],
    [{ pops: [ORD1], egress: 'here' }, '$.egress', '"here"', ADDRESS],
    [{ pops: [ORD1], backup: 'US-ORD2' }, '$.backup', '"US-ORD2"', 'the name of one of the POPs'],
    [{ pops: [ORD1], backup: 1 }, '$.backup', '1', 'the name of one of the POPs'],
  ]
  for (const [file, path, found, allowed] of cases) {
    const { code, exitCode, message } = mistakeIn(JSON.stringify(file))
    t.strictSame([code, exitCode], ['bad-pop-table', 2])
    t.equal(
      message,
      `The POP table my/pops.json cannot be used:\nmy/pops.json:1: ${path}: found ${found}, allowed is ${allowed}`,
    )
  }
  t.end()
})

void t.test('sixty-four POPs are allowed, one more is not', (t) => {
  const many = (count: number) =>
    JSON.stringify({
      pops: Array.from({ length: count }, (_, index) => ({
        ...ORD1,
        name: `US-ORD${index}`,
        gateway: `gateway-ord${index}.goskope.com`,
        address: `163.116.133.${index}`,
      })),
    })
  t.equal(readPopTable(many(64), 'pops.json').pops.length, 64)
  t.match(mistakeIn(many(65)).message, /\$\.pops: found a list, allowed is a list of 1 to 64 POPs$/)
  t.end()
})

void t.test('all mistakes are told at once, with their lines', (t) => {
  const text = `{\n"pops": [\n${JSON.stringify({ ...ORD1, country: 'us' })},\n${JSON.stringify({ ...FRA1, up: 1 })}]}`
  t.match(mistakeIn(text).message, /pops\.json:3: \$\.pops\[0\]\.country: .*\n.*pops\.json:4: \$\.pops\[1\]\.up: /)
  t.match(mistakeIn('{"pops": [}').message, 'my/pops.json:1:11: not JSON: found "}"')
  t.end()
})

void t.test('any text is a table or a mistake of the user', (t) => {
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom('192.0.2.0/24', 'US-ORD1', '192.0.2.1', 1, true))
  const changed = fc.record({ at: fc.constantFrom(...Object.keys(ORD1), 'up', 'rttMs'), value })
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    changed.map(({ at, value }) => JSON.stringify({ pops: [{ ...ORD1, [at]: value }] })),
    fc
      .record({ regions: value, egress: value, backup: value }, { requiredKeys: [] })
      .map((rest) => JSON.stringify({ pops: [ORD1], ...rest })),
  )
  let good = 0
  fc.assert(
    fc.property(text, (text) => {
      try {
        const table = readPopTable(text, 'pops.json')
        good++
        return table.pops.length > 0 && table.regions.every(({ prefix }) => prefix.includes('/'))
      } catch (error) {
        return (error as SteerError).code === 'bad-pop-table'
      }
    }),
    { numRuns: 500 },
  )
  t.ok(good > 0, `${good} were good`)
  t.end()
})
