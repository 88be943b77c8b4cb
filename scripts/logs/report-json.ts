// Pure: the report for programs.

import { isoTime } from '../../agent/log/iso-time.js'
import type { Report } from '../../agent/log/report/report.js'

/** The keys of a report whose numbers are times, microseconds. */
const TIMES: ReadonlySet<string> = new Set(['first', 'last', 'time', 'hour'])

/** For JSON.stringify: times as ISO 8601 without a zone. */
export function withIsoTimes(key: string, value: unknown): unknown {
  return typeof value === 'number' && TIMES.has(key) ? isoTime(value) : value
}

/** The report as JSON. */
export function reportJson(report: Report): string {
  return `${JSON.stringify(report, withIsoTimes, 2)}\n`
}
