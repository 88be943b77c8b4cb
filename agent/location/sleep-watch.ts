/** Hears that the computer has slept, or this process was stopped, by the time that is missing. Keeps nobody alive. */

import { type Schedule, scheduleQuietly } from './schedule.js'
import { type Moment, sleptMs } from './sleep.js'

/** Whom to tell, and in tests what time it is. */
export interface SleepWatchOptions {
  /** The computer runs again after so many ms. */
  resumed(ms: number): void
  readonly now?: () => Moment
  readonly schedule?: Schedule
}

const TICK_MS = 1000

/** Watches from its construction on. */
export class SleepWatch {
  readonly #options: Required<SleepWatchOptions>
  #last: Moment
  #cancel: () => void

  constructor({ resumed, now = momentNow, schedule = scheduleQuietly }: SleepWatchOptions) {
    this.#options = { resumed, now, schedule }
    this.#last = now()
    this.#cancel = schedule(TICK_MS, this.#tick)
  }

  close(): void {
    this.#cancel()
  }

  readonly #tick = (): void => {
    const { resumed, now, schedule } = this.#options
    const moment = now()
    const slept = sleptMs(this.#last, moment)
    this.#last = moment
    this.#cancel = schedule(TICK_MS, this.#tick)
    if (slept !== undefined) resumed(Math.round(slept))
  }
}

/** On Linux the second clock, CLOCK_MONOTONIC, does not count suspended time. */
function momentNow(): Moment {
  return { wallMs: Date.now(), steadyMs: performance.now() }
}
