/**
 * What a tenant's clients are served, from the tenant's directory:
 *
 *   nsconfig.json, nssteering.json ...   the administrator's own files, edited at will
 *   tenant.json                          who the tenant is, its keys and users
 *   versions/<id>/                       what was published; the newest is served
 *
 * Nothing watches the directory: each question looks whether the files have changed since the last one. When they have
 * and are good, they are published as a new version; when they are not good, the last version stays in force and the
 * gateway's log says why. Several files are edited one after the other: a question waits until they rest.
 */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { replaceFile } from '../../agent/config/write-file.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import type { GatewayLog } from '../gateway-log.js'
import { configVersionOf, nextVersionId } from './config-version.js'
import { publishVersion, readVersion, type Version, versionIds } from './published-versions.js'
import { readStoredFiles, stampOf } from './stored-files.js'
import { readTenant, writingIn } from './tenant.js'
import { areSame, problemsOf, TENANT_FILE_NAMES, type TenantFiles } from './tenant-files.js'
import type { Tenant } from './tenant-json.js'

/** What a store is made with. */
export interface TenantStoreOptions {
  /** The tenant's directory; it may be missing. */
  readonly directory: string
  readonly now: () => Date
  readonly log: GatewayLog
}

/** What is served now; no version when none was ever good. */
export interface ServedTenant {
  readonly tenant: Tenant
  readonly version: Version | undefined
}

/**
 * Files rest when none was written for so long, ms: longer than a program takes from one file to the next, and than the
 * file system's tick, within which two writes can look the same.
 */
const REST_MS = 100

/** A timer may be early by a millisecond, and the file system's clock is some behind, ms. */
const TIMER_SPARE_MS = 10

/** Waits for files that do not come to rest; then the last version is served. */
const MAX_WAITS = 3

/** One tenant's directory. Its questions are answered one after the other. */
export class TenantStore {
  readonly #options: TenantStoreOptions
  #served: Version | undefined
  /** Stamp of the administrator's files as they were compared last; undefined when they must be compared again. */
  #compared: string | undefined
  #refused: readonly string[] = []
  #turn: Promise<unknown> = Promise.resolve()
  /** The answer to those who wait for their turn: they share it, so that nobody waits for more than two. */
  #next: Promise<ServedTenant | undefined> | undefined

  constructor(options: TenantStoreOptions) {
    this.#options = options
  }

  /**
   * The tenant and its newest version, published just now if the files have changed; undefined when there is no tenant.
   * Rejects when the directory cannot be read, and with what `readTenant` throws.
   */
  current(): Promise<ServedTenant | undefined> {
    this.#next ??= this.#inTurn(async () => {
      this.#next = undefined
      const tenant = await readTenant(this.#options.directory)
      return tenant && { tenant, version: await this.#refresh() }
    })
    return this.#next
  }

  /** The ids of the published versions, newest first. Rejects with the system's error. */
  versions(): Promise<readonly string[]> {
    return versionIds(this.#options.directory)
  }

  /**
   * Makes the files of a version (its id, or its config_version) the administrator's files again, and publishes them;
   * answers the new version's id. What the administrator had is a version itself, unless it was refused. Throws a user's
   * mistake `version-unknown`, `config-invalid` (by today's rules) or `tenant-unwritable`, and SteerError
   * `config-not-published`.
   */
  rollback(wanted: string): Promise<string> {
    const { directory } = this.#options
    return this.#inTurn(async () => {
      await this.#refresh()
      const version = await readVersion(directory, wanted.replace(' ', 'T'))
      if (version === undefined) throw userMistake('version-unknown', `there is no version "${wanted}"`)
      const problems = problemsOf(version.files)
      if (problems.length > 0) throw userMistake('config-invalid', problems.join('\n'))
      await writingIn(directory, async () => {
        for (const name of TENANT_FILE_NAMES) {
          const text = version.files[name]
          if (text === undefined) await rm(join(directory, name), { force: true })
          else await replaceFile(join(directory, name), text)
        }
      })
      // At once, before another process finds these files at rest and publishes them too.
      await this.#consider(version.files, await this.#readNewest())
      if (this.#served !== undefined && areSame(this.#served.files, version.files)) return this.#served.id
      throw new SteerError('config-not-published', `the version is not published: ${this.#refused.join('; ')}`)
    })
  }

  #inTurn<T>(question: () => Promise<T>): Promise<T> {
    const answer = this.#turn.then(question)
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  async #refresh(): Promise<Version | undefined> {
    const { directory } = this.#options
    const stamp = await this.#stampAtRest()
    const newest = await this.#readNewest()
    if (stamp === undefined || stamp === this.#compared) return this.#served
    const stored = await readStoredFiles(directory)
    // Somebody has begun to write: the next question sees what comes of it.
    if ((await stampOf(directory)).text !== stamp) return this.#served
    this.#compared = stamp
    if ('problems' in stored) this.#refuse(stored.problems)
    else await this.#consider(stored.files, newest)
    return this.#served
  }

  /** The stamp of the administrator's files; undefined while somebody goes on writing. */
  async #stampAtRest(): Promise<string | undefined> {
    const { directory, now } = this.#options
    for (let waits = 0; ; waits++) {
      const { text, changed } = await stampOf(directory)
      const age = now().getTime() - changed
      // Files of the future tell that the clock was set back, and nothing else.
      if (text === this.#compared || age < 0 || age > REST_MS) return text
      if (waits === MAX_WAITS) return undefined
      await setTimeout(REST_MS - age + TIMER_SPARE_MS)
    }
  }

  /** Serves what another process published, if it did; answers the newest id there is, whole or not. */
  async #readNewest(): Promise<string | undefined> {
    const { directory } = this.#options
    const ids = await versionIds(directory)
    if (ids[0] !== this.#served?.id) {
      this.#served = await newestOf(directory, ids)
      this.#compared = undefined
    }
    return ids[0]
  }

  /** Publishes the administrator's files if they are new and good. */
  async #consider(files: TenantFiles, newest: string | undefined): Promise<void> {
    const { directory, now, log } = this.#options
    const isNew = this.#served === undefined || !areSame(files, this.#served.files)
    const problems = isNew ? problemsOf(files) : []
    if (problems.length > 0) return this.#refuse(problems)
    if (isNew) {
      const version = { id: nextVersionId(now(), newest), files }
      try {
        await publishVersion(directory, version)
      } catch (error) {
        this.#compared = undefined
        return this.#refuse([`cannot be published (${(error as NodeJS.ErrnoException).code})`])
      }
      this.#served = version
      log({ event: 'config-published', version: configVersionOf(version.id) })
    }
    this.#refused = []
  }

  /** Logs the problems that were not there at the last look. */
  #refuse(problems: readonly string[]): void {
    for (const reason of problems)
      if (!this.#refused.includes(reason)) this.#options.log({ event: 'config-refused', reason })
    this.#refused = problems
  }
}

/** The newest version of which all is there. */
async function newestOf(directory: string, ids: readonly string[]): Promise<Version | undefined> {
  for (const id of ids) {
    const version = await readVersion(directory, id)
    if (version !== undefined) return version
  }
  return undefined
}
