/** Timers as those see them who watch something: one at a time, and exchangeable for a test's. */

/** Calls back once, `ms` from now; what it returns takes that back. */
export type Schedule = (ms: number, callback: () => void) => () => void

/** By the system's timers; keeps no process alive. */
export function scheduleQuietly(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms)
  timer.unref()
  return () => clearTimeout(timer)
}
