/**
 * What is true of the endpoint at this moment, as steering asks for it: where it is (steerlab.json's word, or else
 * on-premises detection), and what of the tunnel. A tunnel that has just gone counts as up for a while, in which flows
 * wait for the next one; then fail-open or fail-close counts, and under fail-close a captive portal is looked for.
 */

import { setTimeout as pause } from 'node:timers/promises'
import type { Configuration } from '../config/configuration.js'
import type { InForce } from '../config/live-configuration.js'
import type { EventLog } from '../log/event.js'
import type { Dialer } from '../outbound/dial.js'
import type { Endpoint, Location, Situation, TunnelState } from '../steering/flow.js'
import { mayPassToPortal, NO_PORTAL, type PortalEvent, portalWindow, portalWindowMs } from './captive-portal.js'
import { checkOnPrem } from './on-prem-check.js'
import { onPremPlan } from './on-prem-plan.js'
import { checkPortal } from './portal-check.js'
import { systemRoots } from './system-roots.js'

/** What it works with. */
export interface EndpointStateParts {
  readonly inForce: () => InForce
  /** How long a flow waits for a tunnel that has gone, ms. */
  readonly waitMs: () => number
  /** Addresses of a name as the endpoint's own programs find it. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  /** The way out, not through the tunnel. */
  readonly dialer: Dialer
  /** Where the checker of captive portals really listens. */
  readonly checker: () => Promise<Endpoint | undefined>
  /** The way there: the mock cloud is beside the lab's internet, not in it. */
  readonly checkerDialer: Dialer
  readonly log: EventLog
  /** The location has changed; both as they are now. */
  readonly moved: (now: Location, before: Location) => void
  /** Fail-close began to count. */
  readonly failsClosed: () => void
  /** ms, on a clock that never goes back. */
  readonly now: () => number
}

/** As `steerlab status` shows it. */
export interface EndpointStatus {
  readonly location: Location
  /** Why it is there, one sentence. */
  readonly why: string
  /** As steering sees it. */
  readonly tunnel: TunnelState
}

/** How often a captive portal is looked for while the client fails closed, ms; ours. */
const PORTAL_LOOK_MS = 5000

/** How long the checker may take, ms. */
const PORTAL_MS = 3000

const SAID = 'steerlab.json says so'

/** A timer of Node may fire a moment early, ms. */
const TIMER_SLACK_MS = 2

/** Keeps it. */
export class EndpointState {
  readonly #parts: EndpointStateParts
  #detected: { readonly location: Location; readonly why: string } = { location: 'off-prem', why: 'not checked yet' }
  /** What detection went by last. */
  #plan = ''
  #check: AbortController | undefined
  #tunnel: 'up' | 'down' | 'disabled' = 'down'
  #downSince: number
  #deadline: NodeJS.Timeout | undefined
  #portal = NO_PORTAL
  /** Ends the search for a portal: of one loss of the tunnel, on one network. */
  #search: AbortController | undefined
  #windowEnd: NodeJS.Timeout | undefined
  #failsClosed = false
  #isLossTold = false

  constructor(parts: EndpointStateParts) {
    this.#parts = parts
    this.#downSince = parts.now()
  }

  /** What a flow is decided by now. */
  get situation(): Situation {
    return { ...this.#parts.inForce().situation, location: this.location, tunnel: this.tunnelState }
  }

  get location(): Location {
    return this.locationUnder(this.#parts.inForce().configuration)
  }

  /** Where the endpoint is for a configuration: where its lab file says, else where it was found to be. */
  locationUnder({ lab }: Pick<Configuration, 'lab'>): Location {
    return lab.endpoint?.location ?? this.#detected.location
  }

  /** How long a flow should wait for a tunnel, ms: no longer than it counts as up. */
  get waitLeftMs(): number {
    const waitMs = this.#parts.waitMs()
    return this.#tunnel === 'up' ? waitMs : Math.max(0, this.#downSince + waitMs - this.#parts.now()) + TIMER_SLACK_MS
  }

  get tunnelState(): TunnelState {
    if (this.#tunnel !== 'down') return this.#tunnel
    const now = this.#parts.now()
    if (now - this.#downSince < this.#parts.waitMs()) return 'up'
    return mayPassToPortal(this.#portal, now) ? 'portal' : 'down'
  }

  get status(): EndpointStatus {
    const why = this.#said === undefined ? this.#detected.why : SAID
    return { location: this.location, why, tunnel: this.tunnelState }
  }

  /** Looks where the endpoint is: at the start, and when the configuration has changed. */
  follow(): void {
    const plan = JSON.stringify([onPremPlan(this.#client.onpremcheck), this.#said])
    if (plan !== this.#plan) void this.#locate()
    this.#plan = plan
    if (this.#failsClosed && !this.#parts.inForce().policy.failClose) this.#failClosedNoMore()
    if (this.#tunnel === 'down') this.#watchDeadline()
  }

  /** The network has changed: the endpoint may be elsewhere, and behind another portal. */
  networkChanged(): void {
    this.#feedPortal({ type: 'network-changed' })
    if (this.#search !== undefined) this.#searchPortal()
    void this.#locate()
  }

  /** The tunnel is up, is no longer, or is not wanted. */
  tunnelIs(tunnel: 'up' | 'down' | 'disabled'): void {
    if (tunnel === this.#tunnel) return
    this.#tunnel = tunnel
    this.#isLossTold = false
    this.#downSince = this.#parts.now()
    clearTimeout(this.#deadline)
    if (tunnel === 'down') return this.#watchDeadline()
    if (this.#failsClosed) this.#failClosedNoMore()
    this.#feedPortal({ type: 'tunnel-up' })
  }

  close(): void {
    this.#check?.abort()
    this.#search?.abort()
    clearTimeout(this.#deadline)
    clearTimeout(this.#windowEnd)
  }

  get #client(): Configuration['client'] {
    return this.#parts.inForce().configuration.client
  }

  get #said(): Location | undefined {
    return this.#parts.inForce().configuration.lab.endpoint?.location
  }

  async #locate(): Promise<void> {
    this.#check?.abort()
    const check = new AbortController()
    this.#check = check
    const before = this.location
    const { resolve, dialer: dial } = this.#parts
    const plan = onPremPlan(this.#client.onpremcheck)
    const isSecure = plan.kind === 'http' && plan.urls.some((url) => url.startsWith('https:'))
    const roots = isSecure ? systemRoots() : undefined
    const found = await checkOnPrem(plan, { resolve, dial, signal: check.signal, roots })
    if (check.signal.aborted) return
    this.#detected = found
    if (this.location === before) return
    this.#parts.log.report({ type: 'on-prem-check', why: found.why })
    this.#parts.moved(this.location, before)
  }

  #watchDeadline(): void {
    clearTimeout(this.#deadline)
    const left = this.#downSince + this.#parts.waitMs() - this.#parts.now()
    this.#deadline = setTimeout(() => this.#deadlinePassed(), Math.max(0, left))
  }

  #deadlinePassed(): void {
    const { policy } = this.#parts.inForce()
    if (this.#failsClosed) return
    if (!this.#isLossTold) this.#parts.log.report({ type: 'no-tunnel' })
    this.#isLossTold = true
    if (!policy.failClose) return
    this.#failsClosed = true
    this.#parts.log.report({ type: 'fail-close', state: 'active' })
    this.#parts.failsClosed()
    this.#searchPortal()
  }

  #failClosedNoMore(): void {
    this.#failsClosed = false
    this.#search?.abort()
    this.#search = undefined
    this.#parts.log.report({ type: 'fail-close', state: 'inactive' })
  }

  #searchPortal(): void {
    this.#search?.abort()
    this.#search = new AbortController()
    void this.#lookForPortal(this.#search.signal)
  }

  async #lookForPortal(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const windowMs = portalWindowMs(this.#client.failClose)
      const { AddonCheckerHost: host = '', AddonCheckerResponseCode: expected = '' } =
        this.#parts.inForce().configuration.branding
      // Without a word to expect every page would be a portal's.
      if (windowMs > 0 && expected !== '') await this.#lookOnce(host, expected, windowMs, signal)
      await pause(PORTAL_LOOK_MS, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  async #lookOnce(host: string, expected: string, windowMs: number, signal: AbortSignal): Promise<void> {
    const { checker, checkerDialer: dial, log } = this.#parts
    const place = await checker()
    const found = place && (await checkPortal({ host, ...place, expected, dial, timeoutMs: PORTAL_MS, signal }))
    if (signal.aborted || found === undefined) return
    const before = this.#portal.phase
    if (found.kind === 'portal') {
      if (before === 'closed' || before === 'left') log.report({ type: 'captive-portal', host, code: found.code })
      this.#feedPortal({ type: 'portal-seen', windowMs })
    } else if (found.kind === 'none') {
      if (before === 'open') log.report({ type: 'captive-portal-left', host, code: 200 })
      this.#feedPortal({ type: 'portal-gone' })
    }
  }

  #windowIsOver(): void {
    this.#parts.log.report({ type: 'captive-portal-window', state: 'closed' })
    this.#portal = portalWindow(this.#portal, { type: 'tick' }, this.#parts.now())
  }

  #feedPortal(event: PortalEvent): void {
    const { now, log } = this.#parts
    const was = mayPassToPortal(this.#portal, now())
    this.#portal = portalWindow(this.#portal, event, now())
    const is = mayPassToPortal(this.#portal, now())
    if (is === was) return
    log.report({ type: 'captive-portal-window', state: is ? 'open' : 'closed' })
    clearTimeout(this.#windowEnd)
    if (is && 'until' in this.#portal)
      this.#windowEnd = setTimeout(() => this.#windowIsOver(), this.#portal.until - now())
  }
}
