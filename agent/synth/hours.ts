// Pure: when a computer is awake on a day, and how busy its user is: work with lunch and meetings, some evenings, updates
// at night. The hours are ours; the day of the one real log with a whole day in it was no different (reference 1.7).

import type { Random } from './random.js'

/** Minutes of a day. */
export const DAY_MINUTES = 24 * 60

/** A stretch of a day, in minutes from midnight. */
export interface Stretch {
  readonly from: number
  readonly to: number
}

/** When the computer runs, and how it came up. */
export interface Awake extends Stretch {
  /** The first stretch of a day begins with the start of the service, so that a process id lasts a day. */
  readonly begins: 'boot' | 'resume'
  readonly place: 'office' | 'home'
}

/** One day of a computer. */
export interface DayHours {
  /** In order, apart by a minute at least. */
  readonly awake: readonly Awake[]
  /** How busy the user is, 0 to 1, by minute of the day. */
  readonly activity: Float32Array
  readonly meetings: readonly Stretch[]
}

/** Habits of a user: usual minutes of the day. */
export interface Habits {
  readonly begin: number
  readonly end: number
  readonly lunch: number
}

/** The hours of a day; `weekday` 0 is Monday. */
export function hoursOf(random: Random, weekday: number, habits: Habits): DayHours {
  const stretches: Omit<Awake, 'begins'>[] = []
  const place = random.chance(0.55) ? 'office' : 'home'
  if (random.chance(0.35)) stretches.push(night(random))
  const works = weekday < 5 && random.chance(0.97)
  const work = workOf(random, habits)
  const meetings = works ? meetingsOf(random, work) : []
  if (works) stretches.push(...workStretches(random, work, habits.lunch, place))
  const evening = random.chance(works ? 0.25 : 0.3)
  if (evening) {
    const from = Math.max(work.to + 30, Math.round(random.normal(20 * 60 + 15, 25)))
    stretches.push({ from, to: Math.min(from + random.between(25, 110), DAY_MINUTES - 5), place: 'home' })
  }
  const awake = stretches.map((stretch, i): Awake => ({ ...stretch, begins: i === 0 ? 'boot' : 'resume' }))
  return { awake, meetings, activity: activityOf(random, awake, meetings, habits.lunch) }
}

/** Updates: the computer wakes by itself, and nobody is there. */
function night(random: Random): Omit<Awake, 'begins'> {
  const from = random.between(100, 240)
  return { from, to: from + random.between(20, 50), place: 'home' }
}

function workOf(random: Random, { begin, end }: Habits): Stretch {
  const from = Math.max(6 * 60, Math.round(random.normal(begin, 12)))
  return { from, to: Math.min(19 * 60 + 30, Math.max(from + 240, Math.round(random.normal(end, 25)))) }
}

/** Work in one stretch, or with the lid closed over lunch. */
function workStretches(
  random: Random,
  { from, to }: Stretch,
  lunch: number,
  place: Awake['place'],
): Omit<Awake, 'begins'>[] {
  const away = lunch + random.between(0, 8)
  const back = away + random.between(25, 50)
  if (!random.chance(0.35) || away < from + 30 || back > to - 30) return [{ from, to, place }]
  return [
    { from, to: away, place },
    { from: back, to, place },
  ]
}

function meetingsOf(random: Random, { from, to }: Stretch): Stretch[] {
  const meetings: Stretch[] = []
  for (let at = from + 30; at < to - 45; at += 30) {
    if (!random.chance(0.22)) continue
    const length = random.chance(0.6) ? 30 : 60
    const begin = Math.ceil(at / 30) * 30
    meetings.push({ from: begin, to: Math.min(begin + length, to) })
    at += length
  }
  return meetings
}

function activityOf(
  random: Random,
  awake: readonly Awake[],
  meetings: readonly Stretch[],
  lunch: number,
): Float32Array {
  const activity = new Float32Array(DAY_MINUTES)
  for (const { from, to } of awake) {
    if (to < 5 * 60) continue
    // People change what they do every quarter of an hour or so.
    let mood = 0
    for (let minute = from; minute < to; minute++) {
      if ((minute - from) % 15 === 0) mood = 0.55 + random.unit() * 0.45
      activity[minute] = mood
    }
  }
  for (let minute = lunch; minute < lunch + 40; minute++) activity[minute]! *= 0.12
  for (const { from, to } of meetings) for (let minute = from; minute < to; minute++) activity[minute]! *= 0.35
  return activity
}
