/** Median and spread. */

import t from 'tap'
import { summarize } from '../../../scripts/bench/statistics.js'

const CASES: readonly [values: readonly number[], median: number, min: number, max: number, why: string][] = [
  [[5], 5, 5, 5, 'one'],
  [[3, 1], 2, 1, 3, 'two: the mean of both'],
  [[9, 1, 5], 5, 1, 9, 'three, in any order'],
  [[4, 1, 3, 2], 2.5, 1, 4, 'four: the mean of the middle two'],
  [[10, 9, 100], 10, 9, 100, 'numbers, not texts'],
  [[-1, -20, 0], -1, -20, 0, 'negative'],
]

void t.test('summaries', async (t) => {
  for (const [values, median, min, max, why] of CASES) t.strictSame(summarize(values), { median, min, max }, why)
})

void t.test('the measurements stay in their order', async (t) => {
  const values = [3, 1, 2]
  summarize(values)
  t.strictSame(values, [3, 1, 2])
})
