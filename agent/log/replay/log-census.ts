// Pure: the bytes of logs to their distinct flows, in one pass.

import { LineSplitter } from '../line-splitter.js'
import { RecordReader } from '../report/record-reader.js'
import { type Census, type CensusOptions, FlowCensus } from './flow-census.js'

/** The flows of logs, and how much was read for them. */
export interface LogCensusResult extends Census {
  readonly lines: number
  readonly records: number
}

/** Takes logs, each a set of files, oldest first. */
export class LogCensus {
  readonly #flows: FlowCensus
  readonly #reader: RecordReader
  #splitter = new LineSplitter(() => {})
  #lines = 0
  #records = 0

  constructor(options: CensusOptions = {}) {
    this.#flows = new FlowCensus(options)
    this.#reader = new RecordReader({
      record: ({ record }, recognised) => {
        this.#records++
        if (recognised !== undefined) this.#flows.add(record.time, recognised)
      },
      continuation: () => {},
      unreadable: () => {},
    })
  }

  /** The files that come are of another log. */
  beginLog(): void {
    this.#reader.beginLog()
    this.#flows.beginLog()
  }

  /** The bytes that come are of the next file of the log. */
  beginFile(): void {
    this.#splitter = new LineSplitter((line, number, eol, cut) => {
      this.#lines++
      this.#reader.line(line, number, eol, cut)
    })
  }

  /** Takes bytes of the file. They may be used again once this returns. */
  push(chunk: Uint8Array): void {
    this.#splitter.push(chunk)
  }

  /** The file is over: what has no line ending is its last line. */
  endFile(): void {
    this.#splitter.end()
  }

  /** What was read so far. */
  result(): LogCensusResult {
    return { ...this.#flows.result(), lines: this.#lines, records: this.#records }
  }
}
