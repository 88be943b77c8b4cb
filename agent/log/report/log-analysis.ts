// Pure: the bytes of logs to what they say: one pass, in memory that does not grow with the log.

import { detached } from '../detached.js'
import { LineSplitter } from '../line-splitter.js'
import type { Recognised } from '../recognise.js'
import type { Level, ParsedLine } from '../record.js'
import { AlikeMessages } from './alike-messages.js'
import { ClientTally } from './client-tally.js'
import { ProfileGuess } from './detect-profile.js'
import type { ReportFilters } from './filters.js'
import { flowFormOf } from './flow-forms.js'
import { type Flow, FlowTally } from './flow-tally.js'
import { PopTally } from './pop-tally.js'
import { RecordReader } from './record-reader.js'
import type { PopMoment, Report, UnreadableLine } from './report.js'

/** What to make of the logs. */
export interface AnalysisOptions {
  readonly filters?: ReportFilters
  /** Hears of every flow that the filters let through. */
  readonly onFlow?: (flow: Flow) => void
  /** Hears of every moment of the tunnel and its POP since the filter's time. */
  readonly onMoment?: (moment: PopMoment) => void
}

type LogFile = { readonly name: string; lines: number; bytes: number }
type Reason = UnreadableLine['reason']

/** A profile shows within a few hundred lines. */
const RECORDS_FOR_PROFILE = 5000
const MAX_UNREADABLE = 100
const MAX_UNREADABLE_TEXT = 120
const MAX_UNRECOGNISED = 50

const SERVICE_ERRORS: ReadonlySet<Level> = new Set(['critical', 'error', 'warning'])

/**
 * Takes logs, each a set of files, oldest first, and gives the report. The filters are for what the log tells; lines are
 * counted whatever they say.
 */
export class LogAnalysis {
  readonly #since: number
  readonly #flows: FlowTally
  readonly #pop: PopTally
  readonly #client = new ClientTally()
  readonly #errors = new AlikeMessages()
  readonly #unrecognised = new AlikeMessages()
  readonly #guess = new ProfileGuess()
  readonly #reader = new RecordReader({
    record: (parsed, recognised) => this.#record(parsed, recognised),
    continuation: () => {
      this.#continuation++
    },
    unreadable: (line, number, reason) => this.#unreadableLine(line, number, reason),
  })

  readonly #files: LogFile[] = []
  #file: LogFile = { name: '', lines: 0, bytes: 0 }
  #splitter = new LineSplitter(() => {})
  #records = 0
  #continuation = 0
  #unrecognisedRecords = 0
  readonly #byReason = new Map<Reason, number>()
  readonly #unreadable: UnreadableLine[] = []
  #first = Number.POSITIVE_INFINITY
  #last = Number.NEGATIVE_INFINITY

  constructor({ filters = {}, onFlow, onMoment }: AnalysisOptions = {}) {
    this.#since = filters.since ?? Number.NEGATIVE_INFINITY
    this.#flows = new FlowTally(filters, onFlow)
    this.#pop = new PopTally(onMoment)
  }

  /** The files that come are of another log. */
  beginLog(): void {
    this.#reader.beginLog()
    this.#flows.beginLog()
    this.#pop.beginLog()
  }

  /** The bytes that come are of the next file of the log. */
  beginFile(name: string): void {
    const file = { name, lines: 0, bytes: 0 }
    this.#files.push(file)
    this.#file = file
    this.#splitter = new LineSplitter((line, number, eol, cut) => {
      file.lines = number
      this.#reader.line(line, number, eol, cut)
    })
  }

  /** Takes bytes of the file. They may be used again once this returns. */
  push(chunk: Uint8Array): void {
    this.#file.bytes += chunk.length
    this.#splitter.push(chunk)
  }

  /** The file is over: what has no line ending is its last line. */
  endFile(): void {
    this.#splitter.end()
  }

  #record(parsed: ParsedLine, recognised: Recognised | undefined): void {
    const { record } = parsed
    const { time } = record
    if (this.#records++ < RECORDS_FOR_PROFILE) this.#guess.add(parsed, recognised)
    if (recognised === undefined) this.#unrecognisedRecords++
    const flow = recognised && flowFormOf(recognised)
    // Also of what came before the time asked for: the second of two lines may come after it.
    if (flow !== undefined) this.#flows.add(time, recognised!, flow)
    if (time < this.#since) return
    if (time < this.#first) this.#first = time
    if (time > this.#last) this.#last = time
    this.#client.addWriter(record.process)
    if (SERVICE_ERRORS.has(record.level)) this.#errors.add(record)
    if (recognised === undefined) this.#unrecognised.add(record)
    else if (flow === undefined) {
      this.#client.add(recognised)
      this.#pop.add(time, recognised)
    } else if (flow.source >= 0) this.#client.addSource(recognised.text(flow.source))
  }

  #unreadableLine(line: string, number: number, reason: Reason): void {
    this.#byReason.set(reason, (this.#byReason.get(reason) ?? 0) + 1)
    if (this.#unreadable.length >= MAX_UNREADABLE) return
    const text = detached(line.slice(0, MAX_UNREADABLE_TEXT))
    this.#unreadable.push({ file: this.#file.name, line: number, reason, text })
  }

  /** What the logs said so far. */
  result(): Report {
    const unreadable = [...this.#byReason.values()].reduce((sum, count) => sum + count, 0)
    const records = this.#records
    const continuation = this.#continuation
    return {
      files: this.#files.map((file) => ({ ...file })),
      lines: {
        total: records + continuation + unreadable,
        records,
        continuation,
        unrecognised: this.#unrecognisedRecords,
        unreadable,
      },
      unreadable: { byReason: Object.fromEntries(this.#byReason), lines: [...this.#unreadable] },
      unrecognised: this.#unrecognised
        .list(MAX_UNRECOGNISED)
        .map(({ component, message, count }) => ({ component, message, count })),
      time: this.#first <= this.#last ? { first: this.#first, last: this.#last } : undefined,
      profile: this.#guess.best(),
      client: this.#client.result(),
      errors: this.#errors.list(),
      pop: this.#pop.result(),
      flows: this.#flows.result(),
    }
  }
}
