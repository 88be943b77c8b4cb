// Pure: the bytes of a unit, in pieces of whole lines, with their truth where it is wanted. Who writes them to disk writes
// a piece and its truth together, so that both end at the same line whenever it stops.

import { US_PER_DAY } from './calendar.js'
import { type Damager, damageOf } from './damage.js'
import { DayLog } from './day-log.js'
import type { FlowChoices } from './flow-kinds.js'
import { printedFields, type TruthLine, wallClock } from './truth.js'
import type { Unit } from './units.js'
import type { World } from './world.js'

/** Whole lines and what is true of them. */
export interface Chunk {
  /** Valid until the next chunk is asked for. */
  readonly bytes: Uint8Array
  readonly lines: number
  /** JSON lines; '' when no truth is wanted. */
  readonly truth: string
}

/** Where the next line goes: kept by who owns the file, moved on by the chunks. */
export interface Position {
  /** The file's name in truth lines. */
  file: string
  /** Bytes written to it. */
  offset: number
}

/** Bytes of a piece. */
const CHUNK_BYTES = 1024 * 1024

/** Lines of a piece when each is written alone. */
const TRUTH_LINES = 2000

/** Makes the bytes of units of one world; one instance a run. */
export class ChunkMaker {
  readonly #world: World
  readonly #choices: FlowChoices
  readonly #buffer = new Uint8Array(CHUNK_BYTES)
  readonly #withTruth: boolean

  constructor(world: World, choices: FlowChoices, withTruth: boolean) {
    this.#world = world
    this.#choices = choices
    this.#withTruth = withTruth
  }

  /** The pieces of a unit; `position` is where its first line goes, and moves on. */
  *chunks(unit: Unit, position: Position): Generator<Chunk> {
    if (unit.plan.lines === 0 || unit.lines === 0) return
    const log = new DayLog(this.#world, unit.plan, this.#choices)
    const first = log.lineAt(unit.from)
    const end = Math.min(log.lineAt(unit.to), first + unit.lines)
    const damager = damageOf(this.#world, unit.plan)
    if (damager !== undefined || this.#withTruth) yield* this.#byLine(log, first, end, unit, position, damager)
    else
      for (let line = first; line < end; ) {
        const { next, bytes } = log.write(line, end, this.#buffer)
        position.offset += bytes
        yield { bytes: this.#buffer.subarray(0, bytes), lines: next - line, truth: '' }
        line = next
      }
  }

  *#byLine(
    log: DayLog,
    first: number,
    end: number,
    unit: Unit,
    position: Position,
    damager: Damager | undefined,
  ): Generator<Chunk> {
    const { endpoint, day } = unit.plan
    const date = wallClock(day * US_PER_DAY).slice(0, 10)
    for (let from = first; from < end; from += TRUTH_LINES) {
      const to = Math.min(end, from + TRUTH_LINES)
      let at = 0
      let truth = ''
      const put = (bytes: Uint8Array, line: number, damage: TruthLine['damage']): void => {
        this.#buffer.set(bytes, at)
        at += bytes.length
        if (this.#withTruth) {
          const { time, event, flow } = log.truth(line)
          const told: TruthLine = {
            file: position.file,
            offset: position.offset,
            time: wallClock(time + (damager?.shift(time) ?? 0)),
            event: damage === undefined ? event.type : 'unreadable',
            fields: damage === undefined ? printedFields(this.#world.profile, event) : {},
            flow: flow === 0 ? null : `${endpoint.number}/${date}/${flow}`,
            damage,
          }
          truth += `${JSON.stringify(told)}\n`
        }
        position.offset += bytes.length
      }
      for (let line = from; line < to; line++) {
        const whole = log.line(line, damager?.shift(log.time(line)) ?? 0)
        if (damager === undefined) put(whole, line, undefined)
        else if (line + 1 < to && damager.interleaves()) {
          const other = log.line(line + 1, damager.shift(log.time(line + 1)))
          const [head, rest] = damager.tear(whole)
          put(join(head, other), line, 'interleaved')
          put(rest, line + 1, 'torn')
          line++
        } else if (damager.truncates()) put(damager.cut(whole), line, 'truncated')
        else put(whole, line, undefined)
      }
      yield { bytes: this.#buffer.subarray(0, at), lines: to - from, truth }
    }
  }
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length + tail.length)
  joined.set(head)
  joined.set(tail, head.length)
  return joined
}
