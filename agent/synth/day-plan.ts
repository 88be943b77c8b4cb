// Pure: what happens on one day of one endpoint, up to how many lines each piece of work writes, and no further: cheap
// enough to count the days before a shard's own.

import type { App } from './app.js'
import { US_PER_DAY, US_PER_HOUR, US_PER_MINUTE, weekdayOf } from './calendar.js'
import type { Endpoint } from './endpoint.js'
import { type Awake, DAY_MINUTES, type DayHours, hoursOf, type Stretch } from './hours.js'
import { Random } from './random.js'
import type { Fault } from './scenario.js'
import { type PlannedFault, type TunnelLife, tunnelLife } from './tunnel-life.js'
import type { World } from './world.js'

/** One piece of work of a program; microseconds from midnight. */
export interface Session {
  readonly app: App
  readonly process: string
  readonly at: number
  /** Lines it writes, at least 1. */
  readonly lines: number
  /** No DNS answer is seen while it runs. */
  readonly blind: boolean
}

/** A day of an endpoint. */
export interface DayPlan {
  readonly endpoint: Endpoint
  /** Days since 1970-01-01. */
  readonly day: number
  readonly life: TunnelLife
  readonly sessions: readonly Session[]
  /** Lines of the whole day. */
  readonly lines: number
}

/** The plan of a day of an endpoint. */
export function planDay(world: World, endpoint: Endpoint, day: number): DayPlan {
  const random = Random.of(world.seed, 'day', endpoint.number, day)
  const drawn = hoursOf(random, weekdayOf(day), endpoint.habits)
  const faults = world.scenario.faults.flatMap((fault, i, all) =>
    plannedFault(fault, (i + random.unit()) / all.length, drawn),
  )
  const hours = { ...drawn, awake: withSleep(drawn.awake, faults) }
  const life = tunnelLife(world, endpoint, hours.awake, faults, random)
  const sessions = endpoint.apps.flatMap((app) => sessionsOf(world, app, hours, life, faults, random))
  return {
    endpoint,
    day,
    life,
    sessions,
    lines: sessions.reduce((sum, session) => sum + session.lines, life.moments.length),
  }
}

/** A fault at its time, or at its place (0 to 1) in the middle of the longest stretch; none on a day nobody works. */
function plannedFault({ kind, at, minutes }: Fault, place: number, { awake }: DayHours): PlannedFault[] {
  const [longest] = [...awake].sort((a, b) => b.to - b.from - (a.to - a.from))
  const drawn = 0.15 + 0.6 * place
  // Nothing drawn happens on a day without an hour of work.
  if (at === undefined && (longest === undefined || longest.to - longest.from < 60)) return []
  const minute = at ?? longest!.from + drawn * (longest!.to - longest!.from)
  // Within the minute, somewhere.
  const from = Math.floor((Math.floor(minute) + place) * US_PER_MINUTE)
  return [{ kind, from, to: Math.min(from + minutes * US_PER_MINUTE, US_PER_DAY) }]
}

/** Sleep cuts a stretch in two. */
function withSleep(awake: readonly Awake[], faults: readonly PlannedFault[]): readonly Awake[] {
  const sleeps = faults.filter(({ kind }) => kind === 'sleep')
  return sleeps.reduce(
    (stretches, sleep) =>
      stretches.flatMap((stretch): Awake[] => {
        const from = Math.floor(sleep.from / US_PER_MINUTE)
        const to = Math.ceil(sleep.to / US_PER_MINUTE)
        if (from <= stretch.from + 5 || to >= stretch.to - 5) return [stretch]
        return [
          { ...stretch, to: from },
          { ...stretch, from: to, begins: 'resume' },
        ]
      }),
    awake,
  )
}

function sessionsOf(
  world: World,
  app: App,
  hours: DayHours,
  life: TunnelLife,
  faults: readonly PlannedFault[],
  random: Random,
): Session[] {
  const { perHour, whenIdle, flows } = app.sessions
  const most = Math.max(perHour, whenIdle)
  const processes = app.process[world.profile.platform] ?? []
  const sessions: Session[] = []
  if (most === 0) return sessions
  for (const { from, to, state } of life.segments) {
    if (state !== 'up') continue
    // Sessions come by chance at the highest rate; each stays as likely as the hour is busy.
    for (let at = from; ; ) {
      at += random.exponential(US_PER_HOUR / most)
      if (at >= to) break
      if (!random.chance(rateAt(app, hours, at) / most)) continue
      sessions.push({
        app,
        process: processes.length > 1 && random.chance(0.4) ? random.pick(processes) : processes[0]!,
        at: Math.floor(at),
        lines: random.between(flows[0], flows[1]),
        blind: faults.some((fault) => fault.kind === 'dns-blind' && fault.from <= at && at < fault.to),
      })
    }
  }
  return sessions
}

/** Sessions an hour at a time of the day. */
function rateAt({ kind, sessions }: App, { activity, meetings }: DayHours, at: number): number {
  const minute = Math.min(DAY_MINUTES - 1, Math.floor(at / US_PER_MINUTE))
  if (kind === 'call') return holds(meetings, minute) ? sessions.perHour : sessions.whenIdle
  const busy = activity[minute]!
  return sessions.perHour * busy + sessions.whenIdle * (1 - busy)
}

function holds(stretches: readonly Stretch[], minute: number): boolean {
  return stretches.some(({ from, to }) => from <= minute && minute < to)
}
