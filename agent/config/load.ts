/**
 * Reads the client's directory. Either all files are good and make one Configuration, or nothing is taken and the
 * message names every problem of every file, a line each.
 */

import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, userMistake } from '../errors.js'
import { checkSet, digestOf, type FoundText, type FoundTexts, type GoodSet } from './check-set.js'
import { type Configuration, FILE_NAMES } from './configuration.js'

/** Gives the text of one file of the directory; rejects with the system's error. */
export type ReadText = (path: string) => Promise<string>

/** Largest file that is read: 50,000 entries have a few MB. */
const MAX_FILE_BYTES = 64 * 1024 * 1024

/** Reads one file. Regular files only: opening a pipe would wait for its other end. Rejects with a code, the system's or ours. */
export const readFromDisk: ReadText = async (path) => {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const facts = await file.stat()
    if (facts.isDirectory()) throw systemError('EISDIR')
    if (!facts.isFile()) throw systemError('not a file')
    if (facts.size > MAX_FILE_BYTES) throw systemError('EFBIG')
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** A directory's files, loaded; `digest` tells their texts from others. */
export interface LoadedSet extends GoodSet {
  readonly directory: string
  readonly digest: string
}

/** As `loadSet`, the configuration alone. */
export async function loadConfiguration(directory: string, read: ReadText = readFromDisk): Promise<Configuration> {
  return (await loadSet(directory, read)).configuration
}

/** Loads the files of `directory`; which may be missing: configuration.ts. Throws a user's mistake with code `config-invalid`. */
export async function loadSet(directory: string, read: ReadText = readFromDisk): Promise<LoadedSet> {
  const found = await readTexts(directory, read)
  const checked = checkSet(found)
  if ('configuration' in checked) return { ...checked, directory, digest: digestOf(found) }
  const lines = [`The configuration in ${directory} cannot be used:`, ...checked.problems]
  throw userMistake('config-invalid', lines.join('\n'))
}

/** What is found of the client's files in a directory. Never rejects. */
export async function readTexts(directory: string, read: ReadText = readFromDisk): Promise<FoundTexts> {
  const found = FILE_NAMES.map(async (file) => [file, await readText(join(directory, file), read)])
  return Object.fromEntries(await Promise.all(found)) as FoundTexts
}

async function readText(path: string, read: ReadText): Promise<FoundText> {
  try {
    return { text: await read(path) }
  } catch (error) {
    return { error: (error as NodeJS.ErrnoException).code ?? messageOf(error) }
  }
}
