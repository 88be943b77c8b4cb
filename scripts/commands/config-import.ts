/** `steerlab config import`: a real client's files, or the tenant's REST document, as the files of this client. */

import type { CommandModule } from 'yargs'
import { OPERATING_SYSTEMS, type OperatingSystem } from '../../agent/steering/operating-system.js'
import { notesText, writtenText } from '../config/import-text.js'
import { readSource } from '../config/read-source.js'
import { writeImport } from '../config/write-import.js'
import { print } from './common.js'
import { type DirectoryArguments, directoryOf, withDirectory } from './config-options.js'

interface ImportArguments extends DirectoryArguments {
  readonly path: string
  readonly configName?: string | undefined
  readonly os?: OperatingSystem | undefined
  readonly dryRun: boolean
  readonly json: boolean
}

export const configImportCommand: CommandModule<object, ImportArguments> = {
  command: 'import <path>',
  describe: "Take over a real client's files, a Save Logs zip or a REST v1 steeringconfig answer",
  builder: (yargs) =>
    withDirectory(yargs)
      .positional('path', { type: 'string', describe: 'A directory, a zip or a file' })
      .option('config-name', {
        type: 'string',
        requiresArg: true,
        describe: 'REST: which configuration (else the first)',
      })
      .option('os', { choices: OPERATING_SYSTEMS, describe: "REST: only this system's pinned apps" })
      .option('dry-run', { type: 'boolean', default: false, describe: 'Write nothing' })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON, with every note' })
      .example('$0 config import ~/Downloads/nslogs.zip', 'The files in a bundle')
      .example('$0 config import answer.json --config new', 'To look at what it decides, elsewhere') as never,
  handler: async (argv) => {
    const directory = directoryOf(argv)
    const { files, notes, from } = await readSource(argv.path, { name: argv.configName, os: argv.os })
    const written = await writeImport(directory, files, argv.dryRun)
    const report = {
      directory,
      written: !argv.dryRun,
      files: written.map((one) => ({ ...one, from: from[one.file] })),
      notes,
    }
    print(
      argv.json,
      report,
      () => `${argv.dryRun ? 'Would be written to ' : ''}${writtenText(directory, written, from)}`,
    )
    if (argv.json || notes.length === 0) return
    process.stderr.write(`What the files do not say, or say in another way:\n${notesText(notes)}`)
  },
}
