/** `steerlab config`: the commands about the client's files; one file each, config-*.ts. */

import type { Argv, CommandModule } from 'yargs'
import { type CommandLoaders, wantedCommands } from './load-commands.js'

const COMMANDS: CommandLoaders = {
  import: async () => (await import('./config-import.js')).configImportCommand,
  check: async () => (await import('./config-check.js')).configCheckCommand,
  show: async () => (await import('./config-show.js')).configShowCommand,
  lint: async () => (await import('./config-lint.js')).configLintCommand,
  edit: async () => (await import('./config-edit.js')).configEditCommand,
  update: async () => (await import('./config-update.js')).configUpdateCommand,
}

/** The group; of its commands the one that `argv`, what follows `config`, begins with is loaded, else all. */
export async function configCommand(argv: readonly string[]): Promise<CommandModule> {
  const commands = await wantedCommands(COMMANDS, argv)
  return {
    command: 'config',
    describe: "The client's files: import, check, show, edit, lint, update",
    builder: (yargs): Argv =>
      commands
        .reduce((added, command) => added.command(command), yargs)
        .example('$0 config import bundle.zip', "A real client's files")
        .example('$0 config edit add-exception example.com', 'In force at once')
        .demandCommand(1, 'Which command? `steerlab config --help` lists them.'),
    handler: () => {},
  }
}
