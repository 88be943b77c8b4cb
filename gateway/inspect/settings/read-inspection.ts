/** Reads the administrator's files about inspection, at once: they are small, and the gateway needs them to begin with. */

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FoundText } from '../../../agent/config/check-set.js'
import { messageOf } from '../../../agent/errors.js'
import type { InspectionFile } from './inspection.js'

/** Largest file that is read: some 40,000 hosts of categories, which a tenth of a second goes by with. */
const MAX_FILE_BYTES = 1024 * 1024

/** What is found of one file. Regular files only: opening a pipe would wait for its other end. Never throws. */
export function readInspection(directory: string, file: InspectionFile): FoundText {
  let handle: number | undefined
  try {
    handle = openSync(join(directory, file), constants.O_RDONLY | constants.O_NONBLOCK)
    const facts = fstatSync(handle)
    if (!facts.isFile()) return { error: 'not a file' }
    if (facts.size > MAX_FILE_BYTES) return { error: `more than ${MAX_FILE_BYTES} bytes` }
    return { text: readFileSync(handle, 'utf8') }
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code ?? messageOf(error) }
  } finally {
    if (handle !== undefined) closeSync(handle)
  }
}
