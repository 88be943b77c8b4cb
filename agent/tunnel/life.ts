// Pure: the tunnel's life as a state machine. Events come in, commands go out; sockets, clocks and the log belong to the
// keeper (tunnel-keeper.ts), which runs the commands and reports how they ended. What was started carries a number, and
// an event of a number that is no longer wanted changes nothing.
//
//   off --enable--> selecting --targets--> opening --opened--> up --lost--> opening (the next POP) ... waiting --retry-->
//   up --reselect--> up, selecting beside it --switch--> up, opening beside it --opened--> up on the other POP, the old
//   session drains (make before break)

import type { TunnelTransport } from '../log/event.js'
import type { GatewayTarget } from '../pop/target.js'
import { type BackoffLimits, backoffMs } from './backoff.js'

/** A session being opened. */
export interface Opening {
  readonly run: number
  readonly target: GatewayTarget
  readonly transport: TunnelTransport
  /** DTLS to this target has just failed. */
  readonly fellBack: boolean
  /** Where to go if this fails, in order. */
  readonly rest: readonly GatewayTarget[]
}

/** An open session; `run` is the number it was opened under. */
export interface Current {
  readonly run: number
  readonly target: GatewayTarget
  readonly transport: TunnelTransport
  /** Where to go if it is lost before it is settled, in order. */
  readonly rest: readonly GatewayTarget[]
  /** What was found by its name, as the GSLB service has named it since. */
  readonly alias?: GatewayTarget
}

/** Why there is no tunnel on purpose. */
export type OffReason = 'not started' | 'disabled by the user' | 'the agent is stopping'

/** What the tunnel does now. */
export type Phase =
  | { readonly name: 'off'; readonly why: OffReason }
  | { readonly name: 'selecting'; readonly run: number }
  | { readonly name: 'opening'; readonly opening: Opening }
  /** `next` is what is tried then; POPs are selected anew when it is empty. */
  | { readonly name: 'waiting'; readonly next: readonly GatewayTarget[] }
  | { readonly name: 'up'; readonly current: Current; readonly beside: Beside | undefined }

/** What happens beside a session that is up. */
export type Beside =
  | { readonly name: 'selecting'; readonly run: number }
  | { readonly name: 'opening'; readonly opening: Opening }

/** All that is remembered. */
export interface Life {
  readonly phase: Phase
  /** The number given last. */
  readonly run: number
  /** Where the gateway was found last, best first. */
  readonly targets: readonly GatewayTarget[]
  /** Rounds in a row in which no target answered. */
  readonly failedRounds: number
  /** DTLS has failed: TLS until the network changes or the client is enabled anew (client-behaviour 4). */
  readonly keepsToTls: boolean
}

/** What can happen. A computer that wakes up, and a configuration that leads elsewhere, count as a change of the network. */
export type LifeEvent =
  | { readonly type: 'enable' | 'disable' | 'close' | 'retry' | 'reselect' | 'network-changed' }
  /** A selection ended. `keep`: the POP in use stays. */
  | {
      readonly type: 'selected'
      readonly run: number
      readonly targets: readonly GatewayTarget[]
      readonly keep: boolean
    }
  | { readonly type: 'opened'; readonly run: number }
  | { readonly type: 'failed'; readonly run: number }
  | { readonly type: 'lost'; readonly run: number; readonly livedMs: number }

/** What the keeper is to do. */
export type LifeCommand =
  | { readonly do: 'select'; readonly run: number; readonly current: GatewayTarget | undefined }
  | { readonly do: 'open'; readonly run: number; readonly target: GatewayTarget; readonly transport: TunnelTransport }
  /** Forget a selection or an opening; what it still answers is not wanted. */
  | { readonly do: 'abandon'; readonly run: number }
  /** New flows go through this session. */
  | { readonly do: 'use'; readonly run: number; readonly target: GatewayTarget; readonly transport: TunnelTransport }
  /** No new flows; end it when its flows have, or when they take too long. */
  | { readonly do: 'drain'; readonly run: number }
  /** End every session. */
  | { readonly do: 'end'; readonly why: OffReason }
  /** There is no session: flows wait, or go as fail-open and fail-close say. */
  | { readonly do: 'down' }
  /** Ask the peer of the session at once whether it is there. */
  | { readonly do: 'check'; readonly run: number }
  /** Set the one timer, in place of what it was set to. */
  | { readonly do: 'wake'; readonly as: 'retry' | 'reselect'; readonly inMs: number }

/** Settings a life goes by. */
export interface LifeSettings {
  readonly wanted: TunnelTransport
  readonly reselectMs: number
  readonly backoff: BackoffLimits
  /** Uniform in [0, 1): the jitter. */
  readonly random: () => number
}

/** A state and what it asks for. */
export type Step = readonly [Life, readonly LifeCommand[]]

/** Before the first `enable`. */
export const UNBORN: Life = {
  phase: { name: 'off', why: 'not started' },
  run: 0,
  targets: [],
  failedRounds: 0,
  keepsToTls: false,
}

/** A session lost before it is this old, ms, counts as an opening that failed, and as a round: a POP that takes and drops sessions is neither asked without end nor preferred to others. */
export const SETTLED_MS = 3000

/** What follows from an event. */
export function live(life: Life, event: LifeEvent, settings: LifeSettings): Step {
  const { phase } = life
  if (phase.name === 'off' && event.type !== 'enable' && event.type !== 'close') return [life, []]
  switch (event.type) {
    case 'enable':
      return phase.name === 'off' && phase.why !== 'the agent is stopping'
        ? select({ ...life, failedRounds: 0, keepsToTls: false })
        : [life, []]
    case 'disable':
      return turnOff(life, 'disabled by the user')
    case 'close':
      return turnOff(life, 'the agent is stopping')
    case 'retry':
      return phase.name === 'waiting' ? openFirst(life, phase.next, settings) : [life, []]
    case 'reselect':
      return phase.name === 'up' && phase.beside === undefined ? selectBeside(life, phase.current) : [life, []]
    case 'network-changed':
      return afterChange({ ...life, keepsToTls: false, failedRounds: 0 })
    case 'selected':
      return selected(life, event, settings)
    case 'opened':
      return opened(life, event.run, settings)
    case 'failed':
      return failed(life, event.run, settings)
    case 'lost':
      return lost(life, event, settings)
  }
}

function select(life: Life): Step {
  const run = life.run + 1
  return [{ ...life, run, phase: { name: 'selecting', run } }, [{ do: 'select', run, current: undefined }]]
}

/** Opens the first of these; selects when there is none. */
function openFirst(life: Life, [first, ...rest]: readonly GatewayTarget[], settings: LifeSettings): Step {
  if (first === undefined) return select(life)
  return openAs(life, { target: first, rest, transport: transportFor(life, settings), fellBack: false })
}

function selectBeside(life: Life, current: Current): Step {
  const run = life.run + 1
  const phase: Phase = { name: 'up', current, beside: { name: 'selecting', run } }
  return [{ ...life, run, phase }, [{ do: 'select', run, current: current.target }]]
}

function turnOff(life: Life, why: OffReason): Step {
  const phase: Phase = { name: 'off', why }
  return [{ ...life, phase }, [...abandonAll(life.phase), { do: 'end', why }, { do: 'down' }]]
}

/** What is under way is no longer wanted. */
function abandonAll(phase: Phase): readonly LifeCommand[] {
  const working = phase.name === 'up' ? phase.beside : phase
  if (working?.name === 'selecting') return [{ do: 'abandon', run: working.run }]
  return working?.name === 'opening' ? [{ do: 'abandon', run: working.opening.run }] : []
}

function afterChange(life: Life): Step {
  const { phase } = life
  const abandoned = abandonAll(phase)
  const [next, commands] = phase.name === 'up' ? selectBeside(life, phase.current) : select(life)
  const check: readonly LifeCommand[] = phase.name === 'up' ? [{ do: 'check', run: phase.current.run }] : []
  return [next, [...abandoned, ...check, ...commands]]
}

function selected(life: Life, event: Extract<LifeEvent, { type: 'selected' }>, settings: LifeSettings): Step {
  const { phase } = life
  const { targets } = event
  const first = targets[0]
  if (phase.name === 'selecting' && phase.run === event.run)
    return first === undefined ? giveUp(life, settings) : openFirst({ ...life, targets }, targets, settings)
  if (phase.name !== 'up' || phase.beside?.name !== 'selecting' || phase.beside.run !== event.run) return [life, []]
  const isTold = event.keep && phase.current.target.ip === '' && first !== undefined && first.ip !== ''
  const current = isTold ? { ...phase.current, alias: first } : phase.current
  const found = first === undefined ? life : { ...life, targets }
  const transport = transportFor(life, settings)
  if (first !== undefined && !event.keep) return openBeside(found, current, first, transport)
  if (transport !== current.transport) return openBeside(found, current, current.target, transport)
  return settle(found, current, settings)
}

function transportFor({ keepsToTls }: Life, { wanted }: LifeSettings): TunnelTransport {
  return keepsToTls ? 'TLS' : wanted
}

function openAs(life: Life, wanted: Omit<Opening, 'run'>): Step {
  const opening = { ...wanted, run: life.run + 1 }
  return [{ ...life, run: opening.run, phase: { name: 'opening', opening } }, [openCommand(opening)]]
}

function openBeside(
  life: Life,
  current: Current,
  target: GatewayTarget,
  transport: TunnelTransport,
  fellBack = false,
): Step {
  const opening: Opening = { run: life.run + 1, target, transport, fellBack, rest: [] }
  const phase: Phase = { name: 'up', current, beside: { name: 'opening', opening } }
  return [{ ...life, run: opening.run, phase }, [openCommand(opening)]]
}

function openCommand({ run, target, transport }: Opening): LifeCommand {
  return { do: 'open', run, target, transport }
}

/** Up, with nothing beside it, until it is time to look again. */
function settle(life: Life, current: Current, settings: LifeSettings, before: readonly LifeCommand[] = []): Step {
  const phase: Phase = { name: 'up', current, beside: undefined }
  return [{ ...life, phase }, [...before, { do: 'wake', as: 'reselect', inMs: settings.reselectMs }]]
}

function opened(life: Life, run: number, settings: LifeSettings): Step {
  const { phase } = life
  const opening = openingOf(phase)
  if (opening?.run !== run) return [life, []]
  const { target, transport, fellBack, rest } = opening
  const drain: readonly LifeCommand[] = phase.name === 'up' ? [{ do: 'drain', run: phase.current.run }] : []
  const failedRounds = phase.name === 'up' ? 0 : life.failedRounds
  const next = { ...life, failedRounds, keepsToTls: life.keepsToTls || fellBack }
  return settle(next, { run, target, transport, rest }, settings, [...drain, { do: 'use', run, target, transport }])
}

function openingOf(phase: Phase): Opening | undefined {
  const working = phase.name === 'up' ? phase.beside : phase
  return working?.name === 'opening' ? working.opening : undefined
}

function failed(life: Life, run: number, settings: LifeSettings): Step {
  const { phase } = life
  const opening = openingOf(phase)
  if (opening?.run !== run) return [life, []]
  const { target, transport, rest } = opening
  const fallsBack = transport === 'DTLS'
  if (phase.name === 'up') {
    // The session that is up is what it would fall back to.
    const hasIt = phase.current.transport === 'TLS' && isSame(phase.current.target, target)
    if (!fallsBack || hasIt) return settle({ ...life, keepsToTls: life.keepsToTls || hasIt }, phase.current, settings)
    return openBeside(life, phase.current, target, 'TLS', true)
  }
  if (fallsBack) return openAs(life, { target, rest, transport: 'TLS', fellBack: true })
  return rest.length === 0 ? giveUp(life, settings) : openFirst(life, rest, settings)
}

function giveUp(life: Life, { random, backoff }: LifeSettings, next: readonly GatewayTarget[] = []): Step {
  const failedRounds = life.failedRounds + 1
  const inMs = backoffMs(failedRounds, random(), backoff)
  return [{ ...life, failedRounds, phase: { name: 'waiting', next } }, [{ do: 'wake', as: 'retry', inMs }]]
}

function lost(life: Life, { run, livedMs }: Extract<LifeEvent, { type: 'lost' }>, settings: LifeSettings): Step {
  const { phase } = life
  if (phase.name !== 'up' || phase.current.run !== run) return [life, []]
  const [next, commands] = afterLoss(life, phase, livedMs, settings)
  return [next, [{ do: 'down' }, ...commands]]
}

/** To the session that is being opened already; else to the other POPs known, and to the lost one last. */
function afterLoss(life: Life, phase: Phase & { name: 'up' }, livedMs: number, settings: LifeSettings): Step {
  const { current, beside } = phase
  const others = life.targets.filter((target) => !isSame(target, current.target) && !isSame(target, current.alias))
  const targets = [...others, current.target]
  const isSettled = livedMs >= SETTLED_MS
  const known = { ...life, targets, failedRounds: isSettled ? 0 : life.failedRounds }
  if (beside?.name === 'opening') {
    const rest = targets.filter((target) => !isSame(target, beside.opening.target))
    return [{ ...known, phase: { name: 'opening', opening: { ...beside.opening, rest } } }, []]
  }
  const [next, commands] = isSettled ? openFirst(known, targets, settings) : giveUp(known, settings, current.rest)
  return [next, [...abandonAll(phase), ...commands]]
}

function isSame(a: GatewayTarget, b: GatewayTarget | undefined): boolean {
  return a.gateway === b?.gateway && a.ip === b.ip
}
