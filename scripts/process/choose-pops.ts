/** Which POP table a lab has: the file that is named, else the home's own `gateway/pops.json`, else the built-in one. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, userMistake } from '../../agent/errors.js'
import { DEFAULT_POP_TABLE } from '../../gateway/pops/default-pops.js'
import type { PopTable } from '../../gateway/pops/pop.js'
import { readPopTable } from '../../gateway/pops/pop-table.js'

/** The table. Throws a user's mistake: `pops-unreadable`, `bad-pop-table`. */
export async function choosePops(file: string | undefined, homeRoot: string): Promise<PopTable> {
  const path = file ?? join(homeRoot, 'gateway', 'pops.json')
  try {
    return readPopTable(await readFile(path, 'utf8'), path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // A home that cannot be one is told of where it is made.
    if ((code === 'ENOENT' || code === 'ENOTDIR') && file === undefined) return DEFAULT_POP_TABLE
    if (code === 'bad-pop-table') throw error
    throw userMistake('pops-unreadable', `the POP table ${path} cannot be read: ${messageOf(error)}`, error)
  }
}
