/** Loads the command that is called, and not its siblings: a start takes half the time. */

import type { CommandModule } from 'yargs'

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
