/** `steerlab config lint`: what loads and hardly says what was meant. Exit code 1 when there is a warning. */

import { isIP } from 'node:net'
import type { CommandModule } from 'yargs'
import { FILE_NAMES, type FileName } from '../../agent/config/configuration.js'
import type { Finding } from '../../agent/config/lint/finding.js'
import { lintConfiguration } from '../../agent/config/lint/lint.js'
import type { SeenFlows } from '../../agent/config/lint/unseen.js'
import { userMistake } from '../../agent/errors.js'
import { detached } from '../../agent/log/detached.js'
import { LogAnalysis } from '../../agent/log/report/log-analysis.js'
import { loadOffline, loadOfflineHome } from '../config/offline-files.js'
import { findLogs } from '../logs/log-sources.js'
import { readLogs } from '../logs/read-logs.js'
import { ReadingProgress } from '../logs/reading-progress.js'
import { lastOf, print } from './common.js'
import { type DirectoryArguments, directoryOf, withDirectory } from './config-options.js'

interface LintArguments extends DirectoryArguments {
  readonly log: readonly string[]
  readonly json: boolean
}

/** A finding, and its line where its file is at hand. */
export interface PlacedFinding extends Omit<Finding, 'rule'> {
  readonly file: string
  readonly line: number | undefined
  readonly path: string
}

export const configLintCommand: CommandModule<object, LintArguments> = {
  command: 'lint',
  describe: "Find what in the client's files does nothing, or not what it says",
  builder: (yargs) =>
    withDirectory(yargs)
      // Every --log counts, and so does every path behind one; of --config the last.
      .parserConfiguration({ 'populate--': true, 'parse-positional-numbers': false, 'duplicate-arguments-array': true })
      .coerce('config', lastOf)
      .option('log', {
        type: 'string',
        array: true,
        requiresArg: true,
        default: [],
        describe: 'Logs, to find exceptions and pinned apps they never show',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 config lint --config ./stagent', 'Exit code 0: no warning, 1: some')
      .example('$0 config lint --log bundle.zip', 'What nobody needs any more') as never,
  handler: async (argv) => {
    const isElsewhere = argv.config !== undefined || argv.tenant === true
    const directory = directoryOf(argv)
    const { configuration, lines, leftOut, notes } = await (isElsewhere ? loadOffline : loadOfflineHome)(directory)
    for (const note of notes) process.stderr.write(`steerlab: ${note}\n`)
    const seen = argv.log.length === 0 ? undefined : await seenIn(argv.log)
    const findings = lintConfiguration(configuration, seen)
      .map(
        ({ rule: { file, path }, ...finding }): PlacedFinding => ({ ...finding, file, ...lines.placeOf(file, path) }),
      )
      .concat(FILE_NAMES.flatMap((file) => lines.repeatedKeys(file).map((repeated) => repeatedFinding(file, repeated))))
      .sort(inOrder)
    if (leftOut > 0) process.stderr.write('steerlab: an agent refuses these files as they are\n')
    print(argv.json, findings, () => lintText(findings, directory))
    if (leftOut > 0 || findings.some(({ severity }) => severity === 'warning')) process.exitCode = 1
  },
}

function repeatedFinding(
  file: FileName,
  { key, line }: { readonly key: string; readonly line: number },
): PlacedFinding {
  const sentence = `the key ${JSON.stringify(key)} stands in its object already: only the last one counts`
  return { severity: 'warning', kind: 'duplicate', file, path: '$', line, sentence }
}

function inOrder(a: PlacedFinding, b: PlacedFinding): number {
  const place = ({ file }: PlacedFinding) => FILE_NAMES.indexOf(file as FileName)
  return place(a) - place(b) || (a.line ?? 0) - (b.line ?? 0)
}

/** One line a finding, as compilers write them, and a count. */
function lintText(findings: readonly PlacedFinding[], directory: string): string {
  const lines = findings.map(({ file, line, path, severity, sentence }) => {
    return `${file}${line === undefined ? '' : `:${line}`}: ${severity}: ${path}: ${sentence}\n`
  })
  const warnings = findings.filter(({ severity }) => severity === 'warning').length
  return `${lines.join('')}${directory}: ${counted(warnings, 'warning')}, ${counted(findings.length - warnings, 'hint')}\n`
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`
}

/** What logs show. Throws a user's mistake: `not-a-log`, and those of findLogs. */
async function seenIn(paths: readonly string[]): Promise<SeenFlows> {
  const seen = { hosts: new Set<string>(), addresses: new Set<string>(), processes: new Set<string>() }
  const add = (to: Set<string>, text: string): void => {
    if (!to.has(text)) to.add(detached(text))
  }
  const analysis = new LogAnalysis({
    onFlow: ({ host, process, destination }) => {
      add(seen.hosts, host)
      add(seen.processes, process)
      // With and without its last part: of an IPv6 address nobody can tell whether that is a port.
      for (const ip of [destination, destination.replace(/:\d+$/, '')]) if (isIP(ip) !== 0) add(seen.addresses, ip)
    },
  })
  const progress = new ReadingProgress(process.stderr)
  try {
    await readLogs(await findLogs(paths, () => process.stdin), analysis, (bytes) => progress.add(bytes))
  } finally {
    progress.end()
  }
  const { lines } = analysis.result()
  if (lines.records === 0) throw userMistake('not-a-log', `no line of ${paths.join(', ')} is one of an nsdebuglog`)
  return seen
}
