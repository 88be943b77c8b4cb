/** `steerlab logs`: the commands that read and write nsdebuglog files; one file each, logs-*.ts. */

import { type CommandGroup, commandGroup } from './load-commands.js'

const GROUP: CommandGroup = {
  name: 'logs',
  describe: 'Read, check, write and explain nsdebuglog files',
  commands: {
    report: async () => (await import('./logs-report.js')).logsReportCommand,
    check: async () => (await import('./logs-check.js')).logsCheckCommand,
    generate: async () => (await import('./logs-generate.js')).logsGenerateCommand,
    catalogue: async () => (await import('./logs-catalogue.js')).logsCatalogueCommand,
  },
}

/** The group; `argv` is what follows `logs`. */
export const logsCommand = (argv: readonly string[]) => commandGroup(GROUP, argv)
