/**
 * A day of a tunnel on a virtual clock: a keeper of nothing but durations runs the state machine's commands in a made-up
 * world (life-world.ts), the user and the computer do what they do, and what must hold is watched all the time
 * (life-watch.ts). Throws as soon as something does not hold.
 */

import { choose } from '../../agent/pop/choose.js'
import type { MeasuredPop } from '../../agent/pop/pop.js'
import type { GatewayTarget } from '../../agent/pop/target.js'
import { Random } from '../../agent/synth/random.js'
import type { LifeCommand, LifeEvent, LifeSettings } from '../../agent/tunnel/life-state.js'
import { LifeLedger } from './life-ledger.js'
import { ATTEMPT_MS, BACKOFF, GSLB_MS, LifeWatch, PING_AFTER_MS, PONG_WITHIN_MS } from './life-watch.js'
import { BY_NAME, LifeWorld, PROBE_MS, type WorldPop } from './life-world.js'
import { VirtualTime } from './virtual-time.js'

/** A session as the keeper and the world know it. */
interface Session {
  readonly pop: WorldPop
  readonly network: number
  readonly transport: 'TLS' | 'DTLS'
  readonly openedAt: number
  /** The POP has ended it. */
  isOver: boolean
  /** When its loss will be noticed, and how to take that back. */
  loss: { readonly at: number; readonly cancel: () => void } | undefined
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const RESELECT_MS = 14 * MINUTE
const DEGRADED_MS = MINUTE
const DRAIN_MS = 30 * SECOND

/** A day. */
export class LifeDay {
  readonly watch: LifeWatch
  readonly #random: Random
  readonly #time = new VirtualTime()
  readonly #world: LifeWorld
  readonly #ledger = new LifeLedger()
  readonly #wanted: 'TLS' | 'DTLS'
  readonly #pinned: string
  readonly #sessions = new Map<number, Session>()
  readonly #arriving = new Map<number, WorldPop>()
  #cancelWork: () => void = () => {}
  #cancelTimer: () => void = () => {}
  #isDegraded = false
  #isTired = false
  #isEvening = false

  constructor(seed: string) {
    const random = Random.of(seed)
    this.#random = random
    const changed = () => this.#worldChanged()
    this.#world = new LifeWorld(this.#time, Random.of(seed, 'world'), changed, () => this.watch.outageOver())
    this.#wanted = random.pick(['TLS', 'DTLS'])
    this.#pinned = random.chance(0.2) ? random.pick(this.#world.pops).name : ''
    this.watch = new LifeWatch(this.#time, this.#world, this.#ledger)
  }

  /** Lets the day pass. In its evening all is well, nothing happens, and what drains has the time to. */
  pass(hours: number): void {
    this.#step({ type: 'enable' })
    this.#live(90 * MINUTE, () => {
      this.#world.move()
      this.#live(2 * SECOND, () => this.#step({ type: 'network-changed' }), 'once')
    })
    this.#live(5 * HOUR, () => {
      this.#isTired = true
    })
    this.#live(6 * HOUR, () => this.#pause())
    this.#live(4 * HOUR, () => this.#step({ type: 'reselect' }))
    for (const end = this.#time.now + hours * HOUR; this.#time.now < end; ) {
      this.#time.pass(5 * SECOND)
      this.watch.look(this.#carries())
      if (this.#isTired) this.#sleep()
    }
    this.#world.heal(Number.POSITIVE_INFINITY)
    this.#isEvening = true
    this.#time.pass(90 * SECOND)
    if (this.#ledger.draining.size > 0) this.#time.pass(DRAIN_MS + SECOND)
    this.watch.ended(this.#carries())
  }

  /** Happens about that often, or once. */
  #live(meanMs: number, happens: () => void, often: 'once' | 'always' = 'always'): void {
    this.#time.schedule(this.#random.exponential(meanMs), () => {
      if (this.#isEvening) return
      happens()
      if (often === 'always') this.#live(meanMs, happens)
    })
  }

  #sleep(): void {
    this.#isTired = false
    this.#time.freeze(10 * SECOND + this.#random.exponential(40 * MINUTE))
    this.watch.restarted()
    if (this.#random.chance(0.5)) this.#world.move()
    this.#step({ type: 'network-changed' })
  }

  #pause(): void {
    this.#step({ type: 'disable' })
    this.#live(10 * MINUTE, () => this.#step({ type: 'enable' }), 'once')
  }

  get #settings(): LifeSettings {
    const reselectMs = this.#isDegraded ? DEGRADED_MS : RESELECT_MS
    return { wanted: this.#wanted, reselectMs, backoff: BACKOFF, random: () => this.#random.unit() }
  }

  #step(event: LifeEvent): void {
    const commands = this.#ledger.step(event, this.#settings)
    this.watch.happened(event, commands)
    for (const command of commands) this.#run(command)
    this.watch.look(this.#carries())
  }

  /** Whether new flows get through. */
  #carries(): boolean {
    const session = this.#sessions.get(this.#ledger.inUse ?? -1)
    return session !== undefined && this.#isWell(session)
  }

  #isWell({ isOver, network, pop, transport }: Session): boolean {
    return !isOver && network === this.#world.network && this.#world.reach(pop, transport) === 'works'
  }

  #run(command: LifeCommand): void {
    switch (command.do) {
      case 'select':
        return this.#select(command.run)
      case 'open':
        return this.#open(command)
      case 'abandon':
        return this.#cancelWork()
      case 'use':
        return this.#use(command.run, command.transport)
      case 'drain':
        return void this.#time.schedule(Math.min(DRAIN_MS, this.#random.exponential(DRAIN_MS)), () =>
          this.#over(command.run),
        )
      case 'end':
        for (const run of [...this.#sessions.keys()]) this.#over(run)
        return this.#cancelTimer()
      case 'check':
        return this.#notice(command.run, PONG_WITHIN_MS)
      case 'wake':
        this.#cancelTimer()
        this.#cancelTimer = this.#time.schedule(command.inMs, () => this.#fire(command.as))
        return
      case 'down':
        return
    }
  }

  #fire(type: 'retry' | 'reselect'): void {
    this.#ledger.timer = undefined
    this.#step({ type })
  }

  #select(run: number): void {
    const { gslb } = this.#world
    const from = this.#sessions.get(this.#ledger.inUse ?? -1)?.pop
    if (gslb !== 'works') {
      this.#work(gslb === 'silent' ? GSLB_MS : 1, () => {
        this.#isDegraded = true
        this.#step({ type: 'selected', run, targets: BY_NAME, keep: from !== undefined })
      })
      return
    }
    const slowest = Math.max(...this.#world.measure().map(({ rttMs = PROBE_MS }) => rttMs))
    this.#work(100 + slowest, () => {
      const measured = this.#world.measure()
      const current = measured.find(({ name }) => name === from?.name)?.name
      const choice = choose(measured, {
        ...(current === undefined ? {} : { current }),
        ...(this.#pinned === '' ? {} : { pinned: this.#pinned }),
      })!
      const keep = choice.pop.name === current
      if (from !== undefined && !keep) this.watch.chosen(measured, from.name, choice.pop.name, this.#pinned)
      this.#isDegraded = false
      this.#step({ type: 'selected', run, targets: [...choice.ranked.map(targetOf), BY_NAME[1]!], keep })
    })
  }

  #open({ run, target, transport }: Extract<LifeCommand, { do: 'open' }>): void {
    const pop = this.#world.at(target)
    const reach = this.#world.reach(pop, transport)
    const rtt = this.#world.rtt(pop)
    const ms = reach === 'silent' ? ATTEMPT_MS[transport] : reach === 'refuses' ? Math.min(rtt, 50) : 3 * rtt
    this.#work(ms, () => {
      const now = this.#world.reach(pop, transport)
      if (reach === 'silent' || reach === 'refuses' || now === 'silent' || now === 'refuses')
        return this.#step({ type: 'failed', run })
      this.#arriving.set(run, pop)
      this.#step({ type: 'opened', run })
    })
  }

  #work(ms: number, done: () => void): void {
    this.#cancelWork = this.#time.schedule(ms, done)
  }

  #use(run: number, transport: 'TLS' | 'DTLS'): void {
    const pop = this.#arriving.get(run)!
    this.#arriving.clear()
    const { network } = this.#world
    this.#sessions.set(run, { pop, network, transport, openedAt: this.#time.now, isOver: false, loss: undefined })
    if (pop.condition === 'dropping') this.#notice(run, 100 + this.#random.below(2800))
  }

  /** What does not carry any more is noticed: what ended at once, what is silent by keep-alive. */
  #worldChanged(): void {
    for (const [run, session] of this.#sessions) {
      const { pop, network } = session
      const reach = this.#world.reach(pop, session.transport)
      const isHeard = network === this.#world.network && this.#world.isOnline
      if (isHeard && (reach === 'refuses' || reach === 'dropping')) session.isOver = true
      if (this.#isWell(session)) {
        session.loss?.cancel()
        session.loss = undefined
      } else {
        const pingMs = PING_AFTER_MS * this.#random.unit()
        this.#notice(run, session.isOver && isHeard ? 50 : pingMs + PONG_WITHIN_MS)
      }
    }
    this.watch.look(this.#carries())
  }

  /** Unless the session is well again by then, its loss is noticed in `ms`, or earlier. */
  #notice(run: number, ms: number): void {
    const session = this.#sessions.get(run)
    const at = this.#time.now + ms
    if (session === undefined || this.#isWell(session) || (session.loss?.at ?? Number.POSITIVE_INFINITY) <= at) return
    session.loss?.cancel()
    session.loss = { at, cancel: this.#time.schedule(ms, () => this.#lost(run, session)) }
  }

  #lost(run: number, { openedAt }: Session): void {
    const isInUse = this.#ledger.inUse === run
    this.#over(run)
    if (isInUse) this.#step({ type: 'lost', run, livedMs: this.#time.now - openedAt })
  }

  #over(run: number): void {
    this.#sessions.get(run)?.loss?.cancel()
    this.#sessions.delete(run)
    this.#ledger.draining.delete(run)
  }
}

function targetOf({ gateway, ip, port, name: pop }: MeasuredPop): GatewayTarget {
  return { gateway, ip, port, pop }
}
