import fc from 'fast-check'
import t from 'tap'
import type { ClientConfig } from '../../../agent/config/schema/nsconfig.js'
import {
  mayPassToPortal,
  NO_PORTAL,
  type PortalEvent,
  type PortalWindow,
  portalWindow,
  portalWindowMs,
} from '../../../agent/location/captive-portal.js'

const MINUTE = 60_000

void t.test('how long a window is', async (t) => {
  const cases: readonly [why: string, failClose: ClientConfig['failClose'], ms: number][] = [
    ['nothing is said', undefined, 0],
    ['failing open', { fail_close: 'false', captive_portal_timeout: '5' }, 0],
    ['failing open by leaving it out', { captive_portal_timeout: '5' }, 0],
    ['failing closed', { fail_close: 'true', captive_portal_timeout: '5' }, 5 * MINUTE],
    ['failing closed by a digit', { fail_close: '1', captive_portal_timeout: '1' }, MINUTE],
    ['failing closed without a time', { fail_close: 'true', captive_portal_timeout: '' }, 0],
    ['failing closed without the key', { fail_close: 'true' }, 0],
    ['failing closed, no time', { fail_close: 'true', captive_portal_timeout: '0' }, 0],
    ['more than a day', { fail_close: 'true', captive_portal_timeout: '9'.repeat(400) }, 1440 * MINUTE],
  ]
  for (const [why, failClose, ms] of cases) t.equal(portalWindowMs(failClose), ms, why)
})

/** The events as the stories name them; `seen` gives a window of a minute. */
const EVENTS: Readonly<Record<string, PortalEvent>> = {
  seen: { type: 'portal-seen', windowMs: MINUTE },
  'seen-without-window': { type: 'portal-seen', windowMs: 0 },
  gone: { type: 'portal-gone' },
  up: { type: 'tunnel-up' },
  moved: { type: 'network-changed' },
  tick: { type: 'tick' },
}

/** What happens at which second, and the phase after it. */
const STORIES: readonly [why: string, ...steps: string[]][] = [
  ['no portal, no window', '0 gone closed', '5 tick closed', '9 up closed', '10 moved closed'],
  ['a portal opens it, its time closes it', '0 seen open', '59 tick open', '60 tick spent'],
  ['seeing it again does not make it longer', '0 seen open', '50 seen open', '60 seen spent'],
  ['once spent it stays closed', '0 seen open', '70 seen spent', '700 gone spent', '701 seen spent'],
  ['a tunnel that comes up closes it and makes it new', '0 seen open', '9 up closed', '80 seen open', '139 tick open'],
  ['a spent one is new after a tunnel', '0 seen open', '60 tick spent', '61 up closed', '62 seen open'],
  ['a spent one is new in another network', '0 seen open', '60 tick spent', '61 moved closed', '62 seen open'],
  ['a portal that is gone closes it', '0 seen open', '20 gone left', '21 gone left', '22 tick left'],
  ['a portal that comes back has the rest', '0 seen open', '20 gone left', '59 seen open', '60 tick spent'],
  ['a portal that comes back too late has nothing', '0 seen open', '20 gone left', '60 seen spent'],
  ['failing open there is none', '0 seen-without-window closed', '1 seen open'],
  ['a configuration may take it away', '0 seen open', '1 seen-without-window spent', '2 seen spent'],
]

void t.test('the life of a window of a minute', async (t) => {
  for (const [why, ...steps] of STORIES) {
    let state: PortalWindow = NO_PORTAL
    for (const step of steps) {
      const [seconds, event = '', phase] = step.split(' ')
      const now = Number(seconds) * 1000
      state = portalWindow(state, EVENTS[event]!, now)
      t.equal(state.phase, phase, `${why}: ${step}`)
      t.equal(mayPassToPortal(state, now), phase === 'open', `${why}: ${step}, and traffic may pass`)
    }
  }
})

void t.test('an open window closes at its time even when nothing happens', async (t) => {
  const state = portalWindow(NO_PORTAL, { type: 'portal-seen', windowMs: MINUTE }, 1000)
  t.equal(mayPassToPortal(state, MINUTE + 999), true)
  t.equal(mayPassToPortal(state, MINUTE + 1000), false)
})

const HISTORY = fc.array(
  fc.record({ event: fc.constantFrom(...Object.values(EVENTS)), afterMs: fc.nat({ max: MINUTE }) }),
  { maxLength: 60 },
)

void t.test(
  'whatever happens, it is open for a minute from the first portal on, tunnel or network apart',
  async (t) => {
    let openMoments = 0
    fc.assert(
      fc.property(HISTORY, (history) => {
        let state: PortalWindow = NO_PORTAL
        let now = 0
        let firstSeen: number | undefined
        for (const { event, afterMs } of history) {
          now += afterMs
          state = portalWindow(state, event, now)
          if (event.type === 'tunnel-up' || event.type === 'network-changed') firstSeen = undefined
          if (event.type === 'portal-seen' && event.windowMs > 0 && firstSeen === undefined) {
            firstSeen = now
            if (!mayPassToPortal(state, now)) return false
          }
          for (const later of [0, 1, MINUTE / 2, MINUTE - 1, MINUTE, 10 * MINUTE]) {
            if (!mayPassToPortal(state, now + later)) continue
            openMoments += 1
            if (firstSeen === undefined || now + later >= firstSeen + MINUTE) return false
            if (event.type === 'portal-gone') return false
          }
        }
        return true
      }),
      { numRuns: 2000 },
    )
    t.ok(openMoments > 1000, `${openMoments} times it was open`)
  },
)
