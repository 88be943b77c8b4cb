// Pure: what happens to lines on their way to the disk in the scenario `corrupt`: cut off, broken into by another writer,
// stamped by a clock that was set back.

import { US_PER_DAY, US_PER_HOUR, US_PER_MINUTE } from './calendar.js'
import type { DayPlan } from './day-plan.js'
import { Random } from './random.js'
import type { Damage } from './scenario.js'
import type { World } from './world.js'

/** The hour of the day at which the clock is set back, and how long it stays so. */
const CLOCK_HOUR = 14
const CLOCK_HOURS = 2

/** The damage of a day, undefined where nothing happens. */
export function damageOf(world: World, { endpoint, day }: DayPlan): Damager | undefined {
  const { damage } = world.scenario
  if (damage === undefined) return undefined
  return new Damager(damage, Random.of(world.seed, 'damage', endpoint.number, day), world.profile.style.eol)
}

/** Decides about one line after the other. */
export class Damager {
  readonly #damage: Damage
  readonly #random: Random
  readonly #eol: Uint8Array

  constructor(damage: Damage, random: Random, eol: string) {
    this.#damage = damage
    this.#random = random
    this.#eol = new TextEncoder().encode(eol)
  }

  /** Microseconds the clock is wrong by at a time. */
  shift(time: number): number {
    const hour = Math.floor((time % US_PER_DAY) / US_PER_HOUR)
    const wrong = hour >= CLOCK_HOUR && hour < CLOCK_HOUR + CLOCK_HOURS
    return wrong ? -this.#damage.clockBackMinutes * US_PER_MINUTE : 0
  }

  /** Whether the next line breaks into this one. */
  interleaves(): boolean {
    return this.#random.chance(this.#damage.interleaved)
  }

  /** Whether the line is cut off. */
  truncates(): boolean {
    return this.#random.chance(this.#damage.truncated)
  }

  /** The line cut off within its stamp or columns, so that nobody can read it; it still ends its line. */
  cut(line: Uint8Array): Uint8Array {
    const keep = this.#random.between(STAMP_BYTES / 2, columnsEnd(line) - 1)
    const cut = new Uint8Array(keep + this.#eol.length)
    cut.set(line.subarray(0, keep))
    cut.set(this.#eol, keep)
    return cut
  }

  /** The line in two, torn in its message before a letter. */
  tear(line: Uint8Array): readonly [Uint8Array, Uint8Array] {
    const from = columnsEnd(line) + 1
    let at = from + this.#random.below(Math.max(1, line.length - this.#eol.length - from))
    while (at > from && !isLetter(line[at]!)) at--
    return [line.subarray(0, at), line.subarray(at)]
  }
}

/** Bytes of the shortest stamp: 2024/04/28 11:02:28.408. */
const STAMP_BYTES = 23

/** Columns before the message: date, time, process, pid, tid, level, place, component. */
const COLUMNS = 8
const SPACE = 0x20

/** Where the space before the message is. */
function columnsEnd(line: Uint8Array): number {
  let at = -1
  for (let column = 0; column < COLUMNS; column++) at = line.indexOf(SPACE, at + 1)
  return at
}

function isLetter(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}
