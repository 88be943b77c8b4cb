/**
 * Keeps the tunnel: runs what the state machine of its life (life.ts) asks for, and tells it how that went. Owns every
 * session until it is over, hands the one in use to flows, and writes the tunnel's part of the log.
 *
 *   selector (where to)  ->  opener (a session)  ->  in use  ->  draining  ->  over
 */

import type { TunnelTransport } from '../log/event.js'
import { socketErrorNumber } from '../log/socket-error.js'
import type { GatewayTarget } from '../pop/target.js'
import type { TunnelKeeperOptions } from './keeper-options.js'
import { live, UNBORN } from './life.js'
import { lifeInWords } from './life-in-words.js'
import type { Life, LifeCommand, LifeEvent, OffReason } from './life-state.js'
import type { TunnelFailure } from './open-tunnel.js'
import { SILENT_PEER } from './session.js'
import type { TunnelInUse, TunnelStatus } from './tunnel.js'
import { WaitingFlows } from './waiting-flows.js'

interface Held {
  readonly tunnel: TunnelInUse
  readonly openedAt: number
  drain: NodeJS.Timeout | undefined
  /** When it is ended although it has flows, on the clock of `performance`. */
  drainedAt: number
}

/** How often a session that is left is looked at, ms. */
const DRAIN_LOOK_MS = 250

/** Keeps one tunnel. */
export class TunnelKeeper {
  readonly #options: TunnelKeeperOptions
  #life: Life = UNBORN
  readonly #held = new Map<number, Held>()
  /** Sessions that have opened and are not in use yet. */
  readonly #arrived = new Map<number, Omit<TunnelInUse, 'sessionId'>>()
  readonly #working = new Map<number, AbortController>()
  #inUse: TunnelInUse | undefined
  #last: TunnelInUse | undefined
  #sessions = 0
  #lastEnd = ''
  /** Why DTLS failed last, '' once it works. */
  #dtlsFailure = ''
  #isDegraded = false
  #timer: NodeJS.Timeout | undefined
  #wakesAt = 0
  readonly #whenAtRest: (() => void)[] = []
  readonly #waiting = new WaitingFlows<TunnelInUse>()

  constructor(options: TunnelKeeperOptions) {
    this.#options = options
  }

  /** Connects, and keeps connected. */
  enable(): void {
    this.#step({ type: 'enable' })
  }

  /** The user disables the client: flows are reset, and nothing is steered. */
  disable(): void {
    this.#step({ type: 'disable' })
  }

  /** What was known of the way no longer counts: another network or configuration, or the computer has slept. */
  lookAnew(): void {
    this.#step({ type: 'network-changed' })
  }

  /** Looks for a better POP now; settles when the tunnel has come to rest: up, off, or waiting for its next attempt. */
  reselect(): Promise<void> {
    this.#step({ type: 'reselect' })
    return this.#atRest()
  }

  /** Opens another TLS session to the gateway in use and leaves the old one to its flows; settles when that is over, or none is up. */
  async renew(): Promise<void> {
    this.#step({ type: 'renew' })
    if (this.#life.phase.name === 'up') await this.#atRest()
  }

  /** Ends every session in order; nothing is opened after. */
  close(): void {
    this.#step({ type: 'close' })
  }

  /** The session for a new flow, waiting up to `withinMs` for one; `undefined` when there is none by then, or none is wanted. */
  session(withinMs: number): Promise<TunnelInUse | undefined> {
    if (this.#inUse !== undefined || this.isOff) return Promise.resolve(this.#inUse)
    return this.#waiting.wait(withinMs)
  }

  /** Whether the user has disabled the client, or the agent stops. */
  get isOff(): boolean {
    return this.#life.phase.name === 'off'
  }

  get status(): TunnelStatus {
    const { phase } = this.#life
    const shown = this.#inUse ?? this.#last
    return {
      state: phase.name === 'up' ? 'connected' : phase.name === 'off' ? 'disconnected' : 'connecting',
      doing: lifeInWords(phase, this.#wakesAt - performance.now()),
      transport: shown?.transport ?? this.#options.settings().wanted,
      gateway: shown?.gateway ?? '',
      ip: shown?.ip ?? '',
      port: shown?.port ?? 0,
      pop: shown?.pop ?? '',
      egressIp: shown?.egressIp ?? '',
      sessionId: this.#sessions,
      flows: this.#inUse?.session.streamCount ?? 0,
      draining: [...this.#held.values()].filter(({ drain }) => drain !== undefined).length,
      lastEnd: this.#lastEnd,
      dtlsFailure: this.#options.settings().wanted === 'DTLS' ? this.#dtlsFailure : '',
    }
  }

  #step(event: LifeEvent): void {
    const { settings, random } = this.#options
    const { degradedMs, ...known } = settings()
    const reselectMs = this.#isDegraded ? Math.min(degradedMs, known.reselectMs) : known.reselectMs
    const [life, commands] = live(this.#life, event, { ...known, reselectMs, random })
    this.#life = life
    for (const command of commands) this.#run(command)
    this.#tellRest()
  }

  #atRest(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenAtRest.push(resolve)
      this.#tellRest()
    })
  }

  #tellRest(): void {
    const { phase } = this.#life
    const atRest = phase.name === 'off' || phase.name === 'waiting' || (phase.name === 'up' && !phase.beside)
    if (atRest) for (const tell of this.#whenAtRest.splice(0)) tell()
  }

  #run(command: LifeCommand): void {
    switch (command.do) {
      case 'select':
        return void this.#select(command.run, command.current)
      case 'open':
        return void this.#open(command.run, command.target, command.transport)
      case 'abandon':
        return this.#abandon(command.run)
      case 'use':
        return this.#use(command.run)
      case 'drain':
        return this.#drain(command.run, command.patient)
      case 'end':
        return this.#end(command.why)
      case 'down':
        return this.#down()
      case 'check':
        return this.#held.get(command.run)?.tunnel.session.askNow()
      case 'wake':
        clearTimeout(this.#timer)
        this.#wakesAt = performance.now() + command.inMs
        this.#timer = setTimeout(() => this.#step({ type: command.as }), command.inMs)
    }
  }

  #abandon(run: number): void {
    this.#working.get(run)?.abort()
    this.#working.delete(run)
  }

  async #select(run: number, current: GatewayTarget | undefined): Promise<void> {
    const work = this.#begin(run)
    const inUse = this.#inUse
    // The gateway's HELLO knows the POP where EDNS and LDNS did not.
    const known = current && { ...current, pop: current.pop || (inUse?.pop ?? ''), ip: current.ip || (inUse?.ip ?? '') }
    const { targets, keep, degraded } = await this.#options.selector.select(known, work.signal)
    if (work.signal.aborted) return
    this.#working.delete(run)
    this.#isDegraded = degraded
    this.#step({ type: 'selected', run, targets, keep })
  }

  async #open(run: number, target: GatewayTarget, transport: TunnelTransport): Promise<void> {
    const work = this.#begin(run)
    const { log, opener } = this.#options
    const { gateway, port, pop } = target
    log.report({ type: 'tunnel-connecting', transport, gateway, port })
    const { ip, method, outcome } = await opener.open(target, transport, work.signal)
    if (work.signal.aborted) {
      if ('session' in outcome) outcome.session.close('no longer wanted')
      return
    }
    this.#working.delete(run)
    if ('failure' in outcome) {
      this.#lastEnd = `${gateway}: ${outcome.failure}`
      this.#tellFailure(target, transport, outcome)
      return this.#step({ type: 'failed', run })
    }
    const { session, hello, ended } = outcome
    log.report({ type: 'tunnel-connected', transport, gateway, ip, port })
    log.report({ type: 'tunnel-established', transport, gateway, pop: hello.pop })
    this.#arrived.set(run, {
      session,
      transport,
      gateway,
      ip,
      method,
      port,
      pop: hello.pop || pop,
      egressIp: hello.egressIp,
    })
    void ended.then((reason) => this.#lost(run, reason))
    this.#step({ type: 'opened', run })
  }

  #begin(run: number): AbortController {
    const work = new AbortController()
    this.#working.set(run, work)
    return work
  }

  #tellFailure({ gateway, port }: GatewayTarget, transport: TunnelTransport, { code, failure }: TunnelFailure): void {
    const { log, platform } = this.#options
    const error = socketErrorNumber(code, platform)
    log.report({ type: 'tunnel-connect-failed', transport, gateway, port, error })
    log.report({ type: 'tunnel-failed', transport, error: -1 })
    if (transport === 'TLS') return
    this.#dtlsFailure = failure
    log.report({ type: 'dtls-fallback', gateway })
  }

  #use(run: number): void {
    const arrived = this.#arrived.get(run)
    this.#arrived.delete(run)
    if (arrived === undefined) return
    this.#sessions += 1
    const tunnel = { ...arrived, sessionId: this.#sessions }
    if (tunnel.transport === 'DTLS') this.#dtlsFailure = ''
    const before = this.#last
    const wasUp = this.#inUse !== undefined
    this.#held.set(run, { tunnel, openedAt: performance.now(), drain: undefined, drainedAt: Number.POSITIVE_INFINITY })
    this.#inUse = this.#last = tunnel
    this.#options.log.report({ type: 'tunnel-up' })
    this.#options.changed({ to: 'up', tunnel, before, wasUp })
    this.#waiting.release(tunnel)
  }

  #down(): void {
    if (this.#inUse !== undefined) this.#options.changed({ to: 'down', reason: this.#lastEnd })
    this.#inUse = undefined
    if (this.isOff) this.#waiting.release(undefined)
  }

  #drain(run: number, patient = false): void {
    const held = this.#held.get(run)
    if (held === undefined) return
    if (!patient) this.#drainAllBy(performance.now() + this.#options.settings().drainMs)
    held.drain = setInterval(() => {
      const { session } = held.tunnel
      if (session.streamCount === 0 || performance.now() >= held.drainedAt)
        session.close('another POP serves this client')
    }, DRAIN_LOOK_MS)
  }

  /** Its POP is left: that holds for sessions there that were left earlier, too. */
  #drainAllBy(deadline: number): void {
    for (const held of this.#held.values()) held.drainedAt = Math.min(held.drainedAt, deadline)
  }

  #end(why: OffReason): void {
    clearTimeout(this.#timer)
    this.#lastEnd = why
    const { log } = this.#options
    for (const [run, { tunnel, drain }] of this.#held) {
      this.#held.delete(run)
      clearInterval(drain)
      const { transport } = tunnel
      log.report({ type: 'tunnel-disconnecting', transport, context: 'NSTUNNEL_DISCONNECTED_BYUSER' })
      tunnel.session.close(why)
    }
  }

  /** A session is over: the one in use, or one that was left. */
  #lost(run: number, reason: string): void {
    const held = this.#held.get(run)
    if (held === undefined) return
    this.#held.delete(run)
    clearInterval(held.drain)
    if (held.drain !== undefined) return
    const { log } = this.#options
    const { transport } = held.tunnel
    this.#lastEnd = reason
    if (reason === SILENT_PEER) log.report({ type: 'keep-alive-failed', tries: 1 })
    log.report({ type: 'tunnel-closed', transport })
    this.#step({ type: 'lost', run, livedMs: performance.now() - held.openedAt })
  }
}
