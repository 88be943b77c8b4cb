/** The real programs the demo runs. */

import { fileURLToPath } from 'node:url'
import { findCommand } from '../process/find-command.js'

/** A program that prints a URL's body: curl (it reads its proxy from the environment), or a few lines of Node where there is none. */
export function fetchProgram(
  url: string,
  path: string,
  socks: string | undefined,
): { readonly program: string; readonly command: readonly string[] } {
  if (findCommand('curl', path) !== undefined)
    return { program: 'curl', command: ['curl', '--silent', '--show-error', url] }
  const script = fileURLToPath(new URL('./fetch.js', import.meta.url))
  return { program: 'node', command: [process.execPath, script, url, ...(socks === undefined ? [] : [socks])] }
}
