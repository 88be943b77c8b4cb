/** The built-in table: held equal to the generator's POPs, and consistent with itself. */

import t from 'tap'
import { POPS } from '../../../agent/synth/pops.js'
import { DEFAULT_POP_TABLE } from '../../../gateway/pops/default-pops.js'
import { clientOf, nearestPops } from '../../../gateway/pops/nearest.js'
import { readPopTable } from '../../../gateway/pops/pop-table.js'

const { pops, regions, egress } = DEFAULT_POP_TABLE

void t.test('the POPs are those of generated logs', (t) => {
  const byName = (a: readonly string[], b: readonly string[]) => (String(a) < String(b) ? -1 : 1)
  t.strictSame(
    pops.map(({ name, gateway, address }) => [name, gateway, address]).sort(byName),
    POPS.map(({ code, gateway, ip }) => [code, gateway, ip]).sort(byName),
  )
  t.end()
})

void t.test('a table file may say the same', (t) => {
  t.strictSame(readPopTable(JSON.stringify(DEFAULT_POP_TABLE), 'pops.json'), DEFAULT_POP_TABLE)
  t.end()
})

void t.test('this machine is near Chicago: the nearest POP costs nothing, the farther the slower', (t) => {
  t.strictSame(clientOf(DEFAULT_POP_TABLE, '127.0.0.1'), { ip: egress, country: 'US' })
  const near = nearestPops(DEFAULT_POP_TABLE, '127.0.0.1')
  t.strictSame(near[0]?.pop, { ...pops[0], name: 'US-ORD1', rttMs: 0, jitterMs: 0 })
  t.strictSame(
    near.map(({ pop }) => pop),
    pops,
  )
  const rtts = near.map(({ pop }) => pop.rttMs)
  t.strictSame(
    rtts,
    [...rtts].sort((a, b) => a - b),
  )
  // Light in fibre: 200 km a ms, there and back.
  for (const { pop, distanceKm } of near.slice(1)) t.ok(pop.rttMs > distanceKm / 100, pop.name)
  t.end()
})

void t.test('other clients are elsewhere', (t) => {
  const nearest = (ip: string) => nearestPops(DEFAULT_POP_TABLE, ip)[0]
  for (const [ip, name, inCountry] of [
    ['192.0.2.9', 'UK-LON2', true],
    ['203.0.113.9', 'DE-FRA1', true],
    ['198.18.7.7', 'FR-PAR1', true],
    ['198.19.7.7', 'DE-FRA1', false],
    ['8.8.8.8', 'US-STL1', true],
  ] as const)
    t.match(nearest(ip), { pop: { name }, inCountry }, ip)
  for (const { prefix } of regions) t.ok(Number(prefix.split('/')[1]) <= 24, `${prefix} is seen through a resolver`)
  t.end()
})
