/** `steerlab config show`: what the files mean, in words. */

import type { CommandModule } from 'yargs'
import { describeConfiguration } from '../config/describe.js'
import { describedText } from '../config/describe-text.js'
import { loadOffline, loadOfflineHome } from '../config/offline-files.js'
import { print } from './common.js'
import { type DirectoryArguments, directoryOf, withDirectory } from './config-options.js'

interface ShowArguments extends DirectoryArguments {
  readonly json: boolean
}

export const configShowCommand: CommandModule<object, ShowArguments> = {
  command: 'show',
  describe: "Say in words what the client's files mean: mode, exceptions, pinned apps, switches",
  builder: (yargs) =>
    withDirectory(yargs)
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example("$0 config show --json | jq '.halves[].exceptions'", 'How many exceptions of each kind') as never,
  handler: async (argv) => {
    const directory = directoryOf(argv)
    const isElsewhere = argv.config !== undefined || argv.tenant === true
    const { configuration, notes } = await (isElsewhere ? loadOffline : loadOfflineHome)(directory)
    for (const note of notes) process.stderr.write(`steerlab: ${note}\n`)
    const shown = describeConfiguration(configuration)
    print(argv.json, { directory, ...shown }, () => describedText(directory, shown))
  },
}
