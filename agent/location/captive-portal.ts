// Pure: the window in which a user may sign in to a captive portal. A client that fails closed would keep its user from
// the very page that lets the tunnel come up; so when a portal is seen while the tunnel is down, steered traffic may go
// direct for `failClose.captive_portal_timeout`. What the real client does in that time is not public (client-behaviour
// 6): all here is ours. One window for each network and each loss of the tunnel, however often a portal comes and goes.
//
//   closed --portal-seen--> open --portal-gone--> left --portal-seen--> open (for the rest of its time)
//   open, left --time is up--> spent        any --tunnel-up, network-changed--> closed

import type { ClientConfig } from '../config/schema/nsconfig.js'
import { isOn } from '../config/schema/values.js'

/** The window. `until` is when its time is up, on the clock of `now`. `left`: the portal is gone, its time is not. */
export type PortalWindow =
  | { readonly phase: 'closed' | 'spent' }
  | { readonly phase: 'open' | 'left'; readonly until: number }

/** What can happen to it. A portal counts as seen only while the tunnel is down: who checks must hold to that. */
export type PortalEvent =
  | {
      readonly type: 'portal-seen'
      /** `portalWindowMs` of the configuration in force; 0 = there is no window. */
      readonly windowMs: number
    }
  | { readonly type: 'portal-gone' | 'tunnel-up' | 'network-changed' | 'tick' }

/** Before any portal. */
export const NO_PORTAL: PortalWindow = { phase: 'closed' }

const SPENT: PortalWindow = { phase: 'spent' }

const MINUTE_MS = 60_000

/** Longest window, minutes. Ours. */
const MOST_MINUTES = 24 * 60

/** How long a window is, ms: 0 unless the client fails closed and `captive_portal_timeout` says minutes. */
export function portalWindowMs(failClose: ClientConfig['failClose']): number {
  if (!isOn(failClose?.fail_close)) return 0
  return Math.min(Number(failClose?.captive_portal_timeout ?? ''), MOST_MINUTES) * MINUTE_MS
}

/** The window after an event. `now` is ms of a clock that never goes back. */
export function portalWindow(state: PortalWindow, event: PortalEvent, now: number): PortalWindow {
  if (event.type === 'tunnel-up' || event.type === 'network-changed') return NO_PORTAL
  const current = 'until' in state && now >= state.until ? SPENT : state
  if (event.type === 'portal-gone') return current.phase === 'open' ? { ...current, phase: 'left' } : current
  if (event.type !== 'portal-seen') return current
  if (event.windowMs === 0) return current.phase === 'closed' ? current : SPENT
  if (current.phase === 'closed') return { phase: 'open', until: now + event.windowMs }
  return current.phase === 'left' ? { ...current, phase: 'open' } : current
}

/** Whether steered traffic may go direct although the client fails closed. */
export function mayPassToPortal(state: PortalWindow, now: number): boolean {
  return state.phase === 'open' && now < state.until
}
