/**
 * Hears of changes to the client's files. The system tells of most at once (inotify on the directory); what it does not
 * tell, such as the target of a link, or a directory that was put in the place of another, a look every third of a second
 * finds. Keeps nobody alive.
 */

import { type BigIntStats, type FSWatcher, statSync, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { FILE_NAMES } from './configuration.js'

/** Between two looks, ms: with reading and checking an edit is in force within half a second. */
const LOOK_MS = 300

/** Watches one directory. */
export class FileWatch {
  readonly #paths: readonly string[]
  readonly #heard: () => void
  readonly #timer: NodeJS.Timeout
  #watcher: FSWatcher | undefined
  #seen: string
  #isLooking = false

  /** `heard` is called when something may have changed. */
  constructor(directory: string, heard: () => void) {
    this.#paths = FILE_NAMES.map((name) => join(directory, name))
    this.#heard = heard
    this.#seen = seenNow(this.#paths)
    try {
      this.#watcher = watch(directory, (_event, name) => {
        if (name === null || (FILE_NAMES as readonly string[]).includes(name)) heard()
      })
      this.#watcher.unref()
      // Looking goes on.
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // The limit of watches, or no such directory: looking is enough.
    }
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watcher?.close()
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    const facts = await Promise.all(this.#paths.map((path) => stat(path, { bigint: true }).then(factsOf, codeOf)))
    this.#isLooking = false
    const seen = facts.join('\n')
    if (seen === this.#seen) return
    this.#seen = seen
    this.#heard()
  }
}

function factsOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs}`
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? 'error'
}

/** As a look, at once: what changes from now on is heard of. */
function seenNow(paths: readonly string[]): string {
  const facts = paths.map((path) => {
    try {
      return factsOf(statSync(path, { bigint: true }))
    } catch (error) {
      return codeOf(error as NodeJS.ErrnoException)
    }
  })
  return facts.join('\n')
}
