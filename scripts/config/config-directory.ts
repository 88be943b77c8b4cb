/** The directory a `config` command is about, and its files as they are for editing. */

import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { withoutMark } from '../../agent/config/byte-order-mark.js'
import { checkFile } from '../../agent/config/check.js'
import { CONFIGURATION_FILES, type FileName } from '../../agent/config/configuration.js'
import type { FileValue } from '../../agent/config/edit/file-value.js'
import { readFromDisk } from '../../agent/config/load.js'
import { fileText } from '../../agent/config/write-defaults.js'
import { replaceFile } from '../../agent/config/write-file.js'
import { userMistake } from '../../agent/errors.js'
import type { Home } from '../process/home.js'
import { unwritable } from './write-import.js'

/** How a command line names a directory. */
export interface DirectoryOptions {
  readonly config?: string | undefined
  /** The tenant's own files in the home, which the gateway gives to agents. */
  readonly tenant?: boolean | undefined
}

/** `--config DIR`, else the home's: the client's files, or with `--tenant` the tenant's. */
export function configDirectory(home: Home, { config, tenant = false }: DirectoryOptions): string {
  // What an unset variable of a shell leaves behind.
  if (config === '') throw userMistake('no-config', '--config needs a directory, and not an empty word')
  if (config !== undefined) return resolve(config)
  return tenant ? home.tenant : home.stagent
}

/** Throws a user's mistake `no-config` when there is no such directory. */
export async function requireDirectory(directory: string): Promise<void> {
  const facts = await stat(directory).catch(() => undefined)
  if (facts?.isDirectory() !== true) throw noConfig(`there is no directory ${directory}`)
}

/**
 * The value of one file, with whatever keys it has. Throws a user's mistake: `no-config` when it is missing and must be
 * there, `config-invalid` when it is not good: an edit is no repair.
 */
export async function readForEdit(directory: string, file: FileName): Promise<FileValue> {
  const path = join(directory, file)
  let text: string
  try {
    text = withoutMark(await readFromDisk(path))
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') throw userMistake('config-unreadable', `cannot read ${path} (${code})`, error)
    const { whenMissing } = CONFIGURATION_FILES[file]
    await requireDirectory(directory)
    if (whenMissing === undefined) throw noConfig(`there is no ${path}`)
    return whenMissing as FileValue
  }
  check(file, text, `${path} cannot be used as it is`)
  return JSON.parse(text)
}

/** Writes one file, if it is good. Throws a user's mistake: `config-invalid` or `config-unwritable`. */
export async function writeEdited(directory: string, file: FileName, value: FileValue): Promise<void> {
  const text = fileText(value)
  const path = join(directory, file)
  check(file, text, `nothing is written, because ${path} could not be used`)
  await replaceFile(path, text).catch((error) => {
    throw unwritable(path, error)
  })
}

function check(file: FileName, text: string, why: string): void {
  const checked = checkFile(file, text)
  if ('problems' in checked) throw userMistake('config-invalid', [`${why}:`, ...checked.problems].join('\n'))
}

function noConfig(sentence: string) {
  return userMistake(
    'no-config',
    `${sentence}; \`steerlab up\` makes the files of a home, \`steerlab config import\` brings them`,
  )
}
