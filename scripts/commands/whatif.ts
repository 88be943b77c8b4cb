/** `steerlab whatif`: the flows of logs held against another configuration. Exit code 1 when something would change. */

import type { CommandModule } from 'yargs'
import { userMistake } from '../../agent/errors.js'
import { FlowJudge, type KnownSituation } from '../../agent/log/replay/judge.js'
import { LogCensus, type LogCensusResult } from '../../agent/log/replay/log-census.js'
import { whatIf } from '../../agent/log/replay/what-if.js'
import { loadOffline } from '../config/offline-files.js'
import { findLogs } from '../logs/log-sources.js'
import { readLogs } from '../logs/read-logs.js'
import { ReadingProgress } from '../logs/reading-progress.js'
import { withIsoTimes } from '../logs/report-json.js'
import { oldConfiguration } from '../logs/whatif-old.js'
import { whatIfText } from '../logs/whatif-text.js'
import { logPaths, withLogPaths } from './log-paths.js'

interface WhatIfArguments {
  readonly log: readonly string[]
  readonly config: string
  readonly old?: string | undefined
  readonly onPrem?: boolean | undefined
  readonly managed?: boolean | undefined
  readonly json: boolean
  readonly limit: string
}

const COMMAND = 'whatif'
const DESCRIBE = 'List the flows of logs that another configuration would treat differently'

/** An option that takes one text, of which the last one counts. */
const text = (describe: string) =>
  ({
    type: 'string',
    requiresArg: true,
    describe,
    coerce: (value: string | readonly string[]) => (typeof value === 'string' ? value : value.at(-1)),
  }) as const

export const whatifCommand: CommandModule<object, WhatIfArguments> = {
  command: COMMAND,
  describe: DESCRIBE,
  builder: (yargs) =>
    withLogPaths(yargs, `${COMMAND} --config DIR --log`, DESCRIBE)
      // Every --log counts, and so does every path behind one.
      .parserConfiguration({ 'populate--': true, 'parse-positional-numbers': false, 'duplicate-arguments-array': true })
      .option('log', { type: 'string', array: true, default: [], describe: 'Logs, as many as there are' })
      .option('config', { ...text('The directory of the new configuration'), demandOption: true })
      .option('old', text('The directory of the old one; else the files in the bundle, else what the log says'))
      .option('on-prem', {
        type: 'boolean',
        describe: 'The endpoint is on-prem, whatever the log says (--no-on-prem: not)',
      })
      .option('managed', {
        type: 'boolean',
        describe: 'The device is managed, whatever the log says (--no-managed: not)',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON: every row, with the reason in words' })
      .option('limit', { ...text('Most rows of a table'), default: '40' })
      .example('$0 whatif --log bundle.zip --config new', 'Exit code 0: nothing changes, 1: something does')
      .example('$0 whatif --log logs/ --config new --old now', 'With the rules of both') as never,
  handler: async (argv) => {
    if (argv.log.length === 0 && argv._.length === 1)
      throw userMistake('no-path', 'Which log? `steerlab whatif --log PATH`; - is standard input')
    const paths = argv.log.length > 0 && argv._.length === 1 ? argv.log : [...argv.log, ...logPaths(argv, COMMAND)]
    const limit = Number(argv.limit)
    if (!Number.isInteger(limit) || limit < 1) throw userMistake('bad-option', '--limit is a whole number from 1')
    const old = await oldConfiguration(argv.old, paths)
    for (const note of old.notes) process.stderr.write(`steerlab: ${note}\n`)
    const { configuration, notes } = await loadOffline(argv.config)
    for (const note of notes) process.stderr.write(`steerlab: ${note}\n`)
    const after = new FlowJudge(configuration)
    const before = old.configuration && new FlowJudge(old.configuration)
    const census = await censusOf(paths, after.asksSource || (before?.asksSource ?? false))
    const answer = whatIf({ census, after, before, forced: forcedBy(argv) })
    if (answer.totals.flows === 0)
      throw userMistake('no-flows', `there is no flow in ${paths.join(', ')}: nothing to compare`)
    // Who reads may go away, as head does.
    process.stdout.on('error', () => {})
    process.stdout.write(
      argv.json
        ? `${JSON.stringify({ ...answer, before: old.place ?? null, after: argv.config }, withIsoTimes, 2)}\n`
        : whatIfText(answer, { after: argv.config, before: old.place, limit }),
    )
    if (answer.totals.changed > 0) process.exitCode = 1
  },
}

function forcedBy({ onPrem, managed }: WhatIfArguments): KnownSituation {
  return {
    location: onPrem === undefined ? undefined : onPrem ? 'on-prem' : 'off-prem',
    device: managed === undefined ? undefined : managed ? 'managed' : 'unmanaged',
  }
}

/** The flows of the logs. Throws a user's mistake: `not-a-log`, and those of findLogs. */
async function censusOf(paths: readonly string[], bySource: boolean): Promise<LogCensusResult> {
  const census = new LogCensus({ bySource })
  const progress = new ReadingProgress(process.stderr)
  try {
    await readLogs(await findLogs(paths, () => process.stdin), census, (bytes) => progress.add(bytes))
  } finally {
    progress.end()
  }
  const result = census.result()
  if (result.records === 0 && result.lines > 0)
    throw userMistake('not-a-log', `no line of ${paths.join(', ')} is one of an nsdebuglog`)
  return result
}
