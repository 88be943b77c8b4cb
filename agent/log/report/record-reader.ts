// Pure: lines to records, each with its message understood. Lines without a stamp that go on with the record before are
// told from those that cannot be read.

import type { LineEnd } from '../line-splitter.js'
import { type Recognised, recognise } from '../recognise.js'
import { type ParsedLine, parseLine, type UnreadableReason } from '../record.js'

/** Who takes what is read. */
export interface RecordSink {
  record(parsed: ParsedLine, recognised: Recognised | undefined): void
  /** A line that belongs to the record given before it. */
  continuation(line: string): void
  /** `number` counts from 1. */
  unreadable(line: string, number: number, reason: UnreadableReason | 'too-long'): void
}

/** What the lines of a record may have together, UTF-16 units: the client cuts it at 4,062 (reference 1.5). */
const MAX_CONTINUATION = 64 * 1024

/** How a line goes on that is not in a block: as the JSON that clients write over several lines. */
const GOES_ON = /^[\s{}[\]"]/

/** Reads the lines of one log, file by file. */
export class RecordReader {
  readonly #sink: RecordSink
  /** What a line without a stamp would belong to. */
  #open: 'nothing' | 'record' | 'block' = 'nothing'
  #continued = 0

  constructor(sink: RecordSink) {
    this.#sink = sink
  }

  /** Another log: what comes does not go on with the record before. */
  beginLog(): void {
    this.#open = 'nothing'
  }

  /** Takes a line as LineSplitter gives it. */
  line(line: string, number: number, eol: LineEnd, cut: boolean): void {
    const parsed = cut ? ({ reason: 'too-long' } as const) : parseLine(line, eol)
    if ('record' in parsed) {
      const recognised = recognise(parsed.record.message)
      this.#open = recognised?.form.opensBlock ? 'block' : 'record'
      this.#continued = 0
      this.#sink.record(parsed, recognised)
    } else if (this.#goesOn(line, parsed.reason)) {
      this.#continued += line.length
      this.#sink.continuation(line)
    } else {
      this.#open = 'nothing'
      this.#sink.unreadable(line, number, parsed.reason)
    }
  }

  #goesOn(line: string, reason: UnreadableReason | 'too-long'): boolean {
    if (this.#continued + line.length > MAX_CONTINUATION) return false
    if (reason !== 'no-stamp' && reason !== 'empty') return false
    return this.#open === 'block' || (this.#open === 'record' && GOES_ON.test(line))
  }
}
