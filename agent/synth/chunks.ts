// Pure: the bytes of a unit, in pieces of whole lines, with their truth where it is wanted. Who writes them to disk writes
// a piece and its truth together, so that both end at the same line whenever it stops.

import { isoTime } from '../log/iso-time.js'
import { US_PER_DAY } from './calendar.js'
import { type Damager, damageOf } from './damage.js'
import { DayLog } from './day-log.js'
import type { FlowChoices } from './flow-kinds.js'
import { printedFields, type TruthLine } from './truth.js'
import type { Unit } from './units.js'
import type { World } from './world.js'

/** Whole lines and what is true of them. */
export interface Chunk {
  /** Valid until the next chunk is asked for. */
  readonly bytes: Uint8Array
  readonly lines: number
  /** JSON lines; '' when no truth is wanted. */
  readonly truth: string
  /** The next line does not fit into the file: before the next chunk, the position moves to the beginning of another. */
  readonly endsFile: boolean
}

/** Where the next line goes: kept by who owns the file, moved on by the chunks. */
export interface Position {
  /** The file's name in truth lines. */
  file: string
  /** Bytes written to it. */
  offset: number
  /** Bytes the file takes, at least LONGEST_LINE; any number when left out. */
  readonly limit?: number | undefined
}

/** Lines that are stamped as they are made. */
export interface Live {
  /** The wall clock's reading (LogRecord.time). */
  readonly now: () => number
  /** Lines of a piece. */
  readonly lines: number
}

/** Bytes of a piece. */
const CHUNK_BYTES = 1024 * 1024

/** Lines of a piece when each is written alone. */
const TRUTH_LINES = 2000

/** A line as it goes to disk. */
interface MadeLine {
  readonly bytes: Uint8Array
  readonly line: number
  /** Its stamp (LogRecord.time). */
  readonly time: number
  readonly damage?: TruthLine['damage']
}

/** Makes the bytes of units of one world; one instance a run. */
export class ChunkMaker {
  readonly #world: World
  readonly #choices: FlowChoices
  readonly #buffer = new Uint8Array(CHUNK_BYTES)
  readonly #withTruth: boolean
  readonly #live: Live | undefined

  constructor(world: World, choices: FlowChoices, withTruth: boolean, live?: Live) {
    this.#world = world
    this.#choices = choices
    this.#withTruth = withTruth
    this.#live = live
  }

  /** The pieces of a unit; `position` is where its first line goes, and moves on. */
  *chunks(unit: Unit, position: Position): Generator<Chunk> {
    if (unit.plan.lines === 0 || unit.lines === 0) return
    const log = new DayLog(this.#world, unit.plan, this.#choices)
    const first = log.lineAt(unit.from)
    const end = Math.min(log.lineAt(unit.to), first + unit.lines)
    const damager = damageOf(this.#world, unit.plan)
    if (damager === undefined && this.#live === undefined && !this.#withTruth)
      yield* this.#inBulk(log, first, end, position)
    else yield* this.#byLine(log, this.#lines(log, first, end, damager), unit, position)
  }

  *#inBulk(log: DayLog, first: number, end: number, position: Position): Generator<Chunk> {
    for (let line = first; line < end; ) {
      const room = (position.limit ?? Number.POSITIVE_INFINITY) - position.offset
      const { next, bytes, full } = log.write(line, end, this.#buffer, room)
      position.offset += bytes
      yield { bytes: this.#buffer.subarray(0, bytes), lines: next - line, truth: '', endsFile: full }
      line = next
    }
  }

  *#byLine(log: DayLog, made: Iterable<MadeLine>, { plan }: Unit, position: Position): Generator<Chunk> {
    const date = isoTime(plan.day * US_PER_DAY).slice(0, 10)
    const most = this.#live?.lines ?? TRUTH_LINES
    let at = 0
    let lines = 0
    let truth = ''
    const taken = (endsFile: boolean): Chunk => {
      const chunk = { bytes: this.#buffer.subarray(0, at), lines, truth, endsFile }
      at = 0
      lines = 0
      truth = ''
      return chunk
    }
    for (const { bytes, line, time, damage } of made) {
      const full = position.offset > 0 && position.offset + bytes.length > (position.limit ?? Number.POSITIVE_INFINITY)
      if (full || at + bytes.length > this.#buffer.length) yield taken(full)
      if (this.#withTruth) {
        const { event, flow } = log.truth(line)
        const told: TruthLine = {
          file: position.file,
          offset: position.offset,
          time: isoTime(time),
          event: damage === undefined ? event.type : 'unreadable',
          fields: damage === undefined ? printedFields(this.#world.profile, event) : {},
          flow: flow === 0 ? null : `${plan.endpoint.number}/${date}/${flow}`,
          damage,
        }
        truth += `${JSON.stringify(told)}\n`
      }
      this.#buffer.set(bytes, at)
      at += bytes.length
      position.offset += bytes.length
      if (++lines >= most) yield taken(false)
    }
    if (lines > 0) yield taken(false)
  }

  *#lines(log: DayLog, first: number, end: number, damager: Damager | undefined): Generator<MadeLine> {
    const shiftOf = (line: number): number => {
      const time = log.time(line)
      return (damager?.shift(time) ?? 0) + (this.#live === undefined ? 0 : this.#live.now() - time)
    }
    for (let line = first; line < end; line++) {
      const shift = shiftOf(line)
      const time = log.time(line) + shift
      const bytes = log.line(line, shift)
      if (damager === undefined) yield { bytes, line, time }
      else if (line + 1 < end && damager.interleaves()) {
        const [head, rest] = damager.tear(bytes)
        const shiftOfNext = shiftOf(line + 1)
        const next = log.line(line + 1, shiftOfNext)
        yield { bytes: join(head, next), line, time, damage: 'interleaved' }
        line++
        yield { bytes: rest, line, time: log.time(line) + shiftOfNext, damage: 'torn' }
      } else if (damager.truncates()) yield { bytes: damager.cut(bytes), line, time, damage: 'truncated' }
      else yield { bytes, line, time }
    }
  }
}

function join(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const joined = new Uint8Array(head.length + tail.length)
  joined.set(head)
  joined.set(tail, head.length)
  return joined
}
