// Pure: what of a log a report is asked for.

import type { FlowVerdict } from './report.js'

/** What of a log a report is about; all of it where nothing is said. */
export interface ReportFilters {
  /** A part of the process name, in any case. */
  readonly process?: string | undefined
  /** With a dot in it a domain, that stands for its subdomains too; else a part of the name. '' = flows without a host. */
  readonly host?: string | undefined
  readonly verdicts?: readonly FlowVerdict[] | undefined
  /** Nothing before it, microseconds as in LogRecord.time. */
  readonly since?: number | undefined
}

/** The flows that pass, by what all flows of a row share. */
export type FlowFilter = (process: string, host: string, verdict: FlowVerdict) => boolean

/** The filter for flows; `since` is not part of it. */
export function flowFilter({ process, host, verdicts }: ReportFilters): FlowFilter {
  const part = process?.toLowerCase()
  const hostPasses = host === undefined ? undefined : hostFilter(host.toLowerCase())
  return (itsProcess, itsHost, verdict) =>
    (verdicts === undefined || verdicts.includes(verdict)) &&
    (part === undefined || itsProcess.toLowerCase().includes(part)) &&
    (hostPasses === undefined || hostPasses(itsHost.toLowerCase()))
}

function hostFilter(wanted: string): (host: string) => boolean {
  const domain = wanted.replace(/^\*?\./, '')
  if (domain === '') return (host) => host === ''
  if (!domain.includes('.')) return (host) => host.includes(domain)
  return (host) => host === domain || host.endsWith(`.${domain}`)
}

const POINT_IN_TIME = /^(\d{4})[-/](\d\d)[-/](\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?$/

/**
 * The time a user names in the log's own terms, its local wall clock: `2026-11-02`, `2026-11-02T08:00`,
 * `2026/11/02 08:00:00.123`. Microseconds as in LogRecord.time; undefined for anything else.
 */
export function parseSince(text: string): number | undefined {
  const found = POINT_IN_TIME.exec(text)
  if (found === null) return undefined
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = found
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const time = Date.parse(iso)
  // Date.parse takes February 30 for March 1.
  if (Number.isNaN(time) || new Date(time).toISOString() !== iso) return undefined
  return time * 1000 + Number(fraction.padEnd(6, '0'))
}
