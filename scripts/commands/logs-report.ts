/** `steerlab logs report`: what logs say of client, errors, POP and flows. */

import { existsSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { CommandModule } from 'yargs'
import { messageOf, userMistake } from '../../agent/errors.js'
import { parseSince, type ReportFilters } from '../../agent/log/report/filters.js'
import { LogAnalysis } from '../../agent/log/report/log-analysis.js'
import type { Report } from '../../agent/log/report/report.js'
import { FLOW_VERDICTS } from '../../agent/log/report/report.js'
import { FLOW_GROUPS, verdictsNamed } from '../../agent/log/report/verdict-groups.js'
import { followReport, jsonLine } from '../logs/follow-report.js'
import type { LogSet } from '../logs/log-set.js'
import { findLogs } from '../logs/log-sources.js'
import { readLogs } from '../logs/read-logs.js'
import { ReadingProgress } from '../logs/reading-progress.js'
import { reportCsv } from '../logs/report-csv.js'
import { reportHtml } from '../logs/report-html.js'
import { reportJson } from '../logs/report-json.js'
import { reportText } from '../logs/report-text.js'
import { logPaths, withLogPaths } from './log-paths.js'

interface ReportArguments {
  readonly json?: boolean | undefined
  readonly csv?: boolean | undefined
  readonly html?: boolean | undefined
  readonly out?: string | undefined
  readonly process?: string | undefined
  readonly host?: string | undefined
  readonly since?: string | undefined
  readonly verdict?: string | undefined
  readonly top: number
  readonly follow: boolean
}

const COMMAND = 'logs report'
const DESCRIBE = 'Tell what logs say: client, errors, POP selection, flows steered or not'

export const logsReportCommand: CommandModule<object, ReportArguments> = {
  command: 'report',
  describe: DESCRIBE,
  builder: (yargs) =>
    withLogPaths(yargs, COMMAND, DESCRIBE)
      .option('json', { type: 'boolean', describe: 'Give all of it as JSON' })
      .option('csv', { type: 'boolean', describe: 'Give the flows as CSV' })
      .option('html', { type: 'boolean', describe: 'Give a page for a browser, in one file' })
      .option('out', { type: 'string', requiresArg: true, describe: 'Write to this file, not to standard output' })
      .option('process', {
        type: 'string',
        requiresArg: true,
        describe: 'Only flows of processes with this in the name',
      })
      .option('host', {
        type: 'string',
        requiresArg: true,
        describe: 'Only flows to this domain, or hosts with this word',
      })
      .option('since', {
        type: 'string',
        requiresArg: true,
        describe: "Nothing before this time of the log's clock: 2026-11-02T08:00",
      })
      .option('verdict', {
        type: 'string',
        requiresArg: true,
        describe: `Only such flows: ${FLOW_GROUPS.join(', ')}, or one of ${FLOW_VERDICTS.join(', ')}`,
      })
      .option('top', { type: 'number', default: 20, requiresArg: true, describe: 'Most rows of a table of the text' })
      .option('follow', {
        type: 'boolean',
        default: false,
        describe: 'Print each flow of one growing file as it comes; Ctrl-C gives the report',
      })
      .conflicts('json', ['csv', 'html'])
      .conflicts('csv', 'html')
      .example('$0 logs report ~/Downloads/netskope-logs.zip', 'The whole bundle, rotated files in order')
      .example(
        '$0 logs report nsdebuglog.log --process chrome --verdict bypassed',
        'What of one program was not steered',
      )
      .example('$0 logs report logs/ --html --out report.html', 'A page to send to somebody')
      .example('$0 logs report nsdebuglog.log --follow', 'Like tail -F, understood'),
  handler: async (argv) => {
    const paths = logPaths(argv, COMMAND)
    // Who reads may go away, as head does.
    process.stdout.on('error', () => {})
    checkArguments(argv, paths)
    const filters = filtersOf(argv)
    if (argv.follow) return await follow(paths[0]!, argv, filters)
    const analysis = new LogAnalysis({ filters })
    const logs = await findLogs(paths, () => process.stdin)
    if (argv.out !== undefined) keepLogs(argv.out, logs)
    const progress = new ReadingProgress(process.stderr)
    try {
      await readLogs(logs, analysis, (bytes) => progress.add(bytes))
    } finally {
      progress.end()
    }
    const report = analysis.result()
    if (report.lines.records === 0 && report.lines.total > 0)
      throw userMistake('not-a-log', `no line of ${paths.join(', ')} is one of an nsdebuglog`)
    await deliver(asked(argv, report), argv.out)
  },
}

/** A report that would be written over what it is about. Throws a user's mistake `out-is-a-log`. */
function keepLogs(out: string, logs: readonly LogSet[]): void {
  const target = statSync(out, { throwIfNoEntry: false })
  if (target === undefined || !target.isFile()) return
  for (const { name } of logs.flatMap(({ parts }) => parts)) {
    const log = statSync(name, { throwIfNoEntry: false })
    if (log?.dev === target.dev && log.ino === target.ino)
      throw userMistake('out-is-a-log', `--out ${out} is one of the logs, and the report would take its place`)
  }
}

function checkArguments({ top, follow, csv, html, out }: ReportArguments, paths: readonly string[]): void {
  if (!Number.isInteger(top) || top < 1) throw userMistake('bad-option', '--top is a whole number from 1')
  if (!follow) return
  if (paths.length !== 1 || paths[0] === '-') throw userMistake('bad-option', '--follow is for one file')
  if (csv || html || out !== undefined)
    throw userMistake('bad-option', '--follow gives text or --json, on standard output')
}

/** The filters of a command line. Throws a user's mistake `bad-option`. */
export function filtersOf(argv: Pick<ReportArguments, 'process' | 'host' | 'since' | 'verdict'>): ReportFilters {
  const since = argv.since === undefined ? undefined : parseSince(argv.since)
  const verdicts = argv.verdict === undefined ? undefined : verdictsNamed(argv.verdict)
  if (argv.since !== undefined && since === undefined)
    throw userMistake('bad-option', `--since ${argv.since} is no time; write it like 2026-11-02T08:00`)
  if (argv.verdict !== undefined && verdicts === undefined) {
    const known = [...FLOW_GROUPS, ...FLOW_VERDICTS.filter((verdict) => verdict !== 'tunneled')]
    throw userMistake('bad-option', `--verdict ${argv.verdict} is none; there are ${known.join(', ')}`)
  }
  return { process: argv.process, host: argv.host, since, verdicts }
}

/** The report in the form that is asked for. */
function asked({ json, csv, html, top, out }: ReportArguments, report: Report): string {
  if (json) return reportJson(report)
  if (csv) return reportCsv(report)
  if (html) return reportHtml(report)
  return reportText(report, { top, colour: out === undefined && coloursWork() })
}

function coloursWork(): boolean {
  return process.stdout.isTTY === true && !process.env['NO_COLOR']
}

async function deliver(text: string, out: string | undefined): Promise<void> {
  if (out === undefined) {
    await say(text)
    return
  }
  try {
    await writeFile(out, text)
  } catch (error) {
    throw userMistake('report-unwritable', `cannot write the report to ${out}: ${messageOf(error)}`, error)
  }
}

/** Writes to standard output; false when nobody reads it any more. */
function say(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error: NodeJS.ErrnoException | null | undefined) => {
      if (error && error.code !== 'EPIPE')
        reject(userMistake('report-unwritable', `cannot write: ${messageOf(error)}`, error))
      else resolve(!error)
    })
  })
}

async function follow(path: string, argv: ReportArguments, filters: ReportFilters): Promise<void> {
  if (!existsSync(path)) process.stderr.write(`steerlab: there is no ${path} yet; waiting for it\n`)
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort())
  const json = argv.json === true
  const report = await followReport(path, { filters, json, say, signal: stop.signal })
  await say(json ? jsonLine('report', report) : `\n${asked(argv, report)}`)
}
