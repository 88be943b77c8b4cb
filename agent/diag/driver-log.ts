/**
 * The driver log (`nsdiag -d start`): a text file with one line for each thing that happens to a flow at the doors. While it
 * does not run, a report costs nothing. A disk that is full ends the log, and nothing else; one that is slow loses lines,
 * which are counted.
 */

import { createWriteStream, openSync, type WriteStream } from 'node:fs'
import { messageOf, SteerError } from '../errors.js'
import { type DriverEvent, driverLine } from './driver-event.js'

/** The name where none is given; the real one is not public. */
export const DRIVER_LOG_FILE = 'nsdriver.log'

/** Bytes that wait for the disk, at most; some 40,000 lines. */
const MOST_WAITING = 4 * 1024 * 1024

/** Size at which the log ends itself, bytes: as large as nsdebuglog may be made (1 GB). */
const MOST_BYTES = 1024 * 1024 * 1024

/** A driver log that runs, or the last one. */
export interface DriverLogReport {
  /** Full path, '' before the first. */
  readonly file: string
  readonly running: boolean
  readonly lines: number
  /** Lines the disk was too slow for. */
  readonly lost: number
  /** Why it ended by itself, '' otherwise. */
  readonly failure: string
}

/** One agent's driver log. */
export class DriverLog {
  readonly #now: () => number
  readonly #mostBytes: number
  #stream: WriteStream | undefined
  #file = ''
  #bytes = 0
  #lines = 0
  #lost = 0
  #failure = ''
  /** Its last lines are being written. */
  #isEnding = false

  /** `now`: ms since 1970. */
  constructor(now: () => number, mostBytes = MOST_BYTES) {
    this.#now = now
    this.#mostBytes = mostBytes
  }

  /** Whether reports are written; who makes them may ask before. */
  get running(): boolean {
    return this.#stream !== undefined
  }

  get status(): DriverLogReport {
    const { running } = this
    return { file: this.#file, running, lines: this.#lines, lost: this.#lost, failure: this.#failure }
  }

  /** Begins a new file. Throws SteerError `driver-log-running`, and `driver-log-failed` where it cannot be made. */
  start(path: string): DriverLogReport {
    if (this.running || this.#isEnding)
      throw new SteerError('driver-log-running', `a driver log runs already: ${this.#file}`)
    const stream = createWriteStream(path, { fd: opened(path), highWaterMark: MOST_WAITING })
    stream.on('error', (error) => this.#end(stream, messageOf(error)))
    this.#stream = stream
    this.#file = path
    this.#bytes = 0
    this.#lines = 0
    this.#lost = 0
    this.#failure = ''
    return this.status
  }

  /** Ends the log; settles when all its lines are written. Throws SteerError `no-driver-log`. */
  async stop(): Promise<DriverLogReport> {
    const stream = this.#stream
    if (stream === undefined) {
      const last = this.#failure === '' ? '' : `: the last one ended by itself (${this.#failure})`
      throw new SteerError('no-driver-log', `no driver log runs${last}`)
    }
    this.#stream = undefined
    this.#isEnding = true
    // A disk that is full by now is told in the report.
    await new Promise<void>((resolve) => {
      stream.once('close', resolve)
      stream.end()
    })
    this.#isEnding = false
    return this.status
  }

  /** Writes one line; never throws and never waits. Does nothing while the log does not run. */
  report(event: DriverEvent): void {
    const stream = this.#stream
    if (stream === undefined) return
    if (stream.writableLength >= MOST_WAITING) {
      this.#lost += 1
      return
    }
    const line = `${driverLine(event, this.#now())}\n`
    this.#bytes += Buffer.byteLength(line)
    if (this.#bytes > this.#mostBytes) return this.#end(stream, `it has reached its ${this.#mostBytes} bytes`)
    this.#lines += 1
    stream.write(line)
  }

  #end(stream: WriteStream, why: string): void {
    this.#failure = why
    if (this.#stream === stream) this.#stream = undefined
    stream.end()
  }
}

/** The file, the user's alone. */
function opened(path: string): number {
  try {
    return openSync(path, 'w', 0o600)
  } catch (error) {
    throw new SteerError('driver-log-failed', `the driver log cannot be written: ${messageOf(error)}`, { cause: error })
  }
}
