// Pure: whether the computer slept between two moments that should have been a second apart.

/** A moment on two clocks, ms: one that shows the time of day, and one that stands still while the computer sleeps. */
export interface Moment {
  readonly wallMs: number
  readonly steadyMs: number
}

/** So far ahead the time of day runs only when the computer slept, or when somebody set it, which is taken for sleep. */
const AHEAD_MS = 5000

/** So long this process is kept from its work only when it was stopped, or its virtual machine was suspended. */
const STOPPED_MS = 15_000

/** How long nothing ran between two moments, ms; undefined when all is well. */
export function sleptMs(before: Moment, after: Moment): number | undefined {
  const wallMs = after.wallMs - before.wallMs
  const steadyMs = after.steadyMs - before.steadyMs
  if (wallMs - steadyMs > AHEAD_MS) return wallMs
  return steadyMs > STOPPED_MS ? steadyMs : undefined
}
