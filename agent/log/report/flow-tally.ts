// Pure: flows by process, host and verdict. Each flow counts once, whatever the number of its lines.

import { detached } from '../detached.js'
import type { Recognised } from '../recognise.js'
import { type FlowFilter, flowFilter, type ReportFilters } from './filters.js'
import { destinationOf, type FlowForm, textAt, verdictOf } from './flow-forms.js'
import { PinnedPairs } from './pinned-pairs.js'
import { FLOW_VERDICTS, type FlowRow, type FlowVerdict, type Report } from './report.js'
import { type FlowGroup, GROUP_OF } from './verdict-groups.js'

/** One flow, as soon as it is known. */
export interface Flow {
  /** Microseconds as in LogRecord.time. */
  readonly time: number
  readonly verdict: FlowVerdict
  readonly process: string
  readonly host: string
  /** `ip:port`, `ip` or ''. */
  readonly destination: string
}

/** A row under way; `passes` = the filters let it through. */
interface Row {
  readonly process: string
  readonly host: string
  readonly verdict: FlowVerdict
  readonly passes: boolean
  /** Not when there was no room for it: then it is for one flow. */
  readonly kept: boolean
  readonly destinations: string[]
  count: number
  first: number
  last: number
}

interface Hour extends Record<FlowGroup, number> {
  readonly hour: number
}

/** Verdicts whose line has no place for a host, so that an empty one says nothing of DNS. */
const WITHOUT_HOST_FIELD: ReadonlySet<FlowVerdict> = new Set(['exception-ip', 'firewall-ip', 'blocked-udp'])

/** Most rows; with what they hold at most 100 MB. */
const MAX_ROWS = 100_000
const MAX_DESTINATIONS = 8
/** Most hours with flows, 11 years; a log whose clock is broken may name any. */
const MAX_HOURS = 100_000
const HOUR = 3_600_000_000

/** Counts the flows of logs. */
export class FlowTally {
  readonly #passes: FlowFilter
  readonly #since: number
  readonly #onFlow: ((flow: Flow) => void) | undefined
  readonly #pairs = new PinnedPairs()
  readonly #rows = new Map<string, Row>()
  /** The rows of messages seen before, by what makes them alike. */
  readonly #known = new WeakMap<object, Row>()
  /** Flows for which there was no room for a row. */
  readonly #others = new Map<FlowVerdict, number>()
  #othersWithoutHost = 0
  readonly #hours = new Map<number, Hour>()
  #hour: Hour | undefined

  /** `onFlow` hears of every flow that the filters let through. */
  constructor(filters: ReportFilters = {}, onFlow?: (flow: Flow) => void) {
    this.#passes = flowFilter(filters)
    this.#since = filters.since ?? Number.NEGATIVE_INFINITY
    this.#onFlow = onFlow
  }

  /** Another log, whose lines have nothing to do with those before. */
  beginLog(): void {
    this.#pairs.beginLog()
  }

  /** Takes a flow's message, its form, and its time, microseconds. */
  add(time: number, recognised: Recognised, form: FlowForm): void {
    const early = time < this.#since
    // The second line of a pair may be late enough.
    if (early && form.verdict !== 'pinned-tunnel') return
    const row = this.#rowOf(recognised, form)
    const { process, host, verdict, passes } = row
    if (verdict === 'pinned-tunnel') this.#pairs.begun(process, host, time)
    else if (form.verdict === 'tunneled' && this.#pairs.completes(process, host, time)) return
    if (early || !passes) return
    this.#count(time, row)
    this.#onFlow?.({ time, verdict, process, host, destination: destinationOf(recognised, form) })
  }

  #count(time: number, row: Row): void {
    const { verdict } = row
    row.count++
    if (time < row.first) row.first = time
    if (time > row.last) row.last = time
    const hour = this.#hourOf(time)
    if (hour !== undefined) hour[GROUP_OF[verdict]]++
    if (row.kept) return
    this.#others.set(verdict, (this.#others.get(verdict) ?? 0) + 1)
    if (row.host === '' && !WITHOUT_HOST_FIELD.has(verdict)) this.#othersWithoutHost++
  }

  /** The row of a flow. Most messages were seen before but for the source, and then nothing of them is read again. */
  #rowOf(recognised: Recognised, form: FlowForm): Row {
    const { alike } = recognised
    const known = alike && this.#known.get(alike)
    if (known !== undefined) return known
    const row = this.#findRow(
      verdictOf(recognised, form),
      textAt(recognised, form.process),
      textAt(recognised, form.host),
    )
    const destination = destinationOf(recognised, form)
    if (destination !== '' && row.destinations.length < MAX_DESTINATIONS && !row.destinations.includes(destination))
      row.destinations.push(detached(destination))
    if (alike !== undefined && row.kept) this.#known.set(alike, row)
    return row
  }

  #findRow(verdict: FlowVerdict, process: string, host: string): Row {
    const key = `${verdict}\0${process}\0${host}`
    const known = this.#rows.get(key)
    if (known !== undefined) return known
    const kept = this.#rows.size < MAX_ROWS
    const row: Row = {
      process: detached(process),
      host: detached(host),
      verdict,
      passes: this.#passes(process, host, verdict),
      kept,
      destinations: [],
      count: 0,
      first: Number.POSITIVE_INFINITY,
      last: Number.NEGATIVE_INFINITY,
    }
    if (kept) this.#rows.set(detached(key), row)
    return row
  }

  #hourOf(time: number): Hour | undefined {
    const begin = Math.floor(time / HOUR) * HOUR
    if (this.#hour?.hour === begin) return this.#hour
    this.#hour = this.#hours.get(begin)
    if (this.#hour !== undefined || this.#hours.size >= MAX_HOURS) return this.#hour
    this.#hour = { hour: begin, tunneled: 0, bypassed: 0, blocked: 0 }
    this.#hours.set(begin, this.#hour)
    return this.#hour
  }

  /** What was counted so far. */
  result(): Report['flows'] {
    const rows = [...this.#rows.values()].filter(({ count }) => count > 0)
    const byVerdict = Object.fromEntries(
      FLOW_VERDICTS.map((verdict) => [verdict, this.#others.get(verdict) ?? 0]),
    ) as Record<FlowVerdict, number>
    for (const { verdict, count } of rows) byVerdict[verdict] += count
    const nameless = rows.filter(({ host, verdict }) => host === '' && !WITHOUT_HOST_FIELD.has(verdict))
    return {
      total: Object.values(byVerdict).reduce((sum, count) => sum + count, 0),
      byVerdict,
      rows: rows.sort((a, b) => b.count - a.count || a.first - b.first).map(publicRow),
      withoutHost: nameless.reduce((sum, { count }) => sum + count, this.#othersWithoutHost),
      omittedFlows: [...this.#others.values()].reduce((sum, count) => sum + count, 0),
      hours: [...this.#hours.values()].sort((a, b) => a.hour - b.hour).map((hour) => ({ ...hour })),
    }
  }
}

function publicRow({ process, host, verdict, count, first, last, destinations }: Row): FlowRow {
  return { process, host, verdict, count, first, last, destinations: [...destinations] }
}
