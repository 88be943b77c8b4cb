/** `steerlab config check`: whether the files can be used. Exit code 1 when not, 2 when there is nothing to look at. */

import type { CommandModule } from 'yargs'
import { checkSet } from '../../agent/config/check-set.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { readTexts } from '../../agent/config/load.js'
import { fileText } from '../../agent/config/write-defaults.js'
import { requireDirectory } from '../config/config-directory.js'
import { DEFAULT_TENANT } from '../process/tenant.js'
import { print } from './common.js'
import { type DirectoryArguments, directoryOf, withDirectory } from './config-options.js'

interface CheckArguments extends DirectoryArguments {
  readonly dir?: string | undefined
  readonly json: boolean
}

export const configCheckCommand: CommandModule<object, CheckArguments> = {
  command: 'check [dir]',
  describe: "Say what is wrong in the client's files, and which keys mean nothing here",
  builder: (yargs) =>
    withDirectory(yargs)
      .positional('dir', { type: 'string', describe: "A directory of client's files; else the home's" })
      .conflicts('dir', ['config', 'tenant'])
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 config check', 'Exit code 0: good, 1: problems') as never,
  handler: async (argv) => {
    const directory = directoryOf({ ...argv, config: argv.dir ?? argv.config })
    await requireDirectory(directory)
    // Who a client is enrolled as is no business of its tenant.
    const branding = { 'nsbranding.json': { text: fileText(defaultFiles(DEFAULT_TENANT)['nsbranding.json']) } }
    const found = { ...(await readTexts(directory)), ...(argv.tenant === true ? branding : {}) }
    const checked = checkSet(found)
    const { problems, unknown } = { problems: [], unknown: [], ...checked }
    const good = problems.length === 0
    print(argv.json, { directory, good, problems, unknown }, () => {
      const lines = [...problems, ...unknown].map((line) => `  ${line}\n`)
      return `${directory}${good ? ' is good' : ':'}\n${lines.join('')}`
    })
    if (!good) process.exitCode = 1
  },
}
