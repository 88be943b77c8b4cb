// Pure: what comes of asking the tenant for its configuration, and how that is told.

import type { AddonFailure } from './answer.js'
import type { Happened } from './schedule.js'

/** What came of an update: the version is in force now, or was before; its files were refused; or none could be had. */
export type UpdateOutcome =
  | { readonly result: 'in-force' | 'up-to-date'; readonly version: string }
  | { readonly result: 'refused'; readonly version: string; readonly problems: readonly string[] }
  | ({ readonly result: 'failed' } & AddonFailure)

/** What came of a check of the version. */
export type CheckOutcome = UpdateOutcome | { readonly result: 'new-version'; readonly version: string }

/** The download as `steerlab status` shows it. Times are ISO 8601, '' for never. */
export interface DownloadStatus {
  readonly enrolled: boolean
  /** The add-on host. */
  readonly host: string
  /** In force, '' when none was ever downloaded. */
  readonly version: string
  /** When a check or download last ended, however. */
  readonly lastCheck: string
  /** When the version in force was last the tenant's. */
  readonly lastSuccess: string
  /** Why the last check or download failed; '' when it did not. */
  readonly lastFailure: string
  readonly nextCheck: string
  /** Statuses that wait for the add-on host. */
  readonly statusesWaiting: number
}

/** The status of a client that has no downloader. */
export const NOT_ENROLLED: DownloadStatus = {
  enrolled: false,
  host: '',
  version: '',
  lastCheck: '',
  lastSuccess: '',
  lastFailure: '',
  nextCheck: '',
  statusesWaiting: 0,
}

/** The status after this outcome, at the time `at` (ISO 8601). */
export function statusAfter(status: DownloadStatus, outcome: CheckOutcome, at: string): DownloadStatus {
  const isSuccess = outcome.result === 'in-force' || outcome.result === 'up-to-date'
  return {
    ...status,
    lastCheck: at,
    lastFailure: failureText(outcome),
    ...(isSuccess ? { lastSuccess: at, version: outcome.version } : {}),
  }
}

/** What an outcome is to the schedule. */
export function happenedBy({ result }: CheckOutcome): Happened {
  if (result === 'new-version') return result
  return result === 'failed' || result === 'refused' ? 'failed' : 'up-to-date'
}

function failureText(outcome: CheckOutcome): string {
  if (outcome.result === 'failed') return `${outcome.failure}: ${outcome.detail}`
  if (outcome.result !== 'refused') return ''
  const { version, problems } = outcome
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
  return `version ${version} was refused: ${problems[0] ?? ''}${more}`
}
