/** The polling as documented, and that no sequence of happenings and no settings make it a flood. */

import fc from 'fast-check'
import t from 'tap'
import {
  DOCUMENTED_SCHEDULE,
  type Happened,
  LONGEST_WAIT_MS,
  next,
  retryMinutes,
  type ScheduleState,
  SHORTEST_WAIT_MS,
  scheduleSettings,
} from '../../../../agent/config/download/schedule.js'

const MINUTE = 60_000

void t.test('what is next', async (t) => {
  const cases: readonly [why: string, ScheduleState, Happened, number, ...ReturnType<typeof words>][] = [
    ['a start downloads at once', 'first', 'started', 0.5, 'first', 0, 'download'],
    ['a start with a version on disk too', 'synced', 'started', 0.5, 'synced', 0, 'download'],
    ['the first download is tried every 10 min', 'first', 'failed', 0, 'first', 10, 'download'],
    ['whatever the random number', 'first', 'failed', 0.99, 'first', 10, 'download'],
    ['after it the version is checked hourly', 'first', 'up-to-date', 0, 'synced', 60, 'check'],
    ['as after each check without news', 'synced', 'up-to-date', 0.99, 'synced', 60, 'check'],
    ['a new version waits 3 min at least', 'synced', 'new-version', 0, 'behind', 3, 'download'],
    ['and less than 10', 'synced', 'new-version', 0.5, 'behind', 6.5, 'download'],
    ['once it is in force, the checks go on', 'behind', 'up-to-date', 0, 'synced', 60, 'check'],
    ['a check that failed is repeated in 3 to 10 min', 'synced', 'failed', 0, 'synced', 3, 'check'],
    ['in 9 min as in the real log', 'synced', 'failed', 6 / 7, 'synced', 9, 'check'],
    ['a download that failed is repeated as a download', 'behind', 'failed', 0.5, 'behind', 6.5, 'download'],
  ]
  for (const [why, state, happened, random, ...wanted] of cases)
    t.strictSame(words(next(state, happened, random)), wanted, why)
})

function words({ state, afterMs, action }: ReturnType<typeof next>) {
  return [state, Math.round((afterMs / MINUTE) * 1000) / 1000, action] as const
}

void t.test('who sets the interval of the checks', async (t) => {
  const cases: readonly [why: string, Parameters<typeof scheduleSettings>, number][] = [
    ['nobody', [], 60],
    ['the tenant', [{}, '1'], 1],
    ['a tenant that leaves it empty', [{}, ''], 60],
    ['a tenant that says 0', [{}, '0'], 60],
    ['fast sync before the tenant', [{ fastSync: true }, '60'], 5],
    ['fast sync that is off', [{ fastSync: false }, '30'], 30],
    ['the lab before all', [{ fastSync: true, checkMs: 2000 }, '60'], 2 / 60],
  ]
  for (const [who, args, minutes] of cases)
    t.strictSame(scheduleSettings(...args), { ...DOCUMENTED_SCHEDULE, checkMs: minutes * MINUTE }, who)
  t.match(scheduleSettings({ retryMinMs: 1000, retryMaxMs: 2000 }), { retryMinMs: 1000, firstRetryMs: 10 * MINUTE })
})

void t.test('a retry is told in whole minutes, and never as none', async (t) => {
  for (const [ms, minutes] of [
    [9 * MINUTE, 9],
    [3.4 * MINUTE, 3],
    [9.6 * MINUTE, 10],
    [1000, 1],
  ] as const)
    t.equal(retryMinutes(ms), minutes)
})

const happenings = fc.array(fc.constantFrom<Happened>('up-to-date', 'new-version', 'failed'), { maxLength: 200 })
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

void t.test('as documented, nothing is asked twice within 3 minutes, and something at least hourly', async () => {
  fc.assert(
    fc.property(happenings, random, fc.constantFrom<ScheduleState>('first', 'synced'), (all, random, start) => {
      let { state } = next(start, 'started', random)
      let totalMs = 0
      for (const happened of all) {
        const planned = next(state, happened, random)
        if (planned.afterMs < 3 * MINUTE || planned.afterMs > 60 * MINUTE) return false
        totalMs += planned.afterMs
        state = planned.state
      }
      return all.length <= totalMs / (3 * MINUTE) && (all.includes('up-to-date') ? state !== 'first' : true)
    }),
  )
})

void t.test('no settings make a busy loop or a timer that cannot be', async () => {
  const ms = fc.oneof(fc.double(), fc.integer({ min: -10, max: 10_000 }), fc.constant(99_999_999 * MINUTE))
  const settings = fc.record({
    firstRetryMs: ms,
    checkMs: ms,
    applyMinMs: ms,
    applyMaxMs: ms,
    retryMinMs: ms,
    retryMaxMs: ms,
  })
  fc.assert(
    fc.property(happenings, random, settings, (all, random, settings) => {
      let state: ScheduleState = 'first'
      return all.every((happened) => {
        const planned = next(state, happened, random, settings)
        state = planned.state
        return planned.afterMs >= SHORTEST_WAIT_MS && planned.afterMs <= LONGEST_WAIT_MS
      })
    }),
  )
})

void t.test('waits keep within their settings', async () => {
  const range = fc.tuple(fc.integer({ min: 1000, max: 9000 }), fc.integer({ min: 0, max: 9000 }))
  fc.assert(
    fc.property(range, range, random, ([applyMinMs, more], [retryMinMs, rest], random) => {
      const [applyMaxMs, retryMaxMs] = [applyMinMs + more, retryMinMs + rest]
      const settings = scheduleSettings({ applyMinMs, applyMaxMs, retryMinMs, retryMaxMs })
      const apply = next('synced', 'new-version', random, settings).afterMs
      const retry = next('behind', 'failed', random, settings).afterMs
      return apply >= applyMinMs && apply <= applyMaxMs && retry >= retryMinMs && retry <= retryMaxMs
    }),
  )
})
