import t from 'tap'
import { backoffMs } from '../../../agent/tunnel/backoff.js'

const LIMITS = { firstMs: 50, longestMs: 1000 }

void t.test('the wait doubles up to the longest, and is jittered down by half at most', async (t) => {
  const cases: readonly [attempt: number, random: number, ms: number][] = [
    [1, 0, 50],
    [2, 0, 100],
    [3, 0, 200],
    [5, 0, 800],
    [6, 0, 1000],
    [100, 0, 1000],
    [100_000, 0, 1000],
    [1, 0.5, 37.5],
    [1, 1, 25],
    [6, 1, 500],
  ]
  for (const [attempt, random, ms] of cases) t.equal(backoffMs(attempt, random, LIMITS), ms, `${attempt}, ${random}`)
})
