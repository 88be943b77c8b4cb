/**
 * The configuration in force, and its watch. A change to any file of the directory is read, checked beside the event
 * loop and compiled in slices, and then holds for new flows at once and as a whole; flows under way are not touched. A
 * bad edit is refused, said once, and the last good version stays in force.
 *
 *   change -> quiet for a moment -> read all -> same as before? -> check (thread) -> compile (slices) -> in force
 */

import { join } from 'node:path'
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises'
import { messageOf } from '../errors.js'
import type { Situation } from '../steering/flow.js'
import type { Policy } from '../steering/policy.js'
import { inSlices } from '../stepwise.js'
import { BackgroundCheck } from './background-check.js'
import { digestOf, type FoundTexts, readSet } from './check-set.js'
import { compilePolicy, compileSteps } from './compile/compile-policy.js'
import { type Configuration, FILE_NAMES, type FileName } from './configuration.js'
import { FileWatch } from './file-watch.js'
import { type LoadedSet, readTexts } from './load.js'
import { situationOf } from './situation.js'
import { replaceFiles } from './write-file.js'

/** One version of the configuration, compiled. */
export interface InForce {
  readonly configuration: Configuration
  readonly policy: Policy
  readonly situation: Situation
}

/** What is in force, and what was refused since, as `steerlab status` shows it. */
export interface ConfigurationStatus {
  readonly directory: string
  /** 1 at the start, one more with each change. */
  readonly version: number
  /** ISO 8601. */
  readonly since: string
  /** The last edit that was refused; null when the files are what is in force. */
  readonly refused: { readonly at: string; readonly problems: readonly string[] } | null
}

/** What a live configuration is made of. */
export interface LiveConfigurationOptions {
  /** What was loaded at the start. */
  readonly loaded: LoadedSet
  /** ms since 1970. */
  readonly now: () => number
  /** A new version is in force. */
  readonly changed: (now: InForce, before: InForce) => void
  /** A line for whoever watches: an edit was refused, the files cannot be watched. */
  readonly warn: (line: string) => void
}

/** Editors write in several steps; a set is read when nothing has changed for this long, ms ... */
const QUIET_MS = 40

/** ... or the first change is this old, ms: under a storm of edits the newest still counts within half a second. */
const LONGEST_WAIT_MS = 150

/** A set that cannot be used is read once more after this time, ms: it may be half written. */
const SECOND_LOOK_MS = 60

/** Slices of compiling, ms; between them flows are relayed. */
const SLICE_MS = 4

/** Holds the configuration of one directory. */
export class LiveConfiguration {
  readonly #options: LiveConfigurationOptions
  readonly #directory: string
  readonly #check = new BackgroundCheck()
  readonly #toldKeys = new Set<string>()
  #current: InForce
  #version = 1
  #since: number
  #refused: ConfigurationStatus['refused'] = null
  /** What was read last, good or bad. */
  #digest: string
  #watch: FileWatch | undefined
  #timer: NodeJS.Timeout | undefined
  #firstChange = 0
  /** A refresh waits for its turn. */
  #isRefreshDue = false
  #closed = false
  /** One operation at a time; never rejects. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(options: LiveConfigurationOptions) {
    this.#options = options
    this.#directory = options.loaded.directory
    this.#since = options.now()
    const { configuration, digest, unknown } = options.loaded
    this.#digest = digest
    this.#tellKeys(unknown)
    this.#current = { configuration, policy: compilePolicy(configuration), situation: situationOf(configuration) }
  }

  get current(): InForce {
    return this.#current
  }

  get status(): ConfigurationStatus {
    return {
      directory: this.#directory,
      version: this.#version,
      since: new Date(this.#since).toISOString(),
      refused: this.#refused,
    }
  }

  /** Begins to watch. What has changed since the files were loaded is found as well. */
  watch(): void {
    this.#check.prepare()
    this.#watch = new FileWatch(this.#directory, FILE_NAMES, () => this.#hear())
    this.#hear()
  }

  /** Reads the files now, whether or not they were seen to change; settles when what they say is in force or refused. */
  refresh(): Promise<void> {
    return this.#inTurn(() => this.#refresh())
  }

  /**
   * Replaces files by texts, all together: checked as one set with the files that stay, then written, then in force.
   * Answers the problems; with any nothing is changed. Rejects with the system's error when a file cannot be written.
   */
  replace(texts: Readonly<Partial<Record<FileName, string>>>): Promise<readonly string[]> {
    return this.#inTurn(async () => {
      const found = { ...(await readTexts(this.#directory)) }
      for (const [file, text] of Object.entries(texts)) found[file as FileName] = { text }
      const findings = await this.#check.check(found)
      if ('problems' in findings) return findings.problems
      await replaceFiles(new Map(Object.entries(texts).map(([file, text]) => [join(this.#directory, file), text])))
      this.#digest = digestOf(found)
      await this.#takeUp(found, findings.unknown)
      return []
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#watch?.close()
    await this.#last
    await this.#check.close()
  }

  #hear(): void {
    const now = performance.now()
    if (this.#timer === undefined) this.#firstChange = now
    clearTimeout(this.#timer)
    const delay = Math.max(0, Math.min(QUIET_MS, this.#firstChange + LONGEST_WAIT_MS - now))
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#isRefreshDue) return
      this.#isRefreshDue = true
      void this.refresh()
    }, delay)
    this.#timer.unref()
  }

  #inTurn<Result>(operation: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(operation)
    this.#last = result.catch(() => {})
    return result
  }

  async #refresh(): Promise<void> {
    this.#isRefreshDue = false
    try {
      await this.#look()
    } catch (error) {
      // A fault of ours: what is in force stays, and the files are looked at again when they change.
      this.#refuse([`the files cannot be taken up: ${messageOf(error)}`])
    }
  }

  async #look(): Promise<void> {
    for (let secondLook = false; !this.#closed; ) {
      const found = await readTexts(this.#directory)
      const digest = digestOf(found)
      if (digest === this.#digest && !secondLook) return
      const isSame = digest === this.#digest
      this.#digest = digest
      const findings = await this.#check.check(found)
      if (this.#closed) return
      if ('unknown' in findings) return this.#takeUp(found, findings.unknown)
      if (secondLook && isSame) return this.#refuse(findings.problems)
      secondLook = true
      await wait(SECOND_LOOK_MS)
    }
  }

  #refuse(problems: readonly string[]): void {
    this.#refused = { at: new Date(this.#options.now()).toISOString(), problems }
    const line = `steerlab: a change in ${this.#directory} is refused, the last good version stays in force:`
    this.#options.warn([line, ...problems].join('\n'))
  }

  /** Keys that mean nothing here are told once. */
  #tellKeys(lines: readonly string[]): void {
    for (const line of lines) if (!this.#toldKeys.has(line)) this.#options.warn(`steerlab: ${line}`)
    for (const line of lines) this.#toldKeys.add(line)
  }

  async #takeUp(found: FoundTexts, unknown: readonly string[]): Promise<void> {
    const configuration = readSet(found)
    const policy = await inSlices(compileSteps(configuration), SLICE_MS, () => performance.now(), turn)
    if (this.#closed) return
    const before = this.#current
    this.#current = { configuration, policy, situation: situationOf(configuration) }
    this.#version += 1
    this.#since = this.#options.now()
    this.#refused = null
    this.#tellKeys(unknown)
    this.#options.changed(this.#current, before)
  }
}
