/** `steerlab config edit`: changes of the client's files, each checked before it is written. */

import type { Argv, CommandModule } from 'yargs'
import { addExceptionCommand, removeExceptionCommand } from './config-edit-exception.js'
import { addPinnedCommand, removePinnedCommand } from './config-edit-pinned.js'
import { setCommand, setModeCommand } from './config-edit-set.js'

export const configEditCommand: CommandModule = {
  command: 'edit',
  describe: 'Change exceptions, pinned apps, the mode or any one value',
  builder: (yargs): Argv =>
    yargs
      .command(addExceptionCommand)
      .command(removeExceptionCommand)
      .command(addPinnedCommand)
      .command(removePinnedCommand)
      .command(setModeCommand)
      .command(setCommand)
      .demandCommand(1, 'Which change? `steerlab config edit --help` lists them.'),
  handler: () => {},
}
