/**
 * How the gateway inspects, live: `<home>/gateway/{inspect,policy,categories}.json` are watched, and what they say holds
 * for the next request, within half a second. Each file stands for itself: of a bad one the last good version stays in
 * force, or what holds without it.
 *
 *   change -> a moment -> read -> good? in force
 *                              -> bad or gone? read once more, then refused or defaults
 */

import { FileWatch } from '../../../agent/config/file-watch.js'
import type { GatewayLog } from '../../gateway-log.js'
import {
  checkInspection,
  compileInspection,
  DEFAULT_INSPECTION,
  INSPECTION_FILES,
  type Inspection,
  type InspectionFile,
  type InspectionValues,
} from './inspection.js'
import { readInspection } from './read-inspection.js'

/** What a live inspection is made of. */
export interface LiveInspectionOptions {
  /** Where the files are looked for; it need not be there. */
  readonly directory: string
  readonly log: GatewayLog
  /** A line for whoever watches: a file was refused. */
  readonly warn?: (line: string) => void
  /** Other files are in force. */
  readonly onChange?: (now: Inspection) => void
}

/** Editors write in several steps; files are read this long after the first sign of a change, ms. */
const QUIET_MS = 40

/** A file that is bad or gone is read once more after this time, ms: it may be half written, or about to be replaced. */
const SECOND_LOOK_MS = 60

/** What a file that is missing reads as, and every file before it was looked at. */
const MISSING = 'ENOENT'

/** Watches the files of one directory. */
export class LiveInspection {
  readonly #options: LiveInspectionOptions
  readonly #watch: FileWatch
  /** What was read of each file that is in force, or refused. */
  readonly #judged = new Map<InspectionFile, string>(INSPECTION_FILES.map((file) => [file, MISSING]))
  /** What was read of files that are to be read once more. */
  readonly #doubtful = new Map<InspectionFile, string>()
  #values = DEFAULT_INSPECTION
  #current = compileInspection(this.#values)
  #timer: NodeJS.Timeout | undefined

  /** Reads the files, and begins to watch. */
  constructor(options: LiveInspectionOptions) {
    this.#options = options
    // Before the first look: what changes in between is heard of.
    this.#watch = new FileWatch(options.directory, INSPECTION_FILES, () => this.#lookIn(QUIET_MS))
    this.#look('first')
  }

  /** What is in force: the same object until something changes. */
  get current(): Inspection {
    return this.#current
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#watch.close()
  }

  #lookIn(ms: number): void {
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#look('later')) this.#options.onChange?.(this.#current)
    }, ms)
    this.#timer.unref()
  }

  /** Takes up what is good; whether that was anything. */
  #look(when: 'first' | 'later'): boolean {
    const taken: Partial<InspectionValues>[] = []
    for (const file of INSPECTION_FILES) {
      const found = readInspection(this.#options.directory, file)
      const content = 'text' in found ? `text ${found.text}` : found.error
      const doubted = this.#doubtful.get(file)
      this.#doubtful.delete(file)
      if (content === this.#judged.get(file)) continue
      const checked = checkInspection(file, found)
      const isSure = when === 'first' || doubted === content || ('value' in checked && 'text' in found)
      if (!isSure) {
        this.#doubtful.set(file, content)
        continue
      }
      this.#judged.set(file, content)
      if ('problems' in checked) this.#refuse(file, checked.problems)
      else {
        taken.push({ [file]: checked.value })
        this.#options.log({ event: 'inspection-file-in-force', file, defaults: 'error' in found })
      }
    }
    if (this.#doubtful.size > 0) this.#lookIn(SECOND_LOOK_MS)
    if (taken.length === 0) return false
    this.#values = Object.assign({}, this.#values, ...taken)
    this.#current = compileInspection(this.#values)
    return true
  }

  #refuse(file: InspectionFile, problems: readonly string[]): void {
    const { log, warn, directory } = this.#options
    log({ event: 'inspection-file-refused', file, problems: problems.join('; ') })
    const line = `steerlab: ${file} in ${directory} is refused, what was in force before stays:`
    warn?.([line, ...problems].join('\n'))
  }
}
