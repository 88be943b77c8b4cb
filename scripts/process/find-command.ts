/** Finds programs as a shell would, but also where an ordinary user's search path does not lead. */

import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Ordinary users' PATH may lack the directories of `ip` and `nft`. */
const SYSTEM_DIRECTORIES = '/usr/local/sbin:/usr/sbin:/sbin'

/** The search path of an environment, with the system's directories at its end. */
export function searchPath(env: Readonly<Record<string, string | undefined>>): string {
  return `${env['PATH'] ?? ''}:${SYSTEM_DIRECTORIES}`
}

/** Full path of a program in a search path; undefined when it is not there. */
export function findCommand(name: string, path: string): string | undefined {
  return path
    .split(':')
    .map((directory) => join(directory, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
