// Pure: the lines of a planned day: every flow drawn, put in order of time, and written. Lines are kept in columns of
// numbers beside the prepared parts of their text; an object a line would cost more than the line.

import type { ColumnIds } from '../log/column-ids.js'
import { columnIds } from '../log/column-ids.js'
import type { LogEvent } from '../log/event.js'
import { LineCopier, type LineParts, lineParts, utf8 } from '../log/line-parts.js'
import { MESSAGE_GROUPS, type MessageGroup } from '../log/message-form.js'
import { US_PER_DAY, US_PER_MS, US_PER_SECOND } from './calendar.js'
import type { DayPlan, Session } from './day-plan.js'
import type { FlowChoices, FlowKind } from './flow-kinds.js'
import { NO_PROXY } from './moments.js'
import { Random } from './random.js'
import { SourcePorts } from './source-ports.js'
import { timeOrder } from './time-order.js'
import type { Segment } from './tunnel-life.js'
import type { World } from './world.js'

/** What is true of one line. */
export interface LineTruth {
  /** LogRecord.time. */
  readonly time: number
  readonly event: LogEvent
  /** The flow it belongs to, from 1 within the day; 0 = none. */
  readonly flow: number
}

/** How far `write` came. */
export interface Written {
  readonly next: number
  readonly bytes: number
  /** The next line does not fit into the room there is. */
  readonly full: boolean
}

/** No line is longer, bytes: three names of 255 bytes, addresses, and what stands between. */
export const LONGEST_LINE = 4096

/** Stamp, process, ids, source: what stands beside the prepared parts of a line, bytes at most. */
const PREFIX = 256

/** Draws for a flow that fits before something simpler is written. */
const MAX_DRAWS = 20

/** Which of an endpoint's networks is the company's. */
const OFFICE = 0

/** All lines of a day of an endpoint. */
export class DayLog {
  readonly count: number
  readonly #world: World
  readonly #plan: DayPlan
  readonly #choices: FlowChoices
  readonly #random: Random
  /** Written where no flow of a session fits: every build has it, and it says nothing of flows. */
  readonly #filler: LineParts
  // One entry a line, in the order they were drawn.
  readonly #times: Float64Array
  readonly #parts: LineParts[] = []
  readonly #networks: Uint8Array
  readonly #flows: Uint32Array
  readonly #ports: Uint16Array
  readonly #sources: readonly Uint8Array[]
  readonly #order: Uint32Array
  readonly #ids: Readonly<Record<MessageGroup, Uint8Array>>
  // For one line at a time.
  readonly #singleLine = new Uint8Array(LONGEST_LINE)
  readonly #single: LineCopier
  #drawn = 0
  #lastFlow = 0
  #segment: Segment

  constructor(world: World, plan: DayPlan, choices: FlowChoices) {
    const { endpoint, day, life } = plan
    this.#world = world
    this.#plan = plan
    this.#choices = choices
    this.#random = Random.of(world.seed, 'flows', endpoint.number, day)
    this.#filler = lineParts(world.profile, NO_PROXY)!
    this.count = plan.lines
    this.#times = new Float64Array(plan.lines)
    this.#networks = new Uint8Array(plan.lines)
    this.#flows = new Uint32Array(plan.lines)
    this.#ports = new Uint16Array(plan.lines)
    this.#sources = endpoint.networks.flatMap(({ ip, ip6 }) => [utf8(`${ip}:`), utf8(`${ip6}:`)])
    this.#single = new LineCopier(this.#singleLine, world.profile.style.precision)
    this.#segment = life.segments[0]!
    for (const { time, event } of life.moments) this.#add(time, lineParts(world.profile, event)!, 0, 0)
    for (const session of plan.sessions) this.#work(session)
    this.#order = timeOrder(this.#times, this.count)
    this.#ids = idColumns(columnIds(this.#random.between(0x400, 0xfff), world.profile), world.profile.process)
    this.#allotPorts()
  }

  /**
   * Writes whole lines from number `line` on into memory, as many as are sure to fit, at most up to `end` (excluded) and
   * not more than `room` bytes. Answers the next line's number and the bytes written.
   */
  write(line: number, end: number, into: Uint8Array, room = Number.POSITIVE_INFINITY): Written {
    const copier = new LineCopier(into, this.#world.profile.style.precision)
    const enough = into.length - LONGEST_LINE
    for (let next = line; ; next++) {
      const bytes = copier.at
      if (next >= end || bytes > enough) return { next, bytes, full: false }
      this.#copy(next, copier, 0)
      if (copier.at > room) return { next, bytes, full: true }
    }
  }

  /** The first line at or after a time (LogRecord.time); `count` when there is none. */
  lineAt(time: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.time(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** One line; its clock is wrong by `shift` microseconds. */
  line(line: number, shift: number): Uint8Array {
    this.#single.at = 0
    return this.#singleLine.slice(0, this.#copy(line, this.#single, shift))
  }

  /** Bytes of a line on average. */
  meanLength(): number {
    let bytes = 0
    for (let line = 0; line < this.count; line++) {
      this.#single.at = 0
      bytes += this.#copy(line, this.#single, 0)
    }
    return bytes / this.count
  }

  /** The time of a line. */
  time(line: number): number {
    return this.#plan.day * US_PER_DAY + this.#times[this.#order[line]!]!
  }

  /** What is true of a line. */
  truth(line: number): LineTruth {
    const at = this.#order[line]!
    const { event, tail } = this.#parts[at]!
    const time = this.time(line)
    const flow = this.#flows[at]!
    if (tail === undefined) return { time, event, flow }
    const network = this.#networks[at]!
    const { ip, ip6 } = this.#plan.endpoint.networks[network >> 1]!
    const source = { ip: network % 2 === 0 ? ip : ip6, port: this.#ports[at]! }
    return { time, event: { ...event, source } as LogEvent, flow }
  }

  /** Writes a line, its time moved by `shift` microseconds, and answers where the next one goes. */
  #copy(line: number, copier: LineCopier, shift: number): number {
    const at = this.#order[line]!
    const { head, tail, group } = this.#parts[at]!
    if (head.length + (tail?.length ?? 0) > LONGEST_LINE - PREFIX) throw new RangeError('a line is too long')
    copier.stamp(this.#plan.day * US_PER_DAY + this.#times[at]! + shift)
    copier.bytes(this.#ids[group])
    copier.bytes(head)
    if (tail !== undefined) {
      copier.bytes(this.#sources[this.#networks[at]!]!)
      copier.port(this.#ports[at]!)
      copier.bytes(tail)
    }
    return copier.at
  }

  #work({ app, process, at, lines, blind }: Session): void {
    const { opening, rest } = this.#choices.of(app, process, blind)
    const { parallel, retries, spreadMs } = app.sessions
    const random = this.#random
    const gap = (spreadMs * US_PER_MS) / lines
    let left = lines
    let time = at
    let kind = opening.pick(random)
    for (let draws = 0; left > 0; ) {
      let burst = parallel[0] === parallel[1] ? parallel[0] : random.between(parallel[0], parallel[1])
      for (; burst > 0 && left > 0; burst--) {
        const written = this.#flow(kind, time, left)
        if (written === 0) break
        left -= written
        draws = 0
        time += random.below(3 * US_PER_MS)
        if (left > 0 && random.chance(retries)) left -= this.#flow(kind, time + US_PER_SECOND, left)
      }
      if (++draws > MAX_DRAWS) {
        this.#add(this.#within(time).from, this.#filler, 0, 0)
        left--
      }
      time += random.exponential(gap)
      kind = rest.pick(random)
    }
  }

  /** Writes the lines of one flow; 0 when it has none, or more than are left. */
  #flow(kind: FlowKind, time: number, left: number): number {
    const segment = this.#segmentAt(time)
    const place = this.#plan.endpoint.networks.indexOf(segment.network)
    const lines = kind.lines[place === OFFICE ? 'on-prem' : 'off-prem'][segment.transport]
    if (lines.length === 0 || lines.length > left) return 0
    let at = segment.from <= time && time < segment.to ? time : this.#retryIn(segment)
    const network = place * 2 + (kind.ipv6 ? 1 : 0)
    const flow = ++this.#lastFlow
    for (const parts of lines) {
      this.#add(at, parts, network, flow)
      // The line behind `by tunneling` comes a millisecond later (reference 1.7).
      at += 300 + this.#random.below(900)
    }
    return lines.length
  }

  /** The segment a flow of a time is in: the one that holds it, else the next in which the tunnel is up, else the last such. */
  #segmentAt(time: number): Segment {
    const { from, to, state } = this.#segment
    if (from <= time && time < to && state === 'up') return this.#segment
    this.#segment = this.#within(time)
    return this.#segment
  }

  #within(time: number): Segment {
    const { segments } = this.#plan.life
    return (
      segments.find((segment) => segment.state === 'up' && time < segment.to) ??
      segments.findLast((segment) => segment.state === 'up')!
    )
  }

  /** A program tries again when the tunnel is back. */
  #retryIn({ from, to }: Segment): number {
    return Math.min(from + this.#random.exponential(2 * US_PER_SECOND), to - 1)
  }

  #add(time: number, parts: LineParts, network: number, flow: number): void {
    const at = this.#drawn++
    this.#times[at] = Math.floor(time)
    this.#parts.push(parts)
    this.#networks[at] = network
    this.#flows[at] = flow
  }

  /** In order of time, as the system gives them. */
  #allotPorts(): void {
    const ports = new SourcePorts(this.#world.profile.platform, this.#random)
    for (let i = 0; i < this.count; i++) {
      const at = this.#order[i]!
      if (this.#parts[at]!.tail !== undefined) this.#ports[at] = ports.next()
    }
  }
}

/** `stAgentSvc p17fc tb44` of each group of messages. */
function idColumns(ids: ColumnIds, process: string): Record<MessageGroup, Uint8Array> {
  const column = (group: MessageGroup) => utf8(`${process} p${ids.pid.toString(16)} t${ids.tidOf(group).toString(16)}`)
  return Object.fromEntries(MESSAGE_GROUPS.map((group) => [group, column(group)])) as Record<MessageGroup, Uint8Array>
}
