/** `steerlab logs`: the commands that read and write nsdebuglog files; one file each, logs-*.ts. */

import type { Argv, CommandModule } from 'yargs'
import { type CommandLoaders, wantedCommands } from './load-commands.js'

const COMMANDS: CommandLoaders = {
  report: async () => (await import('./logs-report.js')).logsReportCommand,
  check: async () => (await import('./logs-check.js')).logsCheckCommand,
  generate: async () => (await import('./logs-generate.js')).logsGenerateCommand,
  catalogue: async () => (await import('./logs-catalogue.js')).logsCatalogueCommand,
}

/** The group; of its commands the one that `argv`, what follows `logs`, begins with is loaded, else all. */
export async function logsCommand(argv: readonly string[]): Promise<CommandModule> {
  const commands = await wantedCommands(COMMANDS, argv)
  return {
    command: 'logs',
    describe: 'Read, check, write and explain nsdebuglog files',
    builder: (yargs): Argv =>
      commands
        .reduce((added, command) => added.command(command), yargs)
        .demandCommand(1, 'Which command? `steerlab logs --help` lists them.'),
    handler: () => {},
  }
}
