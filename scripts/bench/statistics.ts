// Pure: what is made of repeated measurements.

/** Measurements of one thing. */
export interface Summary {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Median and spread; the median of an even number is the mean of the middle two. */
export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = Number.isInteger(middle) ? (sorted[middle - 1]! + sorted[middle]!) / 2 : sorted[Math.floor(middle)]!
  return { median, min: sorted[0]!, max: sorted.at(-1)! }
}
