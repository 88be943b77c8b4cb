/** What must hold all through a simulated day of the tunnel: throws when it does not. Counts what the day brought. */

import type { MeasuredPop } from '../../agent/pop/pop.js'
import type { GatewayTarget } from '../../agent/pop/target.js'
import type { BackoffLimits } from '../../agent/tunnel/backoff.js'
import { SETTLED_MS } from '../../agent/tunnel/life.js'
import type { LifeCommand, LifeEvent } from '../../agent/tunnel/life-state.js'
import type { LifeLedger } from './life-ledger.js'
import { type Condition, type LifeWorld, PROBE_MS, type WorldPop } from './life-world.js'
import type { VirtualTime } from './virtual-time.js'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** How long things may take, ms: time-outs of assemble-tunnel.ts and open-dtls.ts, settings of settings.ts. */
export const ATTEMPT_MS = { TLS: 5 * SECOND, DTLS: 2 * SECOND } as const
export const GSLB_MS = 5 * SECOND
export const PING_AFTER_MS = 5 * SECOND
export const PONG_WITHIN_MS = 5 * SECOND
export const BACKOFF: BackoffLimits = { firstMs: 50, longestMs: 10 * SECOND }

/** A connection that works is there within three of the world's longest round trips. */
const OPENED_MS = 2 * SECOND
const DETECT_MS = PING_AFTER_MS + PONG_WITHIN_MS
const SELECT_MS = GSLB_MS + PROBE_MS

/** What one target may cost a round, ms, by its condition. What drops sessions is waited for as well. */
const COST_MS: Readonly<Record<Condition, number>> = {
  works: ATTEMPT_MS.DTLS + OPENED_MS,
  refuses: ATTEMPT_MS.DTLS + OPENED_MS,
  silent: ATTEMPT_MS.DTLS + ATTEMPT_MS.TLS,
  dropping: ATTEMPT_MS.DTLS + OPENED_MS + SETTLED_MS + BACKOFF.longestMs,
}

/**
 * Rounds that can begin within `ms` when each fails at once and every wait is the shortest: 1, and one after each wait. A
 * wait is half of what it doubles to at least, so with 50 ms and 10 s that is 19 in the first minute.
 */
export function mostRounds(ms: number, { firstMs, longestMs }: BackoffLimits): number {
  let rounds = 1
  let left = ms
  for (let full = firstMs; ; full = Math.min(longestMs, full * 2)) {
    left -= full / 2
    if (left < 0) return rounds
    rounds += 1
  }
}

/** Once so many rounds have failed, waits are the longest; then 13 begin within a minute. */
const STEADY_AFTER = 1 + Math.log2(BACKOFF.longestMs / BACKOFF.firstMs)
const STEADY_ROUNDS = 1 + MINUTE / (BACKOFF.longestMs / 2)

/** Watches a day. */
export class LifeWatch {
  /** What the day brought. */
  readonly met = {
    switches: 0,
    transportSwitches: 0,
    losses: 0,
    youngLosses: 0,
    fallbacks: 0,
    outages: 0,
    steadyRounds: 0,
  }
  readonly #time: VirtualTime
  readonly #world: LifeWorld
  readonly #ledger: LifeLedger
  /** What was begun in the last minute, and when something happened that lets a round begin without a wait. */
  readonly #begun: { readonly begun: 'round' | 'opening'; readonly at: number; readonly failedRounds: number }[] = []
  readonly #resets: number[] = []
  /** Every time without a tunnel while a POP was reachable, ms. */
  readonly gaps: number[] = []
  #chosen: string | undefined
  #used: GatewayTarget | undefined
  /** Since when there is no tunnel although one is wanted, and what each POP may have cost since. */
  #gap: { readonly since: number; readonly costs: Map<WorldPop, number> } | undefined
  #backBy: number | undefined

  constructor(time: VirtualTime, world: LifeWorld, ledger: LifeLedger) {
    this.#time = time
    this.#world = world
    this.#ledger = ledger
  }

  /** A selection found a POP better than that in use. */
  chosen(measured: readonly MeasuredPop[], from: string, to: string, pinned: string): void {
    const rttOf = (name: string) => measured.find((pop) => pop.name === name)?.rttMs
    const [current, other] = [rttOf(from), rttOf(to)]
    const isBetter =
      current === undefined || (other !== undefined && current > 1.25 * other - 0.001 && current - other > 19.999)
    hold(to === pinned || isBetter, `leaves ${from} (${current} ms) for ${to} (${other} ms)`)
    this.#chosen = to
  }

  /** An event and what followed from it. */
  happened(event: LifeEvent, commands: readonly LifeCommand[]): void {
    const { now } = this.#time
    const drains = commands.some((command) => command.do === 'drain')
    if (event.type === 'network-changed' || event.type === 'disable') this.restarted()
    const isReset =
      ['network-changed', 'enable', 'reselect'].includes(event.type) ||
      (event.type === 'lost' && event.livedMs >= SETTLED_MS) ||
      drains
    if (isReset) this.#resets.push(now)
    if (event.type === 'lost') this.met[event.livedMs >= SETTLED_MS ? 'losses' : 'youngLosses'] += 1
    for (const command of commands) {
      if (command.do === 'select') this.#begins('round')
      if (command.do === 'open') this.#begins('opening')
      if (command.do === 'open' && event.type === 'failed' && this.#ledger.isFallback) this.met.fallbacks += 1
      if (command.do === 'use') this.#use(command.target, drains)
    }
  }

  /** What came before does not count: the network is another one, or the computer slept. */
  restarted(): void {
    this.#gap = undefined
    this.#backBy = undefined
  }

  /** All works again after nothing did: it has to be up after what was tried just then, a wait, a selection and one target. */
  outageOver(): void {
    this.met.outages += 1
    if (this.#gap !== undefined)
      this.#backBy = this.#time.now + COST_MS.silent + BACKOFF.longestMs + SELECT_MS + COST_MS.works
  }

  /** Looks how it is; `carries` says whether new flows get through. */
  look(carries: boolean): void {
    const { now } = this.#time
    const pops = [...this.#world.pops, this.#world.backup]
    if (this.#ledger.life.phase.name === 'off') return this.restarted()
    if (carries && this.#gap === undefined) return
    this.#gap ??= { since: now, costs: new Map() }
    const { since, costs } = this.#gap
    for (const pop of pops) costs.set(pop, Math.max(costs.get(pop) ?? 0, COST_MS[this.#world.reach(pop, 'TLS')]))
    const reachable = Math.min(...pops.map(({ reachableSince = Number.POSITIVE_INFINITY }) => reachableSince))
    const round = [...costs.values()].reduce((sum, cost) => sum + cost, SELECT_MS)
    const most = DETECT_MS + round + BACKOFF.longestMs + round
    const gap = now - Math.max(since, reachable)
    hold(gap <= most, `${gap} ms without a tunnel while a POP is reachable, more than ${most}`)
    hold(this.#backBy === undefined || now <= this.#backBy, 'not up in time after everything was out')
    if (!carries) return
    this.gaps.push(gap)
    this.restarted()
  }

  /** The day is over, and all was well for longer than sessions drain. */
  ended(carries: boolean): void {
    const { life, draining } = this.#ledger
    hold(draining.size === 0, `${draining.size} sessions still drain`)
    hold(carries === (life.phase.name !== 'off'), 'it is up at the end of the day, or switched off')
  }

  #use(target: GatewayTarget, drains: boolean): void {
    if (drains) {
      const isSame = target === this.#used
      hold(isSame || target.pop === this.#chosen, `left ${this.#used?.pop} for ${target.pop}, which was not chosen`)
      this.met[isSame ? 'transportSwitches' : 'switches'] += 1
    }
    this.#chosen = undefined
    this.#used = target
  }

  /** A round or an opening begins: not too many of them within a minute. */
  #begins(begun: 'round' | 'opening'): void {
    const { now } = this.#time
    this.#begun.push({ begun, at: now, failedRounds: this.#ledger.life.failedRounds })
    while (this.#begun[0]!.at <= now - MINUTE) this.#begun.shift()
    while (this.#resets[0] !== undefined && this.#resets[0] <= now - MINUTE) this.#resets.shift()
    const rounds = this.#begun.filter((one) => one.begun === 'round').length
    const isSteady = this.#resets.length === 0 && this.#begun[0]!.failedRounds >= STEADY_AFTER
    const most = isSteady ? STEADY_ROUNDS : mostRounds(MINUTE, BACKOFF) * (1 + this.#resets.length)
    hold(rounds <= most, `${rounds} rounds in a minute, more than ${most}`)
    // All POPs, the tenant's gateway and its backup, by DTLS and by TLS.
    const mostOpenings = most * 2 * (this.#world.pops.length + 2)
    const openings = this.#begun.length - rounds
    hold(openings <= mostOpenings, `${openings} attempts in a minute, more than ${mostOpenings}`)
    if (isSteady) this.met.steadyRounds += 1
  }
}

function hold(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`does not hold: ${sentence}`)
}
