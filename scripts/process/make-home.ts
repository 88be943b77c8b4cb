/** Makes a home directory, and says clearly when it cannot be one. */

import { accessSync, constants } from 'node:fs'
import { userMistake } from '../../agent/errors.js'
import type { Home } from './home.js'
import { makeDirectory } from './make-directory.js'

/** A Unix socket's path has 108 bytes, the last of them 0 (unix(7)). */
const LONGEST_SOCKET_PATH = 107

/** Makes the home and its run directory where they are missing. Throws a user's mistake with code `home-unusable`. */
export function makeHome({ root, run, controlSocket }: Home): void {
  if (Buffer.byteLength(controlSocket) > LONGEST_SOCKET_PATH)
    throw userMistake(
      'home-unusable',
      `the home ${root} is too long for a Unix socket in it; at most ${LONGEST_SOCKET_PATH - (controlSocket.length - root.length)} bytes will do`,
    )
  try {
    makeDirectory(run, 0o700)
    for (const directory of [root, run]) accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw userMistake('home-unusable', `the home ${root} cannot be used (${code})`, cause)
  }
}
