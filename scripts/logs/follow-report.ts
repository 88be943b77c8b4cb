/** What a log says while it is written: a line for each flow and each moment of the tunnel, and in the end the report. */

import { statSync } from 'node:fs'
import type { ReportFilters } from '../../agent/log/report/filters.js'
import type { Flow } from '../../agent/log/report/flow-tally.js'
import { LogAnalysis } from '../../agent/log/report/log-analysis.js'
import type { PopMoment, Report } from '../../agent/log/report/report.js'
import { followLog } from './follow.js'
import { printable } from './printable.js'
import { withIsoTimes } from './report-json.js'
import { momentLine } from './report-text.js'
import { wallClock } from './wall-clock.js'

/** What is followed, and who hears of it. */
export interface FollowReportOptions {
  readonly filters: ReportFilters
  readonly json: boolean
  /** Takes whole lines; false = nobody listens any more. */
  readonly say: (lines: string) => Promise<boolean>
  readonly signal: AbortSignal
}

/**
 * Follows a log until the signal, or until nobody listens. What was in the file before is in the report, and only what
 * comes is said, as `tail` does it. Throws a user's mistake when the file cannot be read.
 */
export async function followReport(path: string, options: FollowReportOptions): Promise<Report> {
  const { filters, json, say, signal } = options
  let lines: string[] = []
  let silent = true
  const tell = (line: string): void => {
    if (!silent) lines.push(line)
  }
  const analysis = new LogAnalysis({
    filters,
    onFlow: (flow) => tell(json ? jsonLine('flow', flow) : flowLine(flow)),
    onMoment: (moment) => tell(json ? jsonLine('pop', moment) : momentLine(moment)),
  })
  analysis.beginLog()
  analysis.beginFile(path)
  let old = sizeOf(path)
  for await (const chunk of followLog(path, { signal })) {
    analysis.push(chunk.subarray(0, old))
    silent = false
    if (chunk.length > old) analysis.push(chunk.subarray(old))
    old = Math.max(0, old - chunk.length)
    silent = old > 0
    if (lines.length > 0 && !(await say(lines.join('')))) break
    lines = []
  }
  analysis.endFile()
  return analysis.result()
}

/** `2024-05-04 12:51:41.228  nsProxy  chrome.exe -> box.com  192.0.2.1:443` */
function flowLine({ time, verdict, process, host, destination }: Flow): string {
  return `${printable(`${wallClock(time)}  ${verdict}  ${process || '-'} -> ${host || '-'}  ${destination}`).trimEnd()}\n`
}

/** One line of JSON; `kind` says what it is. */
export function jsonLine(kind: 'flow' | 'pop' | 'report', value: Flow | PopMoment | Report): string {
  return `${JSON.stringify({ kind, ...value }, withIsoTimes)}\n`
}

/** At once, so that what is written from now on is new; a file that cannot be looked at is `followLog`'s to tell. */
function sizeOf(path: string): number {
  try {
    return statSync(path).size
  } catch {
    return 0
  }
}
