/** Loads the command that is called, and not its siblings: a start takes half the time. */

import type { Argv, CommandModule } from 'yargs'

/** Commands by their first word, each loaded when it is asked for. */
// biome-ignore lint/suspicious/noExplicitAny: every command has arguments of its own
export type CommandLoaders = Readonly<Record<string, (rest: readonly string[]) => Promise<CommandModule<object, any>>>>

/** The command that `argv` begins with; all of them where it begins with an option, a typing error or nothing. */
export async function wantedCommands(
  commands: CommandLoaders,
  argv: readonly string[],
  // biome-ignore lint/suspicious/noExplicitAny: as above
): Promise<readonly CommandModule<object, any>[]> {
  const [first = '', ...rest] = argv
  const wanted = Object.hasOwn(commands, first) ? commands[first] : undefined
  if (wanted !== undefined) return [await wanted(rest)]
  return Promise.all(Object.values(commands).map((load) => load([])))
}

/** A command that is a group of others: its name, what it is, its commands, examples. */
export interface CommandGroup {
  readonly name: string
  readonly describe: string
  readonly commands: CommandLoaders
  readonly examples?: ReadonlyArray<readonly [command: string, what: string]>
}

/** The group; of its commands the one that `argv`, what follows its name, begins with is loaded, else all. */
export async function commandGroup(group: CommandGroup, argv: readonly string[]): Promise<CommandModule> {
  const { name, describe, commands, examples = [] } = group
  const loaded = await wantedCommands(commands, argv)
  return {
    command: name,
    describe,
    builder: (yargs): Argv => {
      for (const [command, what] of examples) yargs.example(`$0 ${name} ${command}`, what)
      return loaded
        .reduce((added, command) => added.command(command), yargs)
        .demandCommand(1, `Which command? \`steerlab ${name} --help\` lists them.`)
    },
    handler: () => {},
  }
}
