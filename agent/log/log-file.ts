/**
 * nsdebuglog.log on disk: whole lines appended through one handle, rotated to nsdebuglog.1.log before a line would not
 * fit. A write that fails part way is taken up where it stopped, so that no half line is ever followed by another.
 */

import { writeSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'

/** The log names users and hosts: its owner reads it, nobody else. */
const OWNER_ONLY = 0o600

/** Lines kept while the disk does not take them; 32 MiB are some 200,000 lines. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024

const NEWLINE = 0x0a
const NOTHING = Buffer.alloc(0)

/** What a log file needs to know. */
export interface LogFileOptions {
  readonly directory: string
  /** Size the file does not exceed unless one line alone does, bytes. */
  readonly maxBytes: number
  readonly eol: string
}

/** One log file and its queue of lines. `drain` must not be called again before it settles. */
export class LogFile {
  readonly path: string
  readonly #options: LogFileOptions
  #handle: FileHandle | undefined
  #size = 0
  #queue: string[] = []
  #queuedBytes = 0
  /** Bytes taken off the queue and not yet written. */
  #rest: Buffer = NOTHING

  constructor(options: LogFileOptions) {
    this.#options = options
    this.path = join(options.directory, 'nsdebuglog.log')
  }

  /** Queues a line, its ending included; false when the queue is full and the line is dropped. */
  push(line: string): boolean {
    const bytes = Buffer.byteLength(line)
    if (this.#queuedBytes + bytes > MAX_QUEUED_BYTES) return false
    this.#queue.push(line)
    this.#queuedBytes += bytes
    return true
  }

  /** Writes until nothing is queued. Rejects with the system's error; what is not written stays queued. */
  async drain(): Promise<void> {
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

  /** Closes the handle; queued lines are not written. */
  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  /** Whether the next line belongs into a new file. */
  #isFull(): boolean {
    return this.#size > 0 && this.#size + Buffer.byteLength(this.#queue[0] ?? '') > this.#options.maxBytes
  }

  /** As many whole lines as fit, at least one. */
  #takeBatch(): Buffer {
    const room = this.#options.maxBytes - this.#size
    let count = 0
    let bytes = 0
    for (const line of this.#queue) {
      const length = Buffer.byteLength(line)
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

  async #rotate(): Promise<void> {
    await rename(this.path, join(this.#options.directory, 'nsdebuglog.1.log')).catch(ignoreMissing)
    await this.close()
  }
}

/** Somebody removed the log while it was written: then there is nothing to keep, and a new file begins. */
function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0]
}
