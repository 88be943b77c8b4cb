/** What is in a directory of a home, or why that cannot be told. */

import { readdirSync } from 'node:fs'
import { type LeftOut, whyNot } from './member.js'

/** The names in a directory. */
export interface DirectoryNames {
  /** In the order of the alphabet. */
  readonly names: readonly string[]
  readonly leftOut: readonly LeftOut[]
}

/** The names in a directory; one that is not there has none. Never throws. */
export function namesIn(directory: string): DirectoryNames {
  try {
    return { names: readdirSync(directory).toSorted(), leftOut: [] }
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return { names: [], leftOut: isMissing ? [] : [{ what: directory, why: whyNot(error) }] }
  }
}
