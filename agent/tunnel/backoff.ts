// Pure: how long to wait before the next attempt to reach the gateway.

/** First and longest wait, ms. */
export interface BackoffLimits {
  readonly firstMs: number
  readonly longestMs: number
}

/** A wait in ms: doubles with each failed attempt (1, 2, ...) up to the longest, then jittered down by up to half with `random` in [0, 1). */
export function backoffMs(attempt: number, random: number, { firstMs, longestMs }: BackoffLimits): number {
  const full = Math.min(longestMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return full * (1 - random / 2)
}
