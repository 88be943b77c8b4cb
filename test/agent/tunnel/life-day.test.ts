/**
 * Days of a tunnel on a virtual clock: POPs whose round trips wander, which refuse, go silent or drop sessions, networks
 * that change, sleeps, and outages of everything. What must hold, and the bounds, are in test/support/life-watch.ts and
 * test/support/life-ledger.ts; every run has other days, and a failure names the seed of the day.
 */

import fc from 'fast-check'
import t from 'tap'
import { LifeDay } from '../../support/life-day.js'
import { BACKOFF, mostRounds } from '../../support/life-watch.js'

const DAYS = 120

/** Of 100 gaps 99 are shorter, ms: a loss noticed by keep-alive (10 s), and one POP that is silent to DTLS and TLS. */
const LONG_GAP_MS = 17_000

void t.test('days of 24 hours', async (t) => {
  const met = new Map<string, number>()
  const gaps: number[] = []
  fc.assert(
    fc.property(fc.noShrink(fc.nat()), (seed) => {
      const day = new LifeDay(String(seed))
      day.pass(24)
      for (const [name, count] of Object.entries(day.watch.met)) met.set(name, (met.get(name) ?? 0) + count)
      gaps.push(...day.watch.gaps)
    }),
    { numRuns: DAYS, includeErrorInReport: true },
  )
  for (const [name, count] of met) t.ok(count > DAYS / 4, `${name}: ${count} in ${DAYS} days`)
  const long = gaps.filter((ms) => ms > LONG_GAP_MS).length
  t.ok(gaps.length > DAYS && long < gaps.length / 100, `${long} of ${gaps.length} gaps are long`)
})

void t.test('the rounds within a minute that the back-off allows', async (t) => {
  t.equal(mostRounds(0, BACKOFF), 1, 'at once')
  t.equal(mostRounds(25, BACKOFF), 2, 'the first wait is 50 ms, or half')
  t.equal(mostRounds(74, BACKOFF), 2, 'the second is twice as long: not yet')
  t.equal(mostRounds(75, BACKOFF), 3, 'now')
  t.equal(mostRounds(60_000, BACKOFF), 19, 'in a minute')
})
