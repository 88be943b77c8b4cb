/** A downloader with all that comes of it, and time that is moved by hand. */

import type { Test } from 'tap'
import { Downloader, type DownloaderOptions } from '../../../../agent/config/download/downloader.js'
import { scheduleSettings } from '../../../../agent/config/download/schedule.js'
import type { LogEvent } from '../../../../agent/log/event.js'
import { waitUntil } from '../../../support/wait-until.js'
import { clientOf, KEYS } from './addon-host.js'
import { HandClock } from './hand-clock.js'

/** One minute, ms. */
export const MINUTE = 60_000

/** What was reported, by type. */
export const typesOf = (events: readonly LogEvent[]) => events.map(({ type }) => type)

/** A downloader and what it did. */
export interface Lab {
  readonly downloader: Downloader
  readonly clock: HandClock
  readonly events: readonly LogEvent[]
  readonly applied: readonly string[]
  readonly kept: readonly string[]
  /** Minutes until the timer that is set; waits for one. */
  wait(): Promise<number>
  /** Moves to the timer and waits for the next one; answers with the minutes until that. */
  step(): Promise<number>
}

/** Time stands still, unless a test brings its own `now`. */
export function labOf(t: Test, host: { readonly port: number }, options: Partial<DownloaderOptions> = {}): Lab {
  const clock = new HandClock()
  const events: LogEvent[] = []
  const applied: string[] = []
  const kept: string[] = []
  const downloader = new Downloader({
    client: clientOf(t, host.port),
    keys: KEYS,
    version: '',
    settings: () => scheduleSettings(),
    apply: async (files, version) => {
      applied.push(`${version}: ${Object.keys(files).length}`)
      return []
    },
    keepCertificates: async (files) => void kept.push(...Object.keys(files)),
    hostInfo: { os: 'Windows', os_version: '10.0', hostname: 'desk' },
    classification: () => 'managed',
    log: { report: (event) => events.push(event) },
    random: () => 0.5,
    ...(options.now === undefined ? { setTimer: clock.setTimer } : {}),
    now: clock.now,
    ...options,
  })
  t.teardown(() => downloader.close())
  const wait = async () => {
    await waitUntil(() => clock.waits.length === 1)
    return (clock.waits[0] ?? Number.NaN) / MINUTE
  }
  const step = async () => {
    clock.pass((await wait()) * MINUTE)
    return wait()
  }
  return { downloader, clock, events, applied, kept, wait, step }
}
