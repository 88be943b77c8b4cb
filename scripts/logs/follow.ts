/** A log while it is written, like `tail -F`: from its start, on through rotation, truncation and a late birth. */

import { type FSWatcher, watch } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { readFault } from './log-bytes.js'

/** How to follow a log. */
export interface FollowOptions {
  /** Ends the following. */
  readonly signal: AbortSignal
  /** Longest time until new bytes are seen, ms; a change the system reports is seen at once. Default 250. */
  readonly pollMs?: number
}

const DEFAULT_POLL_MS = 250

/** Read at once, bytes. */
const READ_BYTES = 1024 * 1024

/**
 * The bytes of the file and what is appended, until the signal. A file that is renamed is read to its end before the one
 * that took its name. What a second rotation puts in between is lost if the first was not yet seen, and a file truncated
 * and filled beyond its old length meanwhile is taken for one that grew. Throws a user's mistake if it cannot be read.
 */
export async function* followLog(path: string, options: FollowOptions): AsyncGenerator<Uint8Array> {
  const { signal, pollMs = DEFAULT_POLL_MS } = options
  const changes = new Changes(dirname(path), signal)
  let log: OpenLog | undefined
  try {
    while (!signal.aborted) {
      log ??= await openIfThere(path)
      if (log !== undefined) {
        yield* log.news(signal)
        if (await log.isReplacedAt(path)) {
          // Lines may have come between the end just read and the renaming; after a new file exists, none do.
          yield* log.news(signal)
          await log.close()
          log = undefined
          continue
        }
      }
      await changes.next(pollMs)
    }
  } catch (error) {
    throw readFault(error, path)
  } finally {
    changes.close()
    await log?.close()
  }
}

/** A file with the place read up to. Open, it keeps its inode number from being given to its successor. */
class OpenLog {
  readonly #handle: FileHandle
  #position = 0

  constructor(handle: FileHandle) {
    this.#handle = handle
  }

  async *news(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    while (!signal.aborted) {
      const { size } = await this.#handle.stat()
      if (size < this.#position) this.#position = 0
      const wanted = Math.min(size - this.#position, READ_BYTES)
      const { bytesRead, buffer } = await this.#handle.read(Buffer.allocUnsafe(wanted), 0, wanted, this.#position)
      if (bytesRead === 0) return
      this.#position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  }

  /** Whether another file has the path now; a path that is free is not taken yet. */
  async isReplacedAt(path: string): Promise<boolean> {
    // Numbers of inodes on Windows need all 64 bits.
    const [mine, there] = await Promise.all([
      this.#handle.stat({ bigint: true }),
      ifThere(stat(path, { bigint: true })),
    ])
    return there !== undefined && (there.ino !== mine.ino || there.dev !== mine.dev)
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

async function openIfThere(path: string): Promise<OpenLog | undefined> {
  const handle = await ifThere(open(path))
  return handle && new OpenLog(handle)
}

async function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Tells when it is worth a look. The system's reports are taken where there are any; the time always. */
class Changes {
  readonly #signal: AbortSignal
  #watcher: FSWatcher | undefined
  /** Something happened that nobody has waited for yet. */
  #pending = false
  #wake: (() => void) | undefined

  constructor(directory: string, signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', this.#happened)
    try {
      this.#watcher = watch(directory, this.#happened)
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // No such directory yet, or no more watches to be had: time alone will tell.
    }
  }

  /** Waits for a change, at most `pollMs`. */
  async next(pollMs: number): Promise<void> {
    if (!this.#pending && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    this.#pending = false
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#happened)
    this.#watcher?.close()
  }

  #happened = (): void => {
    this.#pending = true
    this.#wake?.()
  }
}
