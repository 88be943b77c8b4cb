/**
 * Makes a directory a user has typed, one level at a time: `mkdir` with `recursive` never returns below /proc on some Node
 * versions.
 */

import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a directory and those above it, each with the mode. Throws the system's error. */
export function makeDirectory(directory: string, mode: number): void {
  if (existsSync(directory)) return
  makeDirectory(dirname(directory), mode)
  try {
    mkdirSync(directory, { mode })
  } catch (error) {
    // Another program was quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
