// Pure: keeps the books of a tunnel's life as its keeper would, from events and commands alone, and throws when the state
// and the commands do not fit together.

import type { TunnelTransport } from '../../agent/log/event.js'
import type { GatewayTarget } from '../../agent/pop/target.js'
import { live, UNBORN } from '../../agent/tunnel/life.js'
import type { Life, LifeCommand, LifeEvent, LifeSettings } from '../../agent/tunnel/life-state.js'

/** What is under way. */
export type Work =
  | { readonly kind: 'select'; readonly run: number }
  | { readonly kind: 'open'; readonly run: number; readonly target: GatewayTarget; readonly transport: TunnelTransport }

/** A life and its books. */
export class LifeLedger {
  life: Life = UNBORN
  work: Work | undefined
  /** Number of the session in use. */
  inUse: number | undefined
  readonly draining = new Set<number>()
  timer: 'retry' | 'reselect' | undefined
  readonly #arrived = new Set<number>()
  #greatest = 0
  /** The number of a TLS opening that takes the place of one by DTLS. */
  #fallback: number | undefined

  /** Whether what is under way is TLS in place of DTLS. */
  get isFallback(): boolean {
    return this.work !== undefined && this.work.run === this.#fallback
  }

  /** Lets an event happen; returns what the keeper is to do. Throws when something does not hold. */
  step(event: LifeEvent, settings: LifeSettings): readonly LifeCommand[] {
    const before = this.life
    const isWanted = this.#isWanted(event)
    const [after, commands] = live(before, event, settings)
    this.life = after
    if (!isWanted) {
      hold(after === before && commands.length === 0, 'an event that is not wanted changes nothing')
      return commands
    }
    const sticks = this.#take(event, commands)
    for (const command of commands) this.#run(command, settings)
    hold(after.keepsToTls === sticks, 'TLS sticks when it worked where DTLS had failed, and only then')
    this.#check()
    return commands
  }

  /** The timer fires. */
  fire(settings: LifeSettings): readonly LifeCommand[] {
    const type = this.timer
    if (type === undefined) return []
    this.timer = undefined
    return this.step({ type }, settings)
  }

  #isWanted(event: LifeEvent): boolean {
    const { phase } = this.life
    switch (event.type) {
      case 'enable':
        return phase.name === 'off' && phase.why !== 'the agent is stopping'
      case 'disable':
      case 'network-changed':
        return phase.name !== 'off'
      case 'close':
        return true
      case 'retry':
        return phase.name === 'waiting'
      case 'reselect':
        return phase.name === 'up' && phase.beside === undefined
      case 'renew': {
        if (phase.name === 'opening') return phase.opening.transport === 'TLS'
        if (phase.name !== 'up') return false
        return phase.beside === undefined ? phase.current.transport === 'TLS' : !this.life.renewWanted
      }
      case 'selected':
        return this.work?.kind === 'select' && this.work.run === event.run
      case 'opened':
      case 'failed':
        return this.work?.kind === 'open' && this.work.run === event.run
      case 'lost':
        return this.inUse === event.run
    }
  }

  /** Enters the event; returns whether it leaves the client with TLS only. */
  #take(event: LifeEvent, commands: readonly LifeCommand[]): boolean {
    const { work } = this
    const kept = this.life.keepsToTls
    switch (event.type) {
      case 'enable':
      case 'network-changed':
        return false
      case 'selected':
        this.work = undefined
        return kept
      case 'failed': {
        this.work = undefined
        const [next] = commands
        if (work?.kind !== 'open' || work.transport !== 'DTLS') return kept
        // What is up over TLS at the same target needs no proof that TLS works there.
        if (this.#isUpThere(work.target)) return true
        const isSame = next?.do === 'open' && next.target === work.target && next.transport === 'TLS'
        hold(isSame, 'where DTLS fails TLS is tried, on the same target')
        this.#fallback = this.life.run
        return kept
      }
      case 'opened':
        this.work = undefined
        this.#arrived.add(event.run)
        hold(
          commands.some((command) => command.do === 'use' && command.run === event.run),
          'what was opened is used',
        )
        return kept || event.run === this.#fallback
      case 'lost':
        this.inUse = undefined
        hold(commands[0]?.do === 'down', 'a lost session is said at once')
        return kept
      default:
        return kept
    }
  }

  #isUpThere({ gateway, ip }: GatewayTarget): boolean {
    const { phase } = this.life
    if (phase.name !== 'up') return false
    const { target, transport } = phase.current
    return transport === 'TLS' && target.gateway === gateway && target.ip === ip
  }

  #run(command: LifeCommand, settings: LifeSettings): void {
    switch (command.do) {
      case 'select':
      case 'open':
        hold(this.work === undefined, 'one thing is under way at a time')
        hold(command.run > this.#greatest, 'numbers grow')
        this.#greatest = command.run
        if (command.do === 'open')
          hold(command.transport === 'TLS' || !this.life.keepsToTls, 'DTLS is not tried while it keeps to TLS')
        this.work = command.do === 'select' ? { kind: 'select', run: command.run } : { ...command, kind: 'open' }
        return
      case 'abandon':
        hold(this.work?.run === command.run, 'what is abandoned is under way')
        this.work = undefined
        return
      case 'use':
        hold(this.#arrived.delete(command.run), 'what is used was opened')
        hold(this.inUse === undefined, 'what was used is drained or ended before another is used')
        this.inUse = command.run
        return
      case 'drain':
        hold(this.inUse === command.run, 'what drains was in use')
        this.draining.add(command.run)
        this.inUse = undefined
        return
      case 'check':
        return hold(this.inUse === command.run, 'what is asked is in use')
      case 'end':
        this.inUse = undefined
        this.timer = undefined
        return this.draining.clear()
      case 'down':
        return hold(this.inUse === undefined, 'it is down when nothing is in use')
      case 'wake': {
        const most = command.as === 'retry' ? settings.backoff.longestMs : settings.reselectMs
        hold(command.inMs > 0 && command.inMs <= most, 'a wait is bounded, and not nothing')
        this.timer = command.as
      }
    }
  }

  #check(): void {
    const { life, work, inUse, timer } = this
    const { phase } = life
    hold(life.run === this.#greatest, 'the number given last is known')
    hold(this.#arrived.size === 0, 'no session is forgotten')
    hold((phase.name === 'up') === (inUse !== undefined), 'it is up exactly when a session is in use')
    if (phase.name === 'up') hold(phase.current.run === inUse, 'the session in use is known')
    const busy = phase.name === 'up' ? phase.beside : phase
    if (busy?.name === 'selecting') return hold(work?.kind === 'select' && work.run === busy.run, 'it selects')
    if (busy?.name === 'opening') {
      const { run, target, transport, rest } = busy.opening
      const isSame = work?.kind === 'open' && work.target === target && work.transport === transport
      hold(isSame && work.run === run, 'it opens what it says')
      return hold(!rest.some(({ gateway }) => gateway === target.gateway), 'no target is tried twice in a round')
    }
    hold(work === undefined, `nothing is under way when it is ${phase.name}`)
    const expected = phase.name === 'off' ? undefined : phase.name === 'waiting' ? 'retry' : 'reselect'
    hold(timer === expected, `the timer of ${phase.name} is ${expected}, not ${timer}`)
  }
}

function hold(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(`does not hold: ${sentence}`)
}
