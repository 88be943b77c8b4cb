// Pure: the tunnel's life as a state machine. Events come in, commands go out; sockets, clocks and the log belong to the
// keeper (tunnel-keeper.ts), which runs the commands and reports how they ended. What was started carries a number, and
// an event of a number that is no longer wanted changes nothing.
//
//   off --enable--> selecting --targets--> opening --opened--> up --lost--> opening (the next POP) ... waiting --retry-->
//   up --reselect--> up, selecting beside it --switch--> up, opening beside it --opened--> up on the other POP, the old
//   session drains (make before break)

import type { TunnelTransport } from '../log/event.js'
import type { GatewayTarget } from '../pop/target.js'
import { backoffMs } from './backoff.js'
import type {
  Current,
  Life,
  LifeCommand,
  LifeEvent,
  LifeSettings,
  OffReason,
  Opening,
  Phase,
  Step,
} from './life-state.js'

/** Before the first `enable`. */
export const UNBORN: Life = {
  phase: { name: 'off', why: 'not started' },
  run: 0,
  targets: [],
  failedRounds: 0,
  keepsToTls: false,
  renewWanted: false,
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
    case 'renew':
      return renew(life)
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

/** Another TLS session to the gateway in use; one that is on its way begins again, what goes on beside one goes first. */
function renew(life: Life): Step {
  const { phase } = life
  if (phase.name === 'opening' && phase.opening.transport === 'TLS') {
    const [next, commands] = openAs(life, phase.opening)
    return [next, [...abandonAll(phase), ...commands]]
  }
  if (phase.name !== 'up') return [life, []]
  if (phase.beside !== undefined) return [life.renewWanted ? life : { ...life, renewWanted: true }, []]
  return phase.current.transport === 'TLS' ? renewBeside(life, phase.current) : [life, []]
}

function renewBeside(life: Life, current: Current): Step {
  const { target, transport, rest } = current
  const opening: Opening = { run: life.run + 1, target, transport, fellBack: false, rest, renews: true }
  const phase: Phase = { name: 'up', current, beside: { name: 'opening', opening } }
  return [{ ...life, run: opening.run, phase, renewWanted: false }, [openCommand(opening)]]
}

function turnOff(life: Life, why: OffReason): Step {
  const phase: Phase = { name: 'off', why }
  return [{ ...life, phase, renewWanted: false }, [...abandonAll(life.phase), { do: 'end', why }, { do: 'down' }]]
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
  const known = openingOf(phase)?.renews ? { ...life, renewWanted: true } : life
  const [next, commands] = phase.name === 'up' ? selectBeside(known, phase.current) : select(known)
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
  // What is begun now is as new as any.
  const next: Life = { ...life, run: opening.run, phase: { name: 'opening', opening }, renewWanted: false }
  return [next, [openCommand(opening)]]
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
  return [{ ...life, run: opening.run, phase, renewWanted: false }, [openCommand(opening)]]
}

function openCommand({ run, target, transport }: Opening): LifeCommand {
  return { do: 'open', run, target, transport }
}

/** Up, with nothing beside it, until it is time to look again; but for a session that is to be opened anew. */
function settle(life: Life, current: Current, settings: LifeSettings, before: readonly LifeCommand[] = []): Step {
  if (life.renewWanted && current.transport === 'TLS') {
    const [next, commands] = renewBeside(life, current)
    return [next, [...before, ...commands]]
  }
  const phase: Phase = { name: 'up', current, beside: undefined }
  return [
    { ...life, phase, renewWanted: false },
    [...before, { do: 'wake', as: 'reselect', inMs: settings.reselectMs }],
  ]
}

function opened(life: Life, run: number, settings: LifeSettings): Step {
  const { phase } = life
  const opening = openingOf(phase)
  if (opening?.run !== run) return [life, []]
  const { target, transport, fellBack, rest, renews } = opening
  const patient = renews && { patient: renews }
  const drain: readonly LifeCommand[] = phase.name === 'up' ? [{ do: 'drain', run: phase.current.run, ...patient }] : []
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
    const hasIt = fallsBack && phase.current.transport === 'TLS' && isSame(phase.current.target, target)
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
