/** The real programs the demo runs. */

import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Whether a command is in a search path. */
export function commandExists(name: string, path: string): boolean {
  return path.split(':').some((directory) => {
    try {
      accessSync(join(directory, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** A program that prints a URL's body: curl (it reads its proxy from the environment), or a few lines of Node where there is none. */
export function fetchProgram(
  url: string,
  path: string,
  socks: string | undefined,
): { readonly program: string; readonly command: readonly string[] } {
  if (commandExists('curl', path)) return { program: 'curl', command: ['curl', '--silent', '--show-error', url] }
  const script = fileURLToPath(new URL('./fetch.js', import.meta.url))
  return { program: 'node', command: [process.execPath, script, url, ...(socks === undefined ? [] : [socks])] }
}
