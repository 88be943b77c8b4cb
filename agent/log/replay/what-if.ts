// Pure: what another configuration would change: every distinct flow of the logs decided by it, and compared with what
// the configuration before makes of it, or where that is not known, with what the log says happened.

import type { FlowFacts } from '../../steering/flow.js'
import type { FlowVerdict } from '../report/report.js'
import { type FilledFlow, fillerOf } from './fill-in.js'
import type { Census, CountedFlow } from './flow-census.js'
import type { FlowJudge, Judgement, KnownSituation, NamedRule } from './judge.js'
import {
  agreesWithLog,
  type Difference,
  difference,
  differenceFromLog,
  LOGGED_OUTCOME,
  type Outcome,
  outcomeWords,
} from './outcome.js'
import type { FlowPart } from './told-flow.js'

/** What is compared. */
export interface WhatIfOptions {
  readonly census: Census
  readonly after: FlowJudge
  /** The configuration the client had. */
  readonly before?: FlowJudge | undefined
  /** What is to hold of the endpoint, whatever the log says. */
  readonly forced?: KnownSituation
}

/** What happened to a flow; of the log no rule is known. */
export type Before = { readonly outcome: Outcome } & Partial<Judgement>

/** Flows that are alike. */
export interface ReplayedFlow {
  readonly process: string
  readonly host: string
  readonly ip: string
  readonly port: number
  readonly transport: FlowFacts['transport']
  /** What the lines leave out, and was concluded from others or is not known. */
  readonly assumed: readonly FlowPart[]
  readonly count: number
  /** Microseconds as in LogRecord.time. */
  readonly first: number
  readonly last: number
}

/** Flows to which something else would happen. */
export interface ChangedFlow extends ReplayedFlow {
  readonly before: Before
  readonly after: Judgement
}

/** Flows of which the log says something else than the configuration before. */
export interface DisagreeingFlow extends ReplayedFlow {
  readonly logged: FlowVerdict
  readonly before: Judgement
}

/** The answer. All counts are of flows. */
export interface WhatIf {
  /** What the configuration is compared with. */
  readonly comparedWith: 'configuration' | 'log'
  readonly totals: {
    readonly flows: number
    readonly distinct: number
    readonly changed: number
    /** The same happens to them, by another rule. */
    readonly otherRule: number
    /** Tunnelled as before and exempt from policy, which may be new: without the old configuration nobody knows. */
    readonly untold: number
    readonly disagreeing: number
    /** Of which something had to be assumed. */
    readonly assumed: number
    /** Not replayed, because there were more distinct flows than are kept. */
    readonly omitted: number
  }
  /** Undefined without a flow. */
  readonly time: { readonly first: number; readonly last: number } | undefined
  /** Most frequent first. */
  readonly changes: readonly ChangedFlow[]
  readonly disagreements: readonly DisagreeingFlow[]
}

/** Compares. */
export function whatIf({ census, after, before, forced = {} }: WhatIfOptions): WhatIf {
  const fill = fillerOf(census.told)
  const changes = new Rows<ChangedFlow>(({ before, after }) => `${nameOf(before)}\0${nameOf(after)}`)
  const disagreements = new Rows<DisagreeingFlow>(({ logged, before }) => `${logged}\0${nameOf(before)}`)
  const totals = { flows: 0, changed: 0, otherRule: 0, untold: 0, disagreeing: 0, assumed: 0 }
  for (const counted of census.flows) {
    const { told, place, count } = counted
    const flow = fill(told)
    const source = flow.destination.ip.includes(':') ? place.source6 : place.source4
    const said: KnownSituation = { location: place.location, device: place.device ?? census.device }
    const known = merged(forced, said)
    const written = merged(said, forced)
    const then = after.judge(flow, source, known)
    const earlier = before?.judge(flow, source, known)
    const replayed = replayedFlow(flow, counted)
    const change = earlier === undefined ? differenceFromLog(told.verdict, then.outcome) : compared(earlier, then)
    totals.flows += count
    if (told.leftOut.length > 0) totals.assumed += count
    if (change === 'kind') totals.otherRule += count
    if (change === 'untold') totals.untold += count
    if (change === 'changed') {
      totals.changed += count
      changes.add({ ...replayed, before: earlier ?? { outcome: LOGGED_OUTCOME[told.verdict] }, after: then })
    }
    // The log is held against the situation it was written in.
    const logged = isSame(known, written) ? earlier : before?.judge(flow, source, written)
    if (logged === undefined || agreesWithLog(told.verdict, logged.outcome)) continue
    totals.disagreeing += count
    disagreements.add({ ...replayed, logged: told.verdict, before: logged })
  }
  return {
    comparedWith: before === undefined ? 'log' : 'configuration',
    totals: { ...totals, distinct: census.flows.length, omitted: census.untoldFlows },
    time: timeOf(census.flows),
    changes: changes.sorted(),
    disagreements: disagreements.sorted(),
  }
}

function merged(first: KnownSituation, second: KnownSituation): KnownSituation {
  return { location: first.location ?? second.location, device: first.device ?? second.device }
}

function isSame(a: KnownSituation, b: KnownSituation): boolean {
  return a.location === b.location && a.device === b.device
}

/** As `difference`, and `kind` also where the rule is another one; which rule steers web traffic at large is no news. */
function compared(before: Judgement, after: Judgement): Difference {
  const change = difference(before.outcome, after.outcome)
  const isPlain = after.outcome.action === 'tunnel' && after.outcome.exempt === undefined
  return change === 'same' && !isPlain && !isSameRule(before.rule, after.rule) ? 'kind' : change
}

/** A rule that has moved within its list is the same one. */
function isSameRule(a: NamedRule, b: NamedRule): boolean {
  return a.file === b.file && a.text === b.text && (a.path === b.path || a.text !== '')
}

function replayedFlow({ process, host, destination, transport }: FilledFlow, counted: CountedFlow): ReplayedFlow {
  const { told, count, first, last } = counted
  return { process, host, ...destination, transport, assumed: told.leftOut, count, first, last }
}

function timeOf(flows: readonly CountedFlow[]): WhatIf['time'] {
  if (flows.length === 0) return undefined
  return {
    first: flows.reduce((least, { first }) => Math.min(least, first), Number.POSITIVE_INFINITY),
    last: flows.reduce((most, { last }) => Math.max(most, last), Number.NEGATIVE_INFINITY),
  }
}

/** Tells what happens to flows, and by which rule, from all else. */
function nameOf({ outcome, rule }: Before): string {
  return `${outcomeWords(outcome)} ${rule?.file} ${rule?.path}`
}

/** Rows; those that differ in count and time only are one. */
class Rows<Row extends ReplayedFlow> {
  readonly #rows = new Map<string, Row>()
  readonly #distinguish: (row: Row) => string

  /** `distinguish` says what else tells rows apart. */
  constructor(distinguish: (row: Row) => string) {
    this.#distinguish = distinguish
  }

  add(row: Row): void {
    const { process, host, ip, port, transport, assumed, count, first, last } = row
    const key = `${process}\0${host}\0${ip}\0${port}\0${transport}\0${assumed}\0${this.#distinguish(row)}`
    const known = this.#rows.get(key)
    if (known === undefined) this.#rows.set(key, row)
    else
      this.#rows.set(key, {
        ...known,
        count: known.count + count,
        first: Math.min(known.first, first),
        last: Math.max(known.last, last),
      })
  }

  sorted(): readonly Row[] {
    return [...this.#rows.values()].sort((a, b) => b.count - a.count || a.first - b.first)
  }
}
