/**
 * nsdebuglog.log on disk: whole records appended through one handle, rotated to nsdebuglog.1.log, .2.log and so on
 * before one would not fit. A write that fails part way is taken up where it stopped, so that no half line is ever
 * followed by another.
 */

import { existsSync, writeSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, rename } from 'node:fs/promises'
import { resolve } from 'node:path'

/** The log names users and hosts: its owner reads it, nobody else. */
const OWNER_ONLY = 0o600

/** What is kept while the disk does not take them; 32 MiB are some 200,000 lines. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024

const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)

/** What a log file needs to know. */
export interface LogFileOptions {
  readonly directory: string
  /** `LogFile.maxBytes` at the start. */
  readonly maxBytes: number
  /** Files kept in all, at least 2: with 3, nsdebuglog.log, nsdebuglog.1.log and the oldest, nsdebuglog.2.log. */
  readonly maxFiles: number
  readonly eol: string
}

/** The log files open in this process, by path. */
const openFiles = new Map<string, LogFile>()

/** One log file and its queue of records. */
export class LogFile {
  readonly path: string
  /** Size a file does not exceed unless one record alone does, bytes; from the next record on when set. */
  maxBytes: number
  readonly #options: LogFileOptions
  #openings = 0
  /** Settles with the drain that was asked for last. */
  #drained: Promise<void> = Promise.resolve()
  #handle: FileHandle | undefined
  #size = 0
  #queue: string[] = []
  #queuedBytes = 0
  /** Bytes taken off the queue and not yet written. */
  #rest: Buffer = NOTHING

  private constructor(path: string, options: LogFileOptions) {
    this.path = path
    this.maxBytes = options.maxBytes
    this.#options = options
  }

  /**
   * The log file of a directory, to be closed by each who opened it. While it is open there is one of it, with the
   * options it was opened with first: two would rotate under each other and end each other's half lines.
   */
  static open(options: LogFileOptions): LogFile {
    const path = pathIn(options.directory, 0)
    const file = openFiles.get(path) ?? new LogFile(path, options)
    openFiles.set(path, file)
    file.#openings++
    return file
  }

  /**
   * Queues a record: a line, or several that must stay together, each with its ending. False when the queue is full
   * and the record is dropped.
   */
  push(record: string): boolean {
    const bytes = Buffer.byteLength(record)
    if (this.#queuedBytes + bytes > MAX_QUEUED_BYTES) return false
    this.#queue.push(record)
    this.#queuedBytes += bytes
    return true
  }

  /** Writes all that was queued before. Rejects with the system's error; what is not written stays queued. */
  drain(): Promise<void> {
    const drained = this.#drained.then(() => this.#write())
    this.#drained = drained.catch(() => undefined)
    return drained
  }

  /** Closes the handle when everybody who opened the file has closed it; what is still queued then is not written. */
  async close(): Promise<void> {
    this.#openings--
    if (this.#openings > 0) return
    openFiles.delete(this.path)
    await this.#closeHandle()
  }

  async #write(): Promise<void> {
    while (this.#rest.length > 0 || this.#queue.length > 0) {
      this.#handle ??= await this.#open()
      if (this.#rest.length === 0) {
        if (this.#isFull()) {
          await this.#rotate()
          continue
        }
        this.#rest = this.#takeBatch()
      }
      // Synchronously: into the page cache it takes a few microseconds, a tenth of the way through the thread pool.
      const bytesWritten = writeSync(this.#handle.fd, this.#rest)
      this.#size += bytesWritten
      this.#rest = this.#rest.subarray(bytesWritten)
    }
  }

  /** Whether the next record belongs into a new file. */
  #isFull(): boolean {
    return this.#size > 0 && this.#size + Buffer.byteLength(this.#queue[0] ?? '') > this.maxBytes
  }

  /** As many whole records as fit, at least one. */
  #takeBatch(): Buffer {
    const room = this.maxBytes - this.#size
    let count = 0
    let bytes = 0
    for (const record of this.#queue) {
      const length = Buffer.byteLength(record)
      if (count > 0 && bytes + length > room) break
      bytes += length
      count++
    }
    this.#queuedBytes -= bytes
    return Buffer.from(this.#queue.splice(0, count).join(''))
  }

  async #open(): Promise<FileHandle> {
    await mkdir(this.#options.directory, { recursive: true, mode: 0o700 })
    const handle = await open(this.path, 'a+', OWNER_ONLY)
    try {
      const { size } = await handle.stat()
      this.#size = size
      // A predecessor died, or its disk was full, in the middle of a line.
      if (size > 0 && (await lastByte(handle, size)) !== NEWLINE) this.#rest = Buffer.from(this.#options.eol)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Gives each file the next number. A log that somebody removed is no fault: nothing moves, and a new one begins. */
  async #rotate(): Promise<void> {
    const { directory, maxFiles } = this.#options
    // Only up to the first free number: a rotation that failed half way goes on where it stopped, and loses no file more.
    let free = 0
    while (free < maxFiles - 1 && existsSync(pathIn(directory, free))) free++
    for (let n = free; n > 0; n--) await rename(pathIn(directory, n - 1), pathIn(directory, n))
    await this.#closeHandle()
  }

  async #closeHandle(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }
}

/** The name of the log's file number `n`: 0 is the newest, and has none in its name. */
export function logFileName(n: number): string {
  return n === 0 ? 'nsdebuglog.log' : `nsdebuglog.${n}.log`
}

function pathIn(directory: string, n: number): string {
  return resolve(directory, logFileName(n))
}

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0]
}
