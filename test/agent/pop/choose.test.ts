/** Which POP is chosen: a table of cases with their boundaries, and what holds for any round trips. */

import fc from 'fast-check'
import t from 'tap'
import { type ChooseOptions, choose } from '../../../agent/pop/choose.js'
import type { MeasuredPop } from '../../../agent/pop/pop.js'
import { measuredPop } from './gslb-sample.js'

/** POPs A, B, C ... with these round trips; `-` is none. */
function popsOf(rtts: string): readonly MeasuredPop[] {
  return rtts
    .split(' ')
    .map((rtt, n) => measuredPop(String.fromCharCode(65 + n), rtt === '-' ? undefined : Number(rtt)))
}

type Case = readonly [rtts: string, ChooseOptions, pop: string, ranked: string, switched: boolean, why: string]

const CASES: readonly Case[] = [
  // The first choice.
  ['12', {}, 'A', 'A', false, 'A answers first (12 ms)'],
  ['30 12 -', {}, 'B', 'BAC', false, 'B answers first (12 ms)'],
  ['- 12.5 30', {}, 'B', 'BCA', false, 'B answers first (12.5 ms)'],
  ['20 10 10', {}, 'B', 'BCA', false, 'B answers first (10 ms)'],
  ['- - -', {}, 'A', 'ABC', false, "no POP answers: A is the first of the service's list"],
  ['0 0.1', {}, 'A', 'AB', false, 'A answers first (0 ms)'],
  // A current POP stays unless another is clearly better: 20 ms ...
  ['30 14', { current: 'A' }, 'A', 'AB', false, "stays at A: 30 ms is not 20 ms slower than B's 14 ms"],
  ['33.9 14', { current: 'A' }, 'A', 'AB', false, "stays at A: 33.9 ms is not 20 ms slower than B's 14 ms"],
  ['34 14', { current: 'A' }, 'B', 'BA', true, 'B answers first (14 ms), and A takes 34 ms'],
  ['33.96 14', { current: 'A' }, 'B', 'BA', true, 'B answers first (14 ms), and A takes 33.96 ms'],
  ['35.3 15.3', { current: 'A' }, 'B', 'BA', true, 'B answers first (15.3 ms), and A takes 35.3 ms'],
  // ... and 1.25 times.
  ['124.9 100', { current: 'A' }, 'A', 'AB', false, "stays at A: 124.9 ms is not 1.25 times B's 100 ms"],
  ['125 100', { current: 'A' }, 'B', 'BA', true, 'B answers first (100 ms), and A takes 125 ms'],
  ['100 80', { current: 'A' }, 'B', 'BA', true, 'B answers first (80 ms), and A takes 100 ms'],
  ['99.9 79.9', { current: 'A' }, 'B', 'BA', true, 'B answers first (79.9 ms), and A takes 99.9 ms'],
  ['100.1 80.1', { current: 'A' }, 'A', 'AB', false, "stays at A: 100.1 ms is not 1.25 times B's 80.1 ms"],
  // The best of several is what counts, and the rest is ranked behind.
  ['60 50 20 -', { current: 'A' }, 'C', 'CBAD', true, 'C answers first (20 ms), and A takes 60 ms'],
  ['30 25 20 -', { current: 'A' }, 'A', 'ACBD', false, "stays at A: 30 ms is not 20 ms slower than C's 20 ms"],
  ['12 40', { current: 'A' }, 'A', 'AB', false, 'stays at A, which answers first (12 ms)'],
  ['10 10', { current: 'B' }, 'B', 'BA', false, 'stays at B, which answers first (10 ms)'],
  // Settings.
  ['15 14', { current: 'A', ratio: 1, marginMs: 1 }, 'B', 'BA', true, 'B answers first (14 ms), and A takes 15 ms'],
  [
    '14.9 14',
    { current: 'A', ratio: 1, marginMs: 1 },
    'A',
    'AB',
    false,
    "stays at A: 14.9 ms is not 1 ms slower than B's 14 ms",
  ],
  ['29 14', { current: 'A', ratio: 3, marginMs: 0 }, 'A', 'AB', false, "stays at A: 29 ms is not 3 times B's 14 ms"],
  ['14 14', { current: 'B', ratio: 1, marginMs: 0 }, 'B', 'BA', false, 'stays at B, which answers first (14 ms)'],
  // A current POP that does not answer, or is not there.
  ['- 90', { current: 'A' }, 'B', 'BA', true, 'B answers first (90 ms), and A does not answer'],
  ['- -', { current: 'B' }, 'B', 'BA', false, 'stays at B: no POP answers'],
  ['12 30', { current: 'Z' }, 'A', 'AB', true, 'A answers first (12 ms), and Z is not in the list'],
  ['- -', { current: 'Z' }, 'A', 'AB', true, "no POP answers: A is the first of the service's list"],
  // A pinned POP.
  ['10 90', { pinned: 'B' }, 'B', 'BA', false, 'B is pinned'],
  ['10 -', { pinned: 'B', current: 'A' }, 'B', 'BA', true, 'B is pinned'],
  ['10 90', { pinned: 'B', current: 'B' }, 'B', 'BA', false, 'B is pinned'],
  ['10 90', { pinned: 'Z' }, 'A', 'AB', false, 'Z is pinned, and not in the list: A answers first (10 ms)'],
  [
    '10 20',
    { pinned: 'Z', current: 'B' },
    'B',
    'BA',
    false,
    "Z is pinned, and not in the list: stays at B: 20 ms is not 20 ms slower than A's 10 ms",
  ],
]

void t.test('the choice', async (t) => {
  for (const [rtts, options, pop, ranked, switched, why] of CASES) {
    const choice = choose(popsOf(rtts), options)!
    const said = { pop: choice.pop.name, ranked: choice.ranked.map(({ name }) => name).join('') }
    const wanted = { pop, ranked, switched, why }
    t.strictSame({ ...said, switched: choice.switched, why: choice.why }, wanted, `${rtts} ${JSON.stringify(options)}`)
  }
  t.equal(choose([]), undefined)
  t.equal(choose([], { current: 'A', pinned: 'A' }), undefined)
})

/** Tenths of a ms, so that the properties can be exact. */
const rtt = fc.option(fc.nat(3000), { nil: undefined })
const rtts = fc.array(rtt, { minLength: 1, maxLength: 8 })
const distinct = fc.uniqueArray(fc.nat(3000), { minLength: 1, maxLength: 8 })
const namesOf = (pops: readonly MeasuredPop[]) => pops.map(({ name }) => name)
const measured = (tenths: readonly (number | undefined)[]) =>
  tenths.map((value, n) => measuredPop(`P${n}`, value === undefined ? undefined : value / 10))

void t.test('a POP that answers is left exactly when another is 1.25 times and 20 ms better', async () => {
  fc.assert(
    fc.property(fc.nat(3000), rtts, (current, others) => {
      const choice = choose(measured([current, ...others]), { current: 'P0' })!
      const best = Math.min(...others.map((value) => value ?? Number.POSITIVE_INFINITY))
      const isLeft = current * 4 >= best * 5 && current - best >= 200
      return choice.switched === isLeft && (isLeft ? choice.pop.rttMs === best / 10 : choice.pop.name === 'P0')
    }),
    { numRuns: 2000 },
  )
})

void t.test('a switch improves, whatever the settings', async () => {
  const settings = fc.record({ ratio: fc.constantFrom(1, 1.1, 1.25, 2), marginMs: fc.constantFrom(0, 1, 20) })
  fc.assert(
    fc.property(rtt, rtts, settings, (current, others, settings) => {
      const choice = choose(measured([current, ...others]), { current: 'P0', ...settings })!
      if (!choice.switched) return choice.pop.name === 'P0'
      return (choice.pop.rttMs ?? Number.POSITIVE_INFINITY) * 10 < (current ?? Number.POSITIVE_INFINITY)
    }),
    { numRuns: 2000 },
  )
})

void t.test('every POP is ranked once, the chosen one first, the others by round trip', async () => {
  fc.assert(
    fc.property(rtts, fc.nat(8), (tenths, current) => {
      const pops = measured(tenths)
      const { pop, ranked } = choose(pops, { current: `P${current}` })!
      const rest = ranked.slice(1).map(({ rttMs }) => rttMs ?? Number.POSITIVE_INFINITY)
      const isSorted = rest.every((value, n) => n === 0 || rest[n - 1]! <= value)
      return ranked[0] === pop && isSorted && namesOf(ranked).sort().join() === namesOf(pops).sort().join()
    }),
  )
})

void t.test('the order of the list counts for ties only, and the same gives the same', async () => {
  const shuffled = distinct.chain((tenths) => {
    const pops = measured(tenths)
    return fc.tuple(fc.constant(pops), fc.shuffledSubarray([...pops], { minLength: pops.length }), fc.nat(8))
  })
  fc.assert(
    fc.property(shuffled, ([pops, others, current]) => {
      const before = JSON.stringify(pops)
      const [one, two] = [pops, others].map((list) => JSON.stringify(choose(list, { current: `P${current}` })))
      return one === two && JSON.stringify(pops) === before
    }),
  )
})
