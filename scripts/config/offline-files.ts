/**
 * The client's files to be looked at, not to be run: a real client's directory is taken as it is, with what stands for
 * the files that are missing and, as `config import` does it, without what cannot be expressed here.
 */

import { basename, dirname, join } from 'node:path'
import { withoutMark } from '../../agent/config/byte-order-mark.js'
import { checkFile } from '../../agent/config/check.js'
import { checkSet, type FoundText, type FoundTexts } from '../../agent/config/check-set.js'
import { type Configuration, FILE_NAMES, type FileName } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { importClientFile } from '../../agent/config/import/import-client.js'
import type { Path } from '../../agent/config/import/prune.js'
import { readFromDisk, readTexts } from '../../agent/config/load.js'
import { RuleLines } from '../../agent/config/rule-lines.js'
import { fileText } from '../../agent/config/write-defaults.js'
import { userMistake } from '../../agent/errors.js'
import { DEFAULT_TENANT } from '../process/tenant.js'
import { requireDirectory } from './config-directory.js'

/** Files to be looked at. */
export interface OfflineFiles {
  readonly configuration: Configuration
  /** The lines of the texts as they are on disk; files that something else stands for have none. */
  readonly lines: RuleLines
  /** Entries that an agent would refuse the files for, and that are left out here; the notes say which. */
  readonly leftOut: number
  /** What was made of the directory that is not simply there, a sentence each, without a full stop. */
  readonly notes: readonly string[]
}

/** Files that say little of steering: a new home's stand for them. */
const REPLACEABLE = ['nsbranding.json', 'nsconfig.json'] as const

/** What clients of 2021 call nssteering.json (client-behaviour 1.1). */
const OLD_STEERING = 'nsdomain.json'

/** The files of a directory. Throws a user's mistake: `no-config` or `config-invalid`. */
export async function loadOffline(directory: string): Promise<OfflineFiles> {
  await requireDirectory(directory)
  const notes: string[] = []
  const found = await readTexts(directory, (path) => readClientFile(path, notes))
  if (hasNone(found)) throw userMistake('no-config', `there is none of the client's files in ${directory}`)
  return complete(directory, found, notes)
}

/** The files of a home; a home that has none gets those of a new one. Throws a user's mistake `config-invalid`. */
export async function loadOfflineHome(directory: string): Promise<OfflineFiles> {
  const notes: string[] = []
  const found = await readTexts(directory, (path) => readClientFile(path, notes))
  if (!hasNone(found)) return complete(directory, found, notes)
  const made = Object.entries(defaultFiles(DEFAULT_TENANT)).map(([file, value]) => [file, { text: fileText(value) }])
  notes.push(`there are no files in ${directory} yet: those of a new home are taken`)
  return complete(directory, { ...found, ...Object.fromEntries(made) }, notes)
}

async function readClientFile(path: string, notes: string[]): Promise<string> {
  try {
    return await textAt(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || basename(path) !== 'nssteering.json') throw error
    const text = await textAt(join(dirname(path), OLD_STEERING))
    notes.push(`${OLD_STEERING} is taken for nssteering.json`)
    return text
  }
}

async function textAt(path: string): Promise<string> {
  return withoutMark(await readFromDisk(path))
}

function hasNone(found: FoundTexts): boolean {
  return FILE_NAMES.every((file) => isMissing(found[file]))
}

function isMissing(found: FoundText): boolean {
  return 'error' in found && found.error === 'ENOENT'
}

function complete(directory: string, found: FoundTexts, notes: string[]): OfflineFiles {
  const taken: Record<FileName, FoundText> = { ...found }
  for (const file of REPLACEABLE.filter((name) => isMissing(found[name]))) {
    taken[file] = { text: fileText(defaultFiles(DEFAULT_TENANT)[file]) }
    notes.push(`${file} is not in ${directory}: that of a new home stands for it`)
  }
  const texts = new Map(FILE_NAMES.flatMap((file) => ('text' in found[file] ? [[file, found[file].text]] : [])))
  const checked = checkSet(taken)
  if ('configuration' in checked)
    return { configuration: checked.configuration, lines: new RuleLines(texts), leftOut: 0, notes }
  const removed = new Map<FileName, readonly Path[]>()
  for (const file of FILE_NAMES) {
    const one = taken[file]
    if (!('text' in one) || 'value' in checkFile(file, one.text)) continue
    const imported = importedFile(file, one.text)
    if (imported === undefined) continue
    taken[file] = { text: fileText(imported.value) }
    removed.set(file, imported.removed)
    notes.push(...imported.notes.map(({ path, reason }) => `${path}: ${reason}`))
  }
  const again = checkSet(taken)
  if ('configuration' in again) {
    const leftOut = [...removed.values()].reduce((sum, { length }) => sum + length, 0)
    return { configuration: again.configuration, lines: new RuleLines(texts, removed), leftOut, notes }
  }
  const lines = [`The configuration in ${directory} cannot be used:`, ...checked.problems]
  throw userMistake('config-invalid', lines.join('\n'))
}

/** A file as `config import` would take it. */
function importedFile(file: FileName, text: string) {
  try {
    return importClientFile(file, JSON.parse(text))
  } catch {
    return undefined
  }
}
