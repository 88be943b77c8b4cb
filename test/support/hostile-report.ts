/** A report of a log somebody wrote to attack who reads the report. */

import type { Report } from '../../agent/log/report/report.js'
import { sampleReport } from './sample-report.js'

/** Sets `pwned` wherever it is run. */
const RUN = 'globalThis.pwned = true'

/** Names that would run a script, if they were markup, script or part of an attribute anywhere. */
export const HOSTILE_NAMES = [
  `<script>${RUN}</script>`,
  `</script><script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `" onmouseover="${RUN}" x="`,
  `' autofocus onfocus='${RUN}'`,
  `\${${RUN}}`,
  `<!-- <script> ${RUN}`,
  '</title></style></textarea>',
  `javascript:${RUN}`,
  '\u2028\u0000\ud800',
] as const

/** The sample report with a hostile name in place of every text that comes from a log. */
export function hostileReport(): Report {
  let used = 0
  const hostile = () => HOSTILE_NAMES[used++ % HOSTILE_NAMES.length]!
  const report = sampleReport()
  const { pop, flows } = report
  const texts = HOSTILE_NAMES
  return {
    ...report,
    files: report.files.map((file) => ({ ...file, name: hostile() })),
    unreadable: {
      byReason: { 'no-stamp': 10 },
      lines: texts.map((text) => ({ file: text, line: 1, reason: 'no-stamp' as const, text })),
    },
    unrecognised: texts.map((text) => ({ component: text, message: text, count: 1 })),
    client: {
      versions: texts,
      systems: texts,
      hostnames: texts,
      users: texts,
      addresses: texts,
      writers: Object.fromEntries(texts.map((text) => [text, 1])),
      mode: hostile(),
    },
    errors: report.errors.map((error) => ({ ...error, component: hostile(), message: hostile() })),
    pop: {
      ...pop,
      gateways: pop.gateways.map((gateway) => ({ ...gateway, gateway: hostile(), ip: hostile(), pop: hostile() })),
      rtt: pop.rtt.map((trips) => ({ ...trips, pop: hostile() })),
      timeline: pop.timeline.map((moment) => {
        return { ...moment, gateway: hostile(), ip: hostile(), pop: hostile(), detail: hostile() }
      }),
    },
    flows: {
      ...flows,
      rows: flows.rows.map((row) => ({ ...row, process: hostile(), host: hostile(), destinations: texts })),
    },
  }
}
