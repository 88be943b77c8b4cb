/** Lines at a rate, stamped as they are written. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Live } from '../../agent/synth/chunks.js'

/** Pieces a second at most: lines of a faster log go out several at once. */
const PIECES_PER_SECOND = 20

const US_PER_MINUTE = 60_000_000

/** Holds lines back until they are due. */
export class Pace {
  readonly #perSecond: number
  #begun: number | undefined

  constructor(perSecond: number) {
    this.#perSecond = perSecond
  }

  /** Waits until the line behind so many is due, or for the signal; the first call, behind the first lines, starts the clock. */
  async until(lines: number, stop: AbortSignal): Promise<void> {
    this.#begun ??= performance.now()
    const due = this.#begun + (lines / this.#perSecond) * 1000
    // A timer holds at most 2^31 ms.
    for (let left = due - performance.now(); left > 0 && !stop.aborted; left = due - performance.now())
      await sleep(Math.min(left, 2 ** 31 - 1), undefined, { signal: stop }).catch(() => {})
  }
}

/** How the lines of a rate are made. */
export function liveLines(perSecond: number): Live {
  return { now: localMicroseconds, lines: Math.max(1, Math.floor(perSecond / PIECES_PER_SECOND)) }
}

/** The wall clock's reading here and now (LogRecord.time). */
function localMicroseconds(): number {
  const now = Math.floor((performance.timeOrigin + performance.now()) * 1000)
  return now - new Date(now / 1000).getTimezoneOffset() * US_PER_MINUTE
}
