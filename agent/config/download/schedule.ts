// Pure: when the agent asks for its configuration, and for what (C752, client-behaviour 1.1): a first download every
// 10 minutes until one succeeds, then a check of the version every 60 minutes, or every 5 in fast-sync mode; a new version
// is downloaded 3 to 10 minutes after it was seen, so that a tenant's clients do not come all at once.

/** `first`: nothing was ever in force; `synced`: a version is; `behind`: it is, and the tenant has another. */
export type ScheduleState = 'first' | 'synced' | 'behind'

/** What came of the last action. `failed`: of the check or the download, or what was downloaded was refused. */
export type Happened = 'started' | 'up-to-date' | 'new-version' | 'failed'

/** What is next, in how many ms. A download reads the version first, and ends there when that is in force. */
export interface Planned {
  readonly state: ScheduleState
  readonly afterMs: number
  readonly action: 'check' | 'download'
}

/** The waits, ms. */
export interface ScheduleSettings {
  /** Between attempts at the first download. */
  readonly firstRetryMs: number
  /** Between checks of the version. */
  readonly checkMs: number
  /** Before a new version is downloaded. */
  readonly applyMinMs: number
  readonly applyMaxMs: number
  /** After a failure. */
  readonly retryMinMs: number
  readonly retryMaxMs: number
}

/** What a lab sets instead of what is documented. */
export interface LabSchedule extends Partial<ScheduleSettings> {
  readonly fastSync?: boolean
}

const MINUTE_MS = 60_000

/** As documented. Of the retry only one number is public, 9 minutes (LCL): that its range is the download's is ours. */
export const DOCUMENTED_SCHEDULE: ScheduleSettings = {
  firstRetryMs: 10 * MINUTE_MS,
  checkMs: 60 * MINUTE_MS,
  applyMinMs: 3 * MINUTE_MS,
  applyMaxMs: 10 * MINUTE_MS,
  retryMinMs: 3 * MINUTE_MS,
  retryMaxMs: 10 * MINUTE_MS,
}

const FAST_SYNC_MS = 5 * MINUTE_MS

/** No setting, however small, makes a busy loop. */
export const SHORTEST_WAIT_MS = 100

/** A timer of more than 2^31 - 1 ms runs at once. */
export const LONGEST_WAIT_MS = 2_147_483_647

/**
 * The waits in force: the lab's, else fast sync, else `updateIntervalInMin` of nsconfig.json's `configUpdate` ('' and '0'
 * are none), else the documented ones.
 */
export function scheduleSettings(lab: LabSchedule = {}, updateIntervalInMin = ''): ScheduleSettings {
  const { fastSync = false, ...waits } = lab
  const tenantMs = Number(updateIntervalInMin) * MINUTE_MS
  const checkMs = fastSync ? FAST_SYNC_MS : tenantMs > 0 ? tenantMs : DOCUMENTED_SCHEDULE.checkMs
  return { ...DOCUMENTED_SCHEDULE, checkMs, ...waits }
}

/** What is next; `random` is in [0, 1). */
export function next(
  state: ScheduleState,
  happened: Happened,
  random: number,
  settings: ScheduleSettings = DOCUMENTED_SCHEDULE,
): Planned {
  const { firstRetryMs, checkMs, applyMinMs, applyMaxMs, retryMinMs, retryMaxMs } = settings
  switch (happened) {
    case 'started':
      return { state, afterMs: 0, action: 'download' }
    case 'up-to-date':
      return { state: 'synced', afterMs: within(checkMs), action: 'check' }
    case 'new-version':
      return { state: 'behind', afterMs: between(applyMinMs, applyMaxMs, random), action: 'download' }
    case 'failed':
      if (state === 'first') return { state, afterMs: within(firstRetryMs), action: 'download' }
      return {
        state,
        afterMs: between(retryMinMs, retryMaxMs, random),
        action: state === 'behind' ? 'download' : 'check',
      }
  }
}

/** The minutes of the log's `retry in <n> minutes`: whole ones, at least 1. */
export function retryMinutes(afterMs: number): number {
  return Math.max(1, Math.round(afterMs / MINUTE_MS))
}

function between(leastMs: number, mostMs: number, random: number): number {
  return within(leastMs + Math.max(0, mostMs - leastMs) * random)
}

function within(ms: number): number {
  // Math.min and Math.max hand on what is no number, and such a timer runs at once.
  return Number.isNaN(ms) ? LONGEST_WAIT_MS : Math.max(SHORTEST_WAIT_MS, Math.min(ms, LONGEST_WAIT_MS))
}
