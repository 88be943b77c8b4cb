/** Time that stands until a test moves it. */

import type { SetTimer } from '../../../../agent/config/download/downloader.js'

/** A clock that is moved by hand, from 2025-03-05 14:00:00 UTC. */
export class HandClock {
  #nowMs = Date.UTC(2025, 2, 5, 14)
  readonly #timers = new Set<{ readonly atMs: number; readonly run: () => void }>()

  readonly now = (): number => this.#nowMs

  readonly setTimer: SetTimer = (ms, run) => {
    const timer = { atMs: this.#nowMs + ms, run }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Milliseconds until each timer that is set. */
  get waits(): readonly number[] {
    return [...this.#timers].map(({ atMs }) => atMs - this.#nowMs)
  }

  /** Moves on and runs what is due. */
  pass(ms: number): void {
    this.#nowMs += ms
    for (const timer of [...this.#timers].filter(({ atMs }) => atMs <= this.#nowMs)) {
      this.#timers.delete(timer)
      timer.run()
    }
  }
}
