// Pure: how a user calls this program again, as typed into a shell: by its name where it is installed, else by its file.

import { basename } from 'node:path'

/** One word of a shell command, quoted where it must be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** The command line for `args`; `file` is the path this program was called by (process.argv[1]). */
export function ownCommand(file: string, args: readonly string[]): string {
  const program = basename(file) === 'steerlab' ? ['steerlab'] : ['node', file]
  return [...program, ...args].map(shellWord).join(' ')
}
