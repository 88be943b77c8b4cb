/** The scales of the plot: how long a bar's time is, and where the ticks stand. */

/** One hour, microseconds. */
export const HOUR_US = 3_600_000_000

/** A stretch of time in bars of equal length. */
export interface Bars {
  /** When the first bar begins, microseconds, on a full hour. */
  readonly begin: number
  /** How long a bar is, hours. */
  readonly hours: number
  readonly count: number
}

/** More bars than this are too thin to be told apart and pointed at. */
const MAX_BARS = 168
const MAX_TIME_TICKS = 9

const STEPS = [1, 2, 3, 6, 12, 24, 48, 168, 336, 672] as const

/** Bars from the hour of `first` to that of `last`, each an hour long or as long as it takes for 168 of them to do. */
export function barsBetween(first: number, last: number): Bars {
  const begin = Math.floor(first / HOUR_US) * HOUR_US
  const span = Math.floor((last - begin) / HOUR_US) + 1
  const hours = stepFor(span, MAX_BARS)
  return { begin, hours, count: Math.ceil(span / hours) }
}

/** Times at full hours within the bars, microseconds, at most nine. */
export function timeTicks({ begin, hours, count }: Bars): readonly number[] {
  const step = stepFor(hours * count, MAX_TIME_TICKS) * HOUR_US
  const end = begin + hours * count * HOUR_US
  const ticks: number[] = []
  for (let tick = Math.ceil(begin / step) * step; tick <= end; tick += step) ticks.push(tick)
  return ticks.slice(0, MAX_TIME_TICKS)
}

/** Round numbers from 0 to at least `most`, three to six of them; `most` is a whole number. */
export function countTicks(most: number): readonly number[] {
  const rough = Math.max(most, 2) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, ([1, 2, 5, 10].find((digit) => digit * power >= rough) ?? 10) * power)
  return Array.from({ length: Math.ceil(Math.max(most, 2) / step) + 1 }, (_, i) => i * step)
}

function stepFor(span: number, most: number): number {
  return STEPS.find((step) => span / step <= most) ?? Math.ceil(span / most)
}
