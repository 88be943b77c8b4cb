/** `steerlab logs`: the commands that read and write nsdebuglog files; one file each, logs-*.ts. */

import type { Argv, CommandModule } from 'yargs'
import { logsCatalogueCommand } from './logs-catalogue.js'
import { logsCheckCommand } from './logs-check.js'
import { logsGenerateCommand } from './logs-generate.js'
import { logsReportCommand } from './logs-report.js'

export const logsCommand: CommandModule = {
  command: 'logs',
  describe: 'Read, check and explain nsdebuglog files',
  builder: (yargs): Argv =>
    yargs
      .command(logsReportCommand)
      .command(logsCheckCommand)
      .command(logsGenerateCommand)
      .command(logsCatalogueCommand)
      .demandCommand(1, 'Which command? `steerlab logs --help` lists them.'),
  handler: () => {},
}
