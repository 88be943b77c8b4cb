/** `steerlab ca`: the tenant's authorities, for those who install them by hand; one file each, ca-*.ts. */

import { type CommandGroup, commandGroup } from './load-commands.js'

const GROUP: CommandGroup = {
  name: 'ca',
  describe: "The tenant's certificate authority: show, export",
  commands: {
    show: async () => (await import('./ca-show.js')).caShowCommand,
    export: async () => (await import('./ca-export.js')).caExportCommand,
  },
  examples: [
    ['show', 'Names, validity, fingerprints, files'],
    ['export --out tenant.pem', 'The root, for a program that is told by hand'],
  ],
}

/** The group; `argv` is what follows `ca`. */
export const caCommand = (argv: readonly string[]) => commandGroup(GROUP, argv)
