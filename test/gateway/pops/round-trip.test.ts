/** How far away a POP seems to be. */

import fc from 'fast-check'
import t from 'tap'
import type { PopFault } from '../../../gateway/faults/fault.js'
import { isLost, roadTo } from '../../../gateway/pops/round-trip.js'

const road = (rttMs: number, jitterMs: number, current: PopFault | undefined, random: number) =>
  roadTo({ rttMs, jitterMs }, { current, onChange: () => {} }, () => random)

void t.test('round trips', async (t) => {
  const cases: readonly [why: string, Parameters<typeof road>, expected: number][] = [
    ['none', [0, 0, undefined, 0.9], 0],
    ['without jitter', [30, 0, undefined, 0.9], 30],
    ['at its shortest', [30, 4, undefined, 0], 26],
    ['in the middle', [30, 4, undefined, 0.5], 30],
    ['towards its longest', [30, 4, undefined, 0.75], 32],
    ['never below nothing', [3, 4, undefined, 0], 0],
    ['a fault in its place', [30, 4, { kind: 'rtt', ms: 300 }, 0.75], 302],
    ['a fault that brings it near', [30, 0, { kind: 'rtt', ms: 0 }, 0.5], 0],
    ['packets are lost', [30, 4, { kind: 'loss' }, 0.5], Number.POSITIVE_INFINITY],
    ['a POP that is down is as far away as ever', [30, 0, { kind: 'down' }, 0.5], 30],
  ]
  for (const [why, [rttMs, jitterMs, fault, random], expected] of cases)
    t.equal(road(rttMs, jitterMs, fault, random).delayMs(), expected, why)
})

void t.test('each look is a round trip of its own, within the jitter', async () => {
  const ms = fc.double({ min: 0, max: 1000, noNaN: true })
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(ms, ms, fc.infiniteStream(random), (rttMs, jitterMs, numbers) => {
      const far = roadTo({ rttMs, jitterMs }, { current: undefined, onChange: () => {} }, () => numbers.next().value)
      return [far.delayMs(), far.delayMs()].every(
        (delay) => delay >= Math.max(0, rttMs - jitterMs) && delay <= rttMs + jitterMs,
      )
    }),
  )
})

void t.test('only a road of no end is lost', async (t) => {
  t.ok(isLost(road(30, 4, { kind: 'loss' }, 0)))
  t.notOk(isLost(road(30, 4, { kind: 'rtt', ms: 120_000 }, 0)))
  t.notOk(isLost(undefined))
})
