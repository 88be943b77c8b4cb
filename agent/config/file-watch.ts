/**
 * Hears of changes to files of one directory. The system tells of most at once (inotify on the directory); what it does
 * not tell, such as the target of a link, or a directory that was put in the place of another, a look every third of a
 * second finds. Keeps nobody alive.
 */

import { type FSWatcher, statSync, watch } from 'node:fs'
import { join } from 'node:path'

/** Between two looks, ms: with reading and checking an edit is in force within half a second. */
const LOOK_MS = 300

/** Watches the files of these names, whether they are there or not. */
export class FileWatch {
  readonly #paths: readonly string[]
  readonly #heard: () => void
  readonly #timer: NodeJS.Timeout
  #watcher: FSWatcher | undefined
  #seen: string

  /** `heard` is called when something may have changed. */
  constructor(directory: string, names: readonly string[], heard: () => void) {
    this.#paths = names.map((name) => join(directory, name))
    this.#heard = heard
    this.#seen = factsOf(this.#paths)
    try {
      this.#watcher = watch(directory, (_event, name) => {
        if (name === null || names.includes(name)) heard()
      })
      this.#watcher.unref()
      // Looking goes on.
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch {
      // The limit of watches, or no such directory: looking is enough.
    }
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
    this.#watcher?.close()
  }

  #look(): void {
    const seen = factsOf(this.#paths)
    if (seen === this.#seen) return
    this.#seen = seen
    this.#heard()
  }
}

/** What tells one state of the files from another. Not waited for: measured over 20 s, waiting costs three times as much. */
function factsOf(paths: readonly string[]): string {
  const facts = paths.map((path) => {
    try {
      const facts = statSync(path, { throwIfNoEntry: false })
      return facts === undefined ? 'none' : `${facts.ino} ${facts.size} ${facts.mtimeMs}`
    } catch (error) {
      return (error as NodeJS.ErrnoException).code
    }
  })
  return facts.join('\n')
}
