/**
 * Keeps the client's configuration that of its tenant: asks by the schedule and on demand, hands each new version over
 * whole, and tells the tenant what happens to the client. One operation runs at a time. While the add-on host is away
 * everything stays as it is.
 */

import { messageOf } from '../../errors.js'
import type { EventLog } from '../../log/event.js'
import { CLOSED } from '../../outbound/https-failure.js'
import type { DeviceClass } from '../../steering/flow.js'
import type { Addon, AddonClient } from './addon-client.js'
import type { AddonFailure } from './answer.js'
import { type ClientEvent, clientStatus, type HostInfo, StatusQueue } from './client-status.js'
import { type AddonKeys, statusRequest } from './endpoints.js'
import { loggedAddon } from './logged-addon.js'
import {
  type CheckOutcome,
  type DownloadStatus,
  happenedBy,
  NOT_ENROLLED,
  statusAfter,
  type UpdateOutcome,
} from './outcome.js'
import { type Happened, next, retryMinutes, type ScheduleSettings, type ScheduleState } from './schedule.js'
import { askVersion, downloadVersion, type VersionDownload } from './version-download.js'

/** Runs something once after `ms`; answers with what cancels it. */
export type SetTimer = (ms: number, run: () => void) => () => void

/** What a downloader is made of. */
export interface DownloaderOptions {
  /** Closed with the downloader. */
  readonly client: AddonClient
  readonly keys: AddonKeys
  /** The version in force from an earlier run, '' for none. Only another one is downloaded. */
  readonly version: string
  /** The waits; asked each time, for a new configuration may change them. */
  readonly settings: () => ScheduleSettings
  /**
   * Puts all files of a version in force (the branding is not among them, and a file the tenant does not have is left
   * out); answers with what is wrong with them, nothing when they are in force.
   */
  readonly apply: (files: VersionDownload['files'], version: string) => Promise<readonly string[]>
  /** Keeps the certificates; called before `apply`. */
  readonly keepCertificates: (files: VersionDownload['certificates']) => Promise<void>
  readonly hostInfo: HostInfo
  readonly classification: () => DeviceClass
  readonly log: EventLog
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
  /** The system's timers unless given. */
  readonly setTimer?: SetTimer
}

const systemTimer: SetTimer = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

/** The download of one enrolled client. */
export class Downloader {
  readonly #options: DownloaderOptions
  readonly #addon: Addon
  readonly #setTimer: SetTimer
  readonly #statuses = new StatusQueue()
  #status: DownloadStatus
  #schedule: ScheduleState
  #cancelTimer: () => void = () => {}
  /** Settles when all operations asked for are over. */
  #idle: Promise<unknown> = Promise.resolve()
  /** The update that waits for its turn, which all who ask meanwhile share. */
  #nextUpdate: Promise<UpdateOutcome> | undefined
  #isPostWaiting = false
  #closed = false

  constructor(options: DownloaderOptions) {
    const { client, version, log, setTimer = systemTimer } = options
    this.#options = options
    this.#addon = loggedAddon(client, log)
    this.#setTimer = setTimer
    this.#schedule = version === '' ? 'first' : 'synced'
    this.#status = { ...NOT_ENROLLED, enrolled: true, host: client.host, version }
  }

  /** Downloads at once, and from then on by the schedule. */
  start(): void {
    this.#plan('started')
  }

  /** Downloads now what is new; never rejects. */
  updateNow(): Promise<UpdateOutcome> {
    this.#nextUpdate ??= this.#operation(() => {
      this.#nextUpdate = undefined
      return this.#update()
    })
    return this.#nextUpdate
  }

  /** Tells the tenant; while the add-on host is away the status waits for the next contact. */
  postStatus(event: ClientEvent): void {
    const { hostInfo, classification } = this.#options
    this.#statuses.add(clientStatus(event, hostInfo, classification()))
    this.#postSoon()
  }

  get status(): DownloadStatus {
    return { ...this.#status, statusesWaiting: this.#statuses.size }
  }

  /** Settles when what was asked for until now is over. */
  async idle(): Promise<void> {
    await this.#idle
  }

  /** Ends what is under way and waits for its end, as for an `apply` that runs. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelTimer()
    this.#options.client.close()
    await this.#idle
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const result = this.#idle.then(run)
    this.#idle = result
    return result
  }

  #operation<T extends CheckOutcome>(run: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      this.#cancelTimer()
      const outcome = await run()
      if (this.#closed) return outcome
      this.#status = statusAfter(this.#status, outcome, this.#isoTime(0))
      this.#plan(happenedBy(outcome))
      if (outcome.result !== 'failed') this.#postSoon()
      return outcome
    })
  }

  #plan(happened: Happened): void {
    const { random, settings, log } = this.#options
    const { state, afterMs, action } = next(this.#schedule, happened, random(), settings())
    if (happened === 'failed') log.report({ type: 'config-retry', minutes: retryMinutes(afterMs) })
    this.#schedule = state
    this.#status = { ...this.#status, nextCheck: this.#isoTime(afterMs) }
    this.#cancelTimer()
    this.#cancelTimer = this.#setTimer(afterMs, () => {
      void (action === 'download' ? this.updateNow() : this.#operation(() => this.#check()))
    })
  }

  async #check(): Promise<CheckOutcome> {
    if (this.#closed) return { result: 'failed', ...CLOSED }
    const offered = await askVersion(this.#addon, this.#options.keys)
    if ('failure' in offered) return { result: 'failed', ...offered }
    return { result: offered.version === this.#status.version ? 'up-to-date' : 'new-version', ...offered }
  }

  async #update(): Promise<UpdateOutcome> {
    const checked = await this.#check()
    if (checked.result !== 'new-version') return checked
    const download = await downloadVersion(this.#addon, this.#options.keys, checked.version)
    if ('failure' in download) return { result: 'failed', ...download }
    const { version } = download
    const problems = await this.#putInForce(download)
    return problems.length > 0 ? { result: 'refused', version, problems } : { result: 'in-force', version }
  }

  async #putInForce({ files, certificates, version }: VersionDownload): Promise<readonly string[]> {
    try {
      await this.#options.keepCertificates(certificates)
      return await this.#options.apply(files, version)
    } catch (error) {
      // A full disk, for one: the version in force stays, and the schedule comes back to this one.
      return [messageOf(error)]
    }
  }

  #postSoon(): void {
    if (this.#closed || this.#isPostWaiting || this.#statuses.size === 0) return
    this.#isPostWaiting = true
    void this.#inTurn(() => {
      this.#isPostWaiting = false
      return this.#postWaiting()
    })
  }

  async #postWaiting(): Promise<void> {
    const request = statusRequest(this.#options.keys)
    for (let status = this.#statuses.oldest; status !== undefined; status = this.#statuses.oldest) {
      if (this.#closed) return
      const answer = await this.#addon.ask(request, status)
      if ('failure' in answer && !isFinalNo(answer)) return
      this.#statuses.remove(status)
    }
  }

  #isoTime(inMs: number): string {
    return new Date(this.#options.now() + inMs).toISOString()
  }
}

/** Whether a status that was refused would be refused again: the tenant said no in words, and was not in trouble itself. */
function isFinalNo({ failure, httpStatus = 0 }: AddonFailure): boolean {
  return failure === 'rejected' && httpStatus < 500
}
