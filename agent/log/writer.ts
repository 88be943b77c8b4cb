/**
 * Writes events to nsdebuglog.log. `report` only makes the line; the lines of one turn of the event loop leave in one
 * write at its end, so a kill loses at most the turn that was under way.
 */

import { SteerError } from '../errors.js'
import type { ColumnIds } from './column-ids.js'
import { columnIds } from './column-ids.js'
import type { EventLog, LogEvent } from './event.js'
import { LogFile } from './log-file.js'
import type { Profile } from './profile.js'
import type { Level } from './record.js'
import { formatRecord, LEVELS } from './record.js'
import { render } from './render.js'

/** Size of the real client's log before it rotates (documentation, 2026: "fixed file size 10M"). */
const DEFAULT_MAX_BYTES = 10 * 1024 * 1024

/** The real client "keeps two log files" (documentation). */
const DEFAULT_MAX_FILES = 2

/** How long a full disk is left alone before the next attempt. */
const DEFAULT_RETRY_MS = 1000

/** What a log writer needs. */
export interface LogWriterOptions {
  /** Where nsdebuglog.log lives; made when missing. */
  readonly directory: string
  readonly profile: Profile
  /** The clock: microseconds since 1970 UTC. The log prints local time. */
  readonly now: () => number
  /** The process id, which the pid column is made from. */
  readonly pid: number
  /** Least severe level that is written; `info` by default, as in the real client. */
  readonly level?: Level | undefined
  /** Size at which the log rotates, bytes; 10 MiB by default. Writers of one log share its size and count, the first's. */
  readonly maxBytes?: number
  /** Files kept in all, at least 2, which is the default: nsdebuglog.log and nsdebuglog.1.log. */
  readonly maxFiles?: number
  /** Pause between attempts to write to a disk that refuses, ms; 1000 by default. */
  readonly retryMs?: number
  /**
   * Told once when the log cannot be written (`log-write-failed`), and once more when it can again if lines were
   * lost meanwhile (`log-lines-lost`).
   */
  readonly onTrouble?: (error: SteerError) => void
}

/** A writer of a log. A process can have several of one log, for example one for each process column. */
export class LogWriter implements EventLog {
  readonly #options: LogWriterOptions
  readonly #ids: ColumnIds
  readonly #file: LogFile
  /** Index of the least severe level that is written. */
  #threshold: number
  #scheduled: NodeJS.Immediate | undefined
  /** Set while a refused write waits for its next attempt. */
  #retry: NodeJS.Timeout | undefined
  #troubled = false
  #lost = 0
  #closing: Promise<void> | undefined
  #offsetMinute = Number.NaN
  #offset = 0

  constructor(options: LogWriterOptions) {
    const { directory, profile, pid, level = 'info' } = options
    const { maxBytes = DEFAULT_MAX_BYTES, maxFiles = DEFAULT_MAX_FILES } = options
    this.#options = options
    this.#ids = columnIds(pid, profile)
    this.#file = LogFile.open({ directory, maxBytes, maxFiles, eol: profile.style.eol })
    this.#threshold = LEVELS.indexOf(level)
  }

  /** Full path of nsdebuglog.log. */
  get path(): string {
    return this.#file.path
  }

  /** Least severe level that is written; from the next event on when set. */
  get level(): Level {
    return LEVELS[this.#threshold]!
  }

  set level(level: Level) {
    this.#threshold = LEVELS.indexOf(level)
  }

  /** Size at which the log rotates, bytes; from the next event on when set, for all writers of the log. */
  get maxBytes(): number {
    return this.#file.maxBytes
  }

  set maxBytes(bytes: number) {
    this.#file.maxBytes = bytes
  }

  /** Stamps and queues the event's line; never throws and never waits. Ignored after `close`. */
  report(event: LogEvent): void {
    const { profile } = this.#options
    const found = profile.messages.get(event.type)
    if (this.#closing !== undefined || found === undefined || LEVELS.indexOf(found.level) > this.#threshold) return
    const { level, file, line, component, form } = found
    const { pid } = this.#ids
    const tid = this.#ids.tidOf(form.group)
    const time = this.#localTime()
    const message = render(event, form.template)
    // Named one by one: with a spread the whole of report takes seven times as long (4.3 against 0.6 us).
    const record = { time, process: profile.process, pid, tid, level, file, line, component, message }
    if (!this.#file.push(formatRecord(record, profile.style))) this.#lost++
    if (this.#retry !== undefined) return
    this.#scheduled ??= setImmediate(() => {
      this.#scheduled = undefined
      void this.flush()
    })
  }

  /** Resolves when all lines reported so far are written, or one attempt to write them has failed. Never rejects. */
  async flush(): Promise<void> {
    this.#cancelRetry()
    try {
      await this.#file.drain()
      // An earlier attempt may have failed meanwhile.
      this.#cancelRetry()
      this.#troubled = false
      this.#tellLost()
    } catch (error) {
      this.#cancelRetry()
      if (this.#closing === undefined)
        this.#retry = setTimeout(() => void this.flush(), this.#options.retryMs ?? DEFAULT_RETRY_MS).unref()
      if (!this.#troubled) this.#tellFailed(error as NodeJS.ErrnoException)
    }
  }

  /** Writes what is queued (one attempt) and closes the file. */
  close(): Promise<void> {
    clearImmediate(this.#scheduled)
    this.#closing ??= this.flush().then(() => this.#file.close())
    return this.#closing
  }

  #cancelRetry(): void {
    clearTimeout(this.#retry)
    this.#retry = undefined
  }

  #tellFailed(error: NodeJS.ErrnoException): void {
    this.#troubled = true
    const message = `${this.path} cannot be written (${error.code ?? error.message}); its lines wait in memory.`
    this.#options.onTrouble?.(new SteerError('log-write-failed', message, { cause: error }))
  }

  #tellLost(): void {
    if (this.#lost === 0) return
    const message = `${this.#lost} lines of ${this.path} were lost while it could not be written fast enough.`
    this.#lost = 0
    this.#options.onTrouble?.(new SteerError('log-lines-lost', message))
  }

  /** The wall clock here, as microseconds since 1970 as if it were UTC (see LogRecord.time). */
  #localTime(): number {
    const now = this.#options.now()
    const minute = Math.floor(now / 60e6)
    if (minute !== this.#offsetMinute) {
      this.#offsetMinute = minute
      this.#offset = new Date(minute * 60_000).getTimezoneOffset() * 60e6
    }
    return now - this.#offset
  }
}
