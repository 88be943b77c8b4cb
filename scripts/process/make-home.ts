/**
 * Makes a home directory, one level at a time: `mkdir` with `recursive` never returns below /proc on some Node versions,
 * and a home is what a user types.
 */

import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { userMistake } from '../../agent/errors.js'
import type { Home } from './home.js'

/** A Unix socket's path has 108 bytes, the last of them 0 (unix(7)). */
const LONGEST_SOCKET_PATH = 107

function makeLevel(directory: string): void {
  if (existsSync(directory)) return
  makeLevel(dirname(directory))
  try {
    mkdirSync(directory, { mode: 0o700 })
  } catch (error) {
    // Another steerlab of the same home was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Makes the home and its run directory where they are missing. Throws a user's mistake with code `home-unusable`. */
export function makeHome({ root, run, controlSocket }: Home): void {
  if (Buffer.byteLength(controlSocket) > LONGEST_SOCKET_PATH)
    throw userMistake(
      'home-unusable',
      `the home ${root} is too long for a Unix socket in it; at most ${LONGEST_SOCKET_PATH - (controlSocket.length - root.length)} bytes will do`,
    )
  try {
    makeLevel(run)
    for (const directory of [root, run]) accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw userMistake('home-unusable', `the home ${root} cannot be used (${code})`, cause)
  }
}
