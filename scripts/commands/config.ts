/** `steerlab config`: the commands about the client's files; one file each, config-*.ts. */

import { type CommandGroup, commandGroup } from './load-commands.js'

const GROUP: CommandGroup = {
  name: 'config',
  describe: "The client's files: import, check, show, edit, lint, password, update",
  commands: {
    import: async () => (await import('./config-import.js')).configImportCommand,
    check: async () => (await import('./config-check.js')).configCheckCommand,
    show: async () => (await import('./config-show.js')).configShowCommand,
    edit: async () => (await import('./config-edit.js')).configEditCommand,
    lint: async () => (await import('./config-lint.js')).configLintCommand,
    password: async () => (await import('./config-password.js')).configPasswordCommand,
    update: async () => (await import('./config-update.js')).configUpdateCommand,
  },
  examples: [
    ['import bundle.zip', "A real client's files"],
    ['edit add-exception example.com', 'In force at once'],
  ],
}

/** The group; `argv` is what follows `config`. */
export const configCommand = (argv: readonly string[]) => commandGroup(GROUP, argv)
