/** The configuration a log was written under: the one that is named, or the client's own files in the log's bundle. */

import { stat } from 'node:fs/promises'
import { checkSet, type FoundText } from '../../agent/config/check-set.js'
import { type Configuration, FILE_NAMES, type FileName } from '../../agent/config/configuration.js'
import { defaultFiles } from '../../agent/config/default-files.js'
import { SteerError } from '../../agent/errors.js'
import { loadOffline } from '../config/offline-files.js'
import { readSource } from '../config/read-source.js'
import { DEFAULT_TENANT } from '../process/tenant.js'
import { isZip } from './log-bytes.js'

/** The configuration before, where there is one. */
export interface OldConfiguration {
  readonly configuration?: Configuration
  /** Where it is from. */
  readonly place?: string
  /** What the user should know of where it was looked for, a sentence each. */
  readonly notes: readonly string[]
}

/**
 * Loads `directory` if it is named, else what lies beside the logs in the zip or directory of a bundle; one that cannot
 * be used is a note. Throws the user's mistakes of a directory that is named.
 */
export async function oldConfiguration(
  directory: string | undefined,
  logs: readonly string[],
): Promise<OldConfiguration> {
  if (directory !== undefined) {
    const { configuration, notes } = await loadOffline(directory)
    return { configuration, place: directory, notes }
  }
  const found: OldConfiguration[] = []
  for (const path of logs) if (await isBundle(path)) found.push(await inBundle(path))
  const notes = found.flatMap((one) => one.notes)
  const [first, second] = found.filter(({ configuration }) => configuration !== undefined)
  if (first === undefined) return { notes }
  if (second === undefined) return { ...first, notes }
  return { notes: [...notes, `${first.place} and ${second.place} both hold a configuration: name one with --old`] }
}

async function isBundle(path: string): Promise<boolean> {
  const facts = await stat(path).catch(() => undefined)
  if (facts === undefined) return false
  return facts.isDirectory() || (facts.isFile() && (await isZip(path)))
}

/** What stands for files that a bundle may lack: nothing but a few switches of nsconfig.json decides on flows. */
const { 'nsbranding.json': BRANDING, 'nsconfig.json': CLIENT } = defaultFiles(DEFAULT_TENANT)

async function inBundle(path: string): Promise<OldConfiguration> {
  try {
    const { files, notes: remarks } = await readSource(path, {})
    const checked = checkSet(textsOf({ 'nsbranding.json': BRANDING, 'nsconfig.json': CLIENT, ...files }))
    if ('problems' in checked)
      return { notes: [`the configuration in ${path} cannot be used: ${checked.problems.join('; ')}`] }
    const notes: string[] = []
    if (files['nsconfig.json'] === undefined)
      notes.push(`${path} has no nsconfig.json; that of a new home stands for it`)
    // Remarks on whole files are about those that decide nothing.
    if (remarks.some(({ path: place }) => place.includes('$')))
      notes.push(`not all in ${path} is as it is read here: \`steerlab config import ${path} --dry-run\` says what`)
    return { configuration: checked.configuration, place: path, notes }
  } catch (error) {
    if (!(error instanceof SteerError)) throw error
    return { notes: error.code === 'config-not-found' ? [] : [error.message] }
  }
}

function textsOf(files: Readonly<Partial<Record<FileName, unknown>>>): Record<FileName, FoundText> {
  const texts = FILE_NAMES.map((file) => {
    const content = files[file]
    return [file, content === undefined ? { error: 'ENOENT' } : { text: JSON.stringify(content) }]
  })
  return Object.fromEntries(texts) as Record<FileName, FoundText>
}
