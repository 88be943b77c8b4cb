/** A run in parts: shards joined are the whole, and as much is written as was asked for. */

import t from 'tap'
import { PROFILES } from '../../../agent/log/profiles.js'
import { US_PER_DAY, US_PER_HOUR } from '../../../agent/synth/calendar.js'
import { SCENARIOS } from '../../../agent/synth/scenarios.js'
import { type Amount, unitsOf } from '../../../agent/synth/units.js'
import { makeWorld } from '../../../agent/synth/world.js'
import { generatedLog, MONDAY, NEW_HOME } from '../../support/generated-log.js'

const PROFILE = PROFILES['linux-r140']
const generate = (scenario: string, wanted: Parameters<typeof generatedLog>[2]) =>
  generatedLog(PROFILE, SCENARIOS.get(scenario)!, { truth: false, ...wanted }).text

void t.test('the same arguments give the same bytes, another seed others', async (t) => {
  const amount = { lines: 3000 }
  const [first, again] = [generate('normal-day', { amount }), generate('normal-day', { amount })]
  t.ok(first === again)
  t.not(first, generate('normal-day', { amount, seed: '2' }))
})

void t.test('lines and time are met exactly, bytes to a few per cent', async (t) => {
  const count = (text: string) => text.split('\n').length - 1
  for (const lines of [1, 7, 5000, 70_001]) t.equal(count(generate('normal-day', { amount: { lines } })), lines)
  t.equal(count(generate('normal-day', { amount: { lines: 5003 }, endpoints: 4 })), 5003, 'over several endpoints')
  const morning = MONDAY + 9 * US_PER_HOUR
  const late = generate('normal-day', { amount: { lines: 3000 }, start: morning })
  t.equal(count(late), 3000, 'from the middle of a day on')
  t.ok(late.slice(0, 16) >= '2026/11/02 09:00', late.slice(0, 16))
  const hours = generate('normal-day', { amount: { duration: 2 * US_PER_HOUR }, start: morning })
  const stamps = hours.trimEnd().split('\n')
  t.ok(stamps.length > 1000, `${stamps.length} lines in two hours of work`)
  t.ok(stamps[0]! >= '2026/11/02 09:0' && stamps.at(-1)! < '2026/11/02 11:00:00', stamps.at(-1)!.slice(0, 23))
  const bytes = Buffer.byteLength(generate('normal-day', { amount: { bytes: 5_000_000 } }))
  t.ok(Math.abs(bytes / 5_000_000 - 1) < 0.05, `${bytes} bytes of 5,000,000`)
})

const AMOUNTS: readonly [sentence: string, amount: Amount][] = [
  ['lines', { lines: 60_000 }],
  ['days', { duration: 6 * US_PER_DAY }],
  ['bytes', { bytes: 9_000_000 }],
]

void t.test('shards joined are the whole', async (t) => {
  for (const [sentence, amount] of AMOUNTS)
    for (const [scenario, endpoints, count] of [
      ['normal-day', 1, 3],
      ['normal-day', 5, 2],
      ['normal-day', 3, 7],
      ['corrupt', 1, 2],
    ] as const) {
      const whole = generate(scenario, { amount, endpoints })
      const parts = Array.from({ length: count }, (_, index) =>
        generate(scenario, { amount, endpoints, shard: { index, count } }),
      )
      t.ok(parts.join('') === whole, `${sentence}: ${scenario}, ${endpoints} endpoints in ${count} shards`)
    }
})

void t.test('shards of a long run are alike in size', async (t) => {
  const world = makeWorld('1', PROFILE, SCENARIOS.get('normal-day')!, NEW_HOME)
  const request = { start: MONDAY, amount: { lines: 1_000_000 }, endpoints: 1, wholeEndpoints: false }
  const sizes = [0, 1].map((index) =>
    [...unitsOf(world, { ...request, shard: { index, count: 2 } })].reduce((sum, { lines }) => sum + lines, 0),
  )
  t.equal(sizes[0]! + sizes[1]!, 1_000_000)
  t.ok(Math.abs(sizes[0]! - 500_000) < 30_000, sizes.join(' and '))
})

void t.test('whole endpoints are not cut between shards', async (t) => {
  const world = makeWorld('1', PROFILE, SCENARIOS.get('normal-day')!, NEW_HOME)
  const owners = new Map<number, Set<number>>()
  for (let index = 0; index < 3; index++)
    for (const { plan } of unitsOf(world, {
      start: MONDAY,
      amount: { lines: 40_000 },
      endpoints: 4,
      shard: { index, count: 3 },
      wholeEndpoints: true,
    })) {
      const known = owners.get(plan.endpoint.number) ?? new Set()
      owners.set(plan.endpoint.number, known.add(index))
    }
  t.strictSame(
    [...owners.values()].map(({ size }) => size),
    [1, 1, 1, 1],
  )
})
