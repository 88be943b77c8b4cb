// Pure: wall-clock time without a time zone, and what a user types for times, sizes and rates. A time is an integer in
// microseconds from 1970-01-01 00:00:00 to the reading of the wall clock, as if that were UTC (LogRecord.time); every
// day has 24 hours, as on a computer whose zone has no summer time.

export const US_PER_MS = 1000
export const US_PER_SECOND = 1_000_000
export const US_PER_MINUTE = 60 * US_PER_SECOND
export const US_PER_HOUR = 60 * US_PER_MINUTE
export const US_PER_DAY = 24 * US_PER_HOUR

const START = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?$/
const MIDNIGHT = 'T00:00:00'

/** `2026-11-02`, `2026-11-02T08:30` or `2026-11-02 08:30:15` as microseconds; undefined for what is no time or does not exist. */
export function parseStart(text: string): number | undefined {
  if (!START.test(text)) return undefined
  const full = text.replace(' ', 'T') + MIDNIGHT.slice(text.length - '2026-11-02'.length)
  const milliseconds = Date.parse(`${full}Z`)
  if (Number.isNaN(milliseconds)) return undefined
  // Date.parse takes February 30 for March 1, and 24:00 for the next day.
  return new Date(milliseconds).toISOString().startsWith(full) ? milliseconds * US_PER_MS : undefined
}

/** The number of the day a time lies in; 1970-01-01 is day 0, and day n begins at n * US_PER_DAY. */
export function dayOf(time: number): number {
  return Math.floor(time / US_PER_DAY)
}

/** The day of the week: 0 is Monday, 6 is Sunday. */
export function weekdayOf(day: number): number {
  // Day 0 was a Thursday.
  return (((day + 3) % 7) + 7) % 7
}

const DURATION = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/
const DURATION_UNITS = [7 * US_PER_DAY, US_PER_DAY, US_PER_HOUR, US_PER_MINUTE, US_PER_SECOND]

/** `90s`, `15m`, `8h`, `30d`, `2w` or several from large to small (`1h30m`) as microseconds; undefined for anything else, zero too. */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text)
  if (found === null) return undefined
  return positive(DURATION_UNITS.reduce((sum, unit, index) => sum + unit * Number(found[index + 1] ?? 0), 0))
}

const SIZE = /^(\d+(?:\.\d+)?)([kmgt]?)(?:i?b)?$/i
const SIZE_UNITS = ['', 'k', 'm', 'g', 't']

/** `10M`, `10MB`, `1.5G`, `500k` or `1048576` as bytes (k is 1024), rounded; undefined for anything else, zero too. */
export function parseSize(text: string): number | undefined {
  const found = SIZE.exec(text)
  if (found === null) return undefined
  const [, amount = '', unit = ''] = found
  return positive(Math.round(Number(amount) * 1024 ** SIZE_UNITS.indexOf(unit.toLowerCase())))
}

const COUNT = /^(\d+)([kmg]?)$/i
const COUNT_UNITS = ['', 'k', 'm', 'g']

/** `5000`, `500k`, `1M` as a number (k is 1000); undefined for anything else, zero too. */
export function parseCount(text: string): number | undefined {
  const found = COUNT.exec(text)
  if (found === null) return undefined
  const [, amount = '', unit = ''] = found
  return positive(Number(amount) * 1000 ** COUNT_UNITS.indexOf(unit.toLowerCase()))
}

const RATE = /^(\d+(?:\.\d+)?)(?:\/([smh]))?$/
const RATE_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 }

/** `100`, `100/s`, `6000/m` or `36000/h` as lines a second, maybe a fraction; undefined for anything else, zero too. */
export function parseRate(text: string): number | undefined {
  const found = RATE.exec(text)
  if (found === null) return undefined
  const [, amount = '', unit = 's'] = found
  return positive(Number(amount) / RATE_SECONDS[unit]!)
}

function positive(value: number): number | undefined {
  return value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined
}
