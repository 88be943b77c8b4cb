/** `steerlab policy check`: whether the gateway's files about inspection can be used. Exit code 2 when not. */

import type { CommandModule } from 'yargs'
import { type FoundFile, findInspection } from '../../gateway/inspect/settings/find-inspection.js'
import { homeOf, print } from './common.js'
import { emptyCategories } from './empty-categories.js'

interface CheckArguments {
  readonly home?: string | undefined
  readonly json: boolean
}

export const policyCheckCommand: CommandModule<object, CheckArguments> = {
  command: 'check',
  describe: 'Say what is wrong in inspect.json, policy.json and categories.json',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 policy check', 'Exit code 0: good, 2: mistakes, with file, line and what is allowed'),
  handler: async (argv) => {
    const directory = homeOf(argv).inspection
    const { files, values } = findInspection(directory)
    const good = files.every(({ state }) => state !== 'bad')
    const notes = good ? emptyCategories(values) : []
    print(argv.json, { directory, good, files, notes }, () => checkText(directory, files, notes))
    if (!good) process.exitCode = 2
  },
}

/** A line for each file, its mistakes and what is odd below. */
function checkText(directory: string, files: readonly FoundFile[], notes: readonly string[]): string {
  const lines = files.flatMap(({ file, state, problems }) => [
    `  ${file}: ${state === 'missing' ? 'missing, the defaults hold' : state}`,
    ...problems.map((problem) => `    ${problem}`),
  ])
  return [`${directory}:`, ...lines, ...notes.map((note) => `  note: ${note}`), ''].join('\n')
}
