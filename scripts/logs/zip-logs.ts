/** The logs in a zip, such as the client's Save Logs bundle. */

import { basename, dirname } from 'node:path/posix'
import { Readable } from 'node:stream'
import { logBytes } from './log-bytes.js'
import type { LogPart } from './log-set.js'
import { logFamily } from './rotation-order.js'
import { zippedFiles } from './zip-entries.js'

/** A log file in an archive. */
export interface ZipLog {
  /** Its folder in the archive, `.` for the top. */
  readonly folder: string
  /** Its name in that folder. */
  readonly name: string
  readonly part: LogPart
}

/**
 * The files named like a log, in the archive's order. Throws a user's mistake: `log-damaged` when the archive is broken,
 * `log-unreadable` when a log in it is encrypted or packed in a way that cannot be unpacked.
 */
export async function zipLogs(archive: string): Promise<readonly ZipLog[]> {
  const files = await zippedFiles(archive, 'log', (path) => logFamily(basename(path)) !== undefined)
  return files.map(({ path, name, open }) => ({
    folder: dirname(path),
    name: basename(path),
    part: { name, open: () => logBytes(Readable.from(open()), name) },
  }))
}
