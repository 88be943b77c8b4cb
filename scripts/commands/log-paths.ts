/**
 * The logs a command line names. They are no positionals for yargs, which reads those a second time as if they were
 * options: of several only the last would be left (duplicate-arguments-array is off), and `-` would be dropped.
 */

import type { Argv } from 'yargs'
import { userMistake } from '../../agent/errors.js'

/** What yargs makes of words that are no options; `--` is what stands behind one. */
interface Words {
  readonly _: readonly (string | number)[]
  readonly '--'?: unknown
}

/** Lets a command take paths; `command` is how it is called, such as `logs check`. */
export function withLogPaths<T>(yargs: Argv<T>, command: string, describe: string): Argv<T> {
  return yargs
    .usage(`$0 ${command} PATH...\n\n${describe}\n\nPATH is a file, a directory or a zip; - is standard input.`)
    .strict(false)
    .strictCommands(false)
    .strictOptions()
}

/** The paths, as typed, at least one. Throws a user's mistake `no-path`. */
export function logPaths(argv: Words, command: string): readonly string[] {
  const { _: words, '--': behind } = argv
  const paths = [...words.slice(command.split(' ').length), ...(Array.isArray(behind) ? behind : [])].map(String)
  if (paths.length === 0) throw userMistake('no-path', `Which log? \`steerlab ${command} PATH\`; - is standard input`)
  return paths
}
