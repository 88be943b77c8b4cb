/** Writes imported files into a client's directory: all of them, or none when the directory could not be used afterwards. */

import { basename, join } from 'node:path'
import type { FileName } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { loadConfiguration, readFromDisk } from '../../agent/config/load.js'
import { fileText } from '../../agent/config/write-defaults.js'
import { replaceFiles } from '../../agent/config/write-file.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import { makeDirectory } from '../process/make-directory.js'
import { DEFAULT_TENANT } from '../process/tenant.js'

/** What becomes of one file: `made` is one of a new home, which the import did not bring and the directory lacked. */
export interface WrittenFile {
  readonly file: FileName
  readonly outcome: 'new' | 'replaced' | 'unchanged' | 'made'
}

/**
 * Writes the files (not when `dryRun`), each with the one before it kept as `<file>.old`; files that are not imported
 * stay as they are, and mandatory ones that are missing are made as in a new home. The whole directory, as it would be,
 * is checked first. Throws a user's mistake `config-invalid` with every problem, or `config-unwritable`.
 */
export async function writeImport(
  directory: string,
  imported: Readonly<Partial<Record<FileName, unknown>>>,
  dryRun: boolean,
): Promise<readonly WrittenFile[]> {
  const contents = Object.entries({ ...defaultFiles(DEFAULT_TENANT), ...imported }) as [FileName, unknown][]
  const planned = await Promise.all(
    contents.map(async ([file, content]) => {
      const text = fileText(content)
      const before = await textIfThere(join(directory, file))
      return { file, text, before, outcome: outcomeOf(Object.hasOwn(imported, file), text, before) }
    }),
  )
  const changes = planned.filter(({ outcome }) => outcome !== 'unchanged')
  await checkResult(directory, new Map(changes.map(({ file, text }) => [file, text])))
  if (!dryRun) await writeAll(directory, changes)
  return planned
    .filter(({ file, outcome }) => Object.hasOwn(imported, file) || outcome === 'made')
    .map(({ file, outcome }) => ({ file, outcome }))
}

function outcomeOf(isImported: boolean, text: string, before: string | undefined): WrittenFile['outcome'] {
  if (!isImported) return before === undefined ? 'made' : 'unchanged'
  if (before === undefined) return 'new'
  return text === before ? 'unchanged' : 'replaced'
}

/** Checks the directory with these texts in place of the files it has. */
async function checkResult(directory: string, texts: ReadonlyMap<string, string>): Promise<void> {
  try {
    await loadConfiguration(directory, async (path) => texts.get(basename(path)) ?? readFromDisk(path))
  } catch (error) {
    if (!(error instanceof SteerError)) throw error
    throw userMistake(error.code, `nothing is imported, because it would not load. ${error.message}`, error)
  }
}

async function writeAll(
  directory: string,
  changes: readonly { readonly file: FileName; readonly text: string; readonly before: string | undefined }[],
): Promise<void> {
  try {
    makeDirectory(directory, 0o700)
    const kept = changes.flatMap(({ file, before }) => (before === undefined ? [] : [[`${file}.old`, before] as const]))
    const wanted = changes.map(({ file, text }) => [file, text] as const)
    // All of them are written before the first takes its place: an agent that is running takes up all at once.
    await replaceFiles(new Map([...kept, ...wanted].map(([file, text]) => [join(directory, file), text])))
  } catch (error) {
    throw unwritable(directory, error)
  }
}

/** A directory that cannot be written to, as a user's mistake. */
export function unwritable(path: string, error: unknown): SteerError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  return userMistake('config-unwritable', `cannot write to ${path} (${code})`, error)
}

async function textIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFromDisk(path)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw userMistake('config-unreadable', `cannot read ${path} (${code})`, error)
  }
}
