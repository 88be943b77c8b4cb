/** The flows of a report as one table for spreadsheets (RFC 4180). */

import type { FlowRow, Report } from '../../agent/log/report/report.js'
import { wallClock } from './wall-clock.js'

const COLUMNS = ['process', 'host', 'verdict', 'count', 'first', 'last', 'destinations'] as const

/** A row for each process, host and verdict; times as the log's wall clock; destinations with a space between. */
export function reportCsv(report: Pick<Report, 'flows'>): string {
  return [COLUMNS, ...report.flows.rows.map(cellsOf)].map((cells) => `${cells.map(field).join(',')}\r\n`).join('')
}

function cellsOf({ process, host, verdict, count, first, last, destinations }: FlowRow): readonly string[] {
  return [process, host, verdict, String(count), wallClock(first), wallClock(last), destinations.join(' ')]
}

/** Spreadsheets take what begins like this, full width characters too, for a formula, and names in a log are anybody's. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

function field(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
