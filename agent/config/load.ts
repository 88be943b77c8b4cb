/**
 * Reads the client's directory. Either all files are good and make one Configuration, or nothing is taken and the
 * message names every problem of every file, a line each.
 */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, userMistake } from '../errors.js'
import type { Checked } from './check.js'
import { checkFile } from './check.js'
import type { Configuration, FileName } from './configuration.js'
import { CONFIGURATION_FILES, FILE_NAMES } from './configuration.js'

/** Gives the text of one file of the directory; rejects with the system's error. */
export type ReadText = (path: string) => Promise<string>

const readFromDisk: ReadText = (path) => readFile(path, 'utf8')

/**
 * Loads the five files of `directory` (nsbypass.json may be missing: no pinned apps).
 * Throws a user's mistake with code `config-invalid`.
 */
export async function loadConfiguration(directory: string, read: ReadText = readFromDisk): Promise<Configuration> {
  const checks = FILE_NAMES.map(async (file) => ({
    file,
    checked: await readAndCheck(join(directory, file), file, read),
  }))
  const files = await Promise.all(checks)
  const problems = files.flatMap(({ checked }) => ('problems' in checked ? checked.problems : []))
  if (problems.length > 0) {
    throw userMistake('config-invalid', [`The configuration in ${directory} cannot be used:`, ...problems].join('\n'))
  }
  const values = files.map(({ file, checked }) => [CONFIGURATION_FILES[file].key, 'value' in checked && checked.value])
  // Each value has passed the schema of its own key, which the table of files ties together.
  return Object.fromEntries(values) as unknown as Configuration
}

async function readAndCheck(path: string, file: FileName, read: ReadText): Promise<Checked> {
  let text: string
  try {
    text = await read(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? messageOf(error)
    const { whenMissing } = CONFIGURATION_FILES[file]
    if (code !== 'ENOENT') return { problems: [`${file}: cannot be read (${code})`] }
    return whenMissing === undefined ? { problems: [`${file}: is missing, and must be there`] } : { value: whenMissing }
  }
  // Windows editors put a byte order mark first, which JSON does not know.
  return checkFile(file, text.startsWith('\ufeff') ? text.slice(1) : text)
}
