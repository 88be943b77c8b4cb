/**
 * The agent's link to its tenant: a downloader as long as the files say that this client is enrolled (nsbranding.json) and
 * that the lab wants downloads (steerlab.json, written by `steerlab enroll`). What it downloads goes through the live
 * configuration, whole; the version in force is kept beside the certificates.
 */

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { keepCopy } from '../../../certs/file-set.js'
import type { EventLog } from '../../log/event.js'
import { CONFIGURATION_FILES, type FileName } from '../configuration.js'
import type { LiveConfiguration } from '../live-configuration.js'
import type { LabSettings } from '../schema/steerlab.js'
import { fileText } from '../write-defaults.js'
import { replaceFile } from '../write-file.js'
import { AddonClient } from './addon-client.js'
import type { ClientEvent, HostInfo } from './client-status.js'
import { Downloader } from './downloader.js'
import { type Enrolment, enrolmentOf } from './enrolment.js'
import { type DownloadStatus, NOT_ENROLLED, type UpdateOutcome } from './outcome.js'
import { type LabSchedule, scheduleSettings } from './schedule.js'

/** What a link is made of. */
export interface TenantLinkOptions {
  readonly live: LiveConfiguration
  /** Where the add-on host is dialled, and the authority of its certificate, PEM. */
  readonly addon: { readonly ip: string; readonly port: number; readonly ca: string }
  readonly hostInfo: HostInfo
  readonly log: EventLog
  readonly now: () => number
  readonly random: () => number
}

/** The files a tenant need not have; left out of a version they are as if they were missing. */
const OPTIONAL_FILES = ['nsbypass.json', 'nsoverlap.json'] as const satisfies readonly FileName[]

/** Not a file of the real client, whose own is not public. */
const VERSION_FILE = 'config-version.txt'

/** How long an end may wait for the tenant, ms. */
const GOODBYE_MS = 500

/** Follows the enrolment. */
export class TenantLink {
  readonly #options: TenantLinkOptions
  readonly #data: string
  #downloader: Downloader | undefined
  /** The enrolment the downloader works for, as text. */
  #enrolment = ''
  #lastEvent: ClientEvent | undefined
  #closed = false
  #closing: Promise<unknown> = Promise.resolve()

  constructor(options: TenantLinkOptions) {
    this.#options = options
    this.#data = join(options.live.status.directory, 'data')
  }

  get status(): DownloadStatus {
    return this.#downloader?.status ?? NOT_ENROLLED
  }

  /** Looks at the files in force: to be called at the start, and whenever they have changed. */
  follow(): void {
    if (this.#closed) return
    const { branding, lab } = this.#options.live.current.configuration
    const enrolment = lab.download?.enabled === true ? enrolmentOf(branding) : undefined
    const text = enrolment === undefined ? '' : JSON.stringify(enrolment)
    if (text === this.#enrolment) return
    const isFirst = this.#enrolment === ''
    this.#enrolment = text
    const old = this.#downloader
    this.#closing = Promise.all([this.#closing, old?.close()])
    this.#downloader = enrolment && this.#downloaderFor(enrolment, isFirst ? this.#versionInForce(enrolment) : '')
    this.#downloader?.start()
    if (this.#lastEvent !== undefined) this.#downloader?.postStatus(this.#lastEvent)
  }

  /** Downloads now what is new; undefined when this client is not enrolled. */
  updateNow(): Promise<UpdateOutcome> | undefined {
    return this.#downloader?.updateNow()
  }

  /** Tells the tenant; one that comes later is told the last event. */
  postStatus(event: ClientEvent): void {
    this.#lastEvent = event
    this.#downloader?.postStatus(event)
  }

  /** Tells the tenant that the client stops, if it hears of it in time, and ends. */
  async close(): Promise<void> {
    this.#closed = true
    const downloader = this.#downloader
    if (this.#lastEvent === 'Tunnel Up') downloader?.postStatus('Tunnel Down')
    const late = new AbortController()
    await Promise.race([downloader?.idle(), wait(GOODBYE_MS, undefined, { signal: late.signal }).catch(() => {})])
    late.abort()
    this.#downloader = undefined
    await Promise.all([this.#closing, downloader?.close()])
  }

  #downloaderFor(enrolment: Enrolment, version: string): Downloader {
    const { host, orgKey, userKey } = enrolment
    const whose = whoseVersion(enrolment)
    const { live, addon, hostInfo, log, now, random } = this.#options
    return new Downloader({
      client: new AddonClient({ host, ...addon }),
      keys: { orgKey, userKey, os: live.current.policy.os },
      version,
      settings: () => {
        const { lab, client } = live.current.configuration
        return scheduleSettings(labSchedule(lab.download), client.configUpdate?.updateIntervalInMin)
      },
      apply: async (files, version) => {
        const missing = OPTIONAL_FILES.map((file) => [file, fileText(CONFIGURATION_FILES[file].whenMissing)])
        const problems = await live.replace({ ...Object.fromEntries(missing), ...files })
        // Without the note the next start downloads once more.
        if (problems.length === 0)
          await replaceFile(join(this.#data, VERSION_FILE), `${whose} ${version}\n`).catch(() => {})
        return problems
      },
      keepCertificates: async (files) => {
        for (const [name, content] of Object.entries(files)) await keepCopy(join(this.#data, name), content)
      },
      hostInfo,
      classification: () => live.current.situation.device,
      log,
      now,
      random,
    })
  }

  /** The version an earlier run downloaded from this host, '' for none. */
  #versionInForce(enrolment: Enrolment): string {
    const whose = whoseVersion(enrolment)
    try {
      const text = readFileSync(join(this.#data, VERSION_FILE), 'utf8').trimEnd()
      return text.startsWith(`${whose} `) ? text.slice(whose.length + 1) : ''
    } catch {
      return ''
    }
  }
}

/** Host and user of a version, the user's key as a digest. */
function whoseVersion({ host, userKey }: Enrolment): string {
  return `${host} ${createHash('sha256').update(userKey).digest('hex').slice(0, 16)}`
}

/** The lab's intervals, which steerlab.json has in seconds. */
function labSchedule(download: LabSettings['download'] = {}): LabSchedule {
  const { firstRetrySeconds, checkSeconds, applyWithinSeconds, retrySeconds } = download
  return {
    ...(firstRetrySeconds === undefined ? {} : { firstRetryMs: firstRetrySeconds * 1000 }),
    ...(checkSeconds === undefined ? {} : { checkMs: checkSeconds * 1000 }),
    ...(applyWithinSeconds === undefined ? {} : { applyMinMs: 0, applyMaxMs: applyWithinSeconds * 1000 }),
    ...(retrySeconds === undefined ? {} : { retryMinMs: retrySeconds * 1000, retryMaxMs: retrySeconds * 1000 }),
  }
}
