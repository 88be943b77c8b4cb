/** A set of ranges does what a set of numbers does. */

import fc from 'fast-check'
import t from 'tap'
import { RangeSet } from '../../../../agent/tunnel/reliable/range-set.js'

const ranges = (set: RangeSet) =>
  Array.from({ length: set.count }, (_, index) => [set.from(index), set.to(index)] as const)

/** The ranges of a set of numbers below 60. */
function rangesOf(numbers: ReadonlySet<number>): number[][] {
  const found: number[][] = []
  for (let number = 0; number < 60; number += 1) {
    if (!numbers.has(number)) continue
    const last = found.at(-1)
    if (last?.[1] === number) last[1] = number + 1
    else found.push([number, number + 1])
  }
  return found
}

void t.test('ranges join where they touch or overlap, and only there', async (t) => {
  const cases: readonly [what: string, added: readonly (readonly [number, number])[], expected: number[][]][] = [
    ['nothing', [], []],
    ['an empty range', [[5, 5]], []],
    ['a backward range', [[6, 5]], []],
    [
      'growth at the end',
      [
        [0, 1],
        [1, 2],
        [2, 9],
      ].map(pair),
      [[0, 9]],
    ],
    [
      'a gap of one',
      [
        [0, 1],
        [2, 3],
      ].map(pair),
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      'a gap filled',
      [
        [0, 1],
        [2, 3],
        [1, 2],
      ].map(pair),
      [[0, 3]],
    ],
    [
      'before the first',
      [
        [4, 5],
        [0, 2],
      ].map(pair),
      [
        [0, 2],
        [4, 5],
      ],
    ],
    [
      'one over many',
      [
        [2, 3],
        [5, 6],
        [8, 9],
        [20, 30],
        [1, 10],
      ].map(pair),
      [
        [1, 10],
        [20, 30],
      ],
    ],
  ]
  for (const [what, added, expected] of cases) {
    const set = new RangeSet()
    for (const [from, to] of added) set.add(from, to)
    t.strictSame(ranges(set), expected, what)
  }
})

function pair([from, to]: readonly number[]): readonly [number, number] {
  return [from!, to!]
}

void t.test('5,000 random histories: it has what a Set has', async (t) => {
  const change = fc.record({ add: fc.boolean(), from: fc.nat(50), length: fc.nat(9) })
  const changes = fc.array(change, { maxLength: 40 })
  const both = (history: readonly { add: boolean; from: number; length: number }[]) => {
    const set = new RangeSet()
    const model = new Set<number>()
    for (const { add, from, length } of history) {
      if (add) set.add(from, from + length)
      else set.remove(from, from + length)
      for (let number = from; number < from + length; number += 1) add ? model.add(number) : model.delete(number)
    }
    return { set, model }
  }
  fc.assert(
    fc.property(changes, changes, (one, other) => {
      const { set, model } = both(one)
      const expected = rangesOf(model)
      const same = JSON.stringify(ranges(set)) === JSON.stringify(expected)
      const prefix = expected[0]?.[0] === 0 ? expected[0][1] : 0
      const samePrefix = set.prefix === prefix
      const taken = both(other)
      set.removeAll(taken.set)
      const left = rangesOf(new Set([...model].filter((number) => !taken.model.has(number))))
      return same && samePrefix && JSON.stringify(ranges(set)) === JSON.stringify(left)
    }),
    { numRuns: 5_000 },
  )
  t.pass()
})
