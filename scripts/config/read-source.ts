/**
 * What `config import` is given: a real client's directory, a Save Logs bundle, one of the client's files, or a REST v1
 * `steeringconfig` answer.
 */

import { stat } from 'node:fs/promises'
import { posix } from 'node:path'
import { checkFile } from '../../agent/config/check.js'
import { CONFIGURATION_FILES, type FileName } from '../../agent/config/configuration.js'
import { clientFileName, importClientFile } from '../../agent/config/import/import-client.js'
import { importRest, isRestDocument, type RestOptions } from '../../agent/config/import/import-rest.js'
import type { Imported, ImportNote } from '../../agent/config/import/imported.js'
import { positionAt, scanJson } from '../../agent/config/json-position.js'
import { userMistake } from '../../agent/errors.js'
import { isZip } from '../logs/log-bytes.js'
import { type FoundFile, fileAt, filesBelow, filesInZip, readable } from './found-files.js'

/** What a source holds, and which of its files each of ours is from. */
export interface ReadSource extends Imported {
  readonly from: Readonly<Partial<Record<FileName, string>>>
}

/** Files of a real client that say something about steering and have no place here. */
const UNUSED: ReadonlySet<string> = new Set(['nstunnelpolicy.json', 'nsdeviceid.json', 'nsuser.conf'])

/** The client's encrypted files carry it (client-behaviour 1.4). */
const ENCRYPTED = '.enc'

const BUNDLE = 'a Save Logs bundle of that client has them in clear'

/**
 * Reads and imports what is at `path`. Throws a user's mistake: `config-not-found`, `config-unreadable`, `config-damaged`,
 * `config-encrypted`, `config-invalid`, or what importRest says.
 */
export async function readSource(path: string, options: RestOptions): Promise<ReadSource> {
  const facts = await readable(path, () => stat(path))
  if (facts.isDirectory()) return fromClient(path, await filesBelow(path), options)
  if (facts.isFile() && (await readable(path, () => isZip(path)))) {
    return fromClient(path, await filesInZip(path, concerns), options)
  }
  const file = fileAt(path)
  if (concerns(path)) return fromClient(path, [{ ...file, path: posix.basename(path) }], options)
  const text = await file.text()
  const value = /^\s*[[{]/.test(text) ? parsed(text, path) : undefined
  if (isRestDocument(value)) {
    const imported = importRest(value, options)
    return { ...imported, from: Object.fromEntries(Object.keys(imported.files).map((name) => [name, path])) }
  }
  throw userMistake(
    'config-invalid',
    `${path} is neither a file of the client's (nssteering.json, nsexception.json ...) nor a REST v1 steeringconfig answer`,
  )
}

/** Whether the name of a file says that it is for us, be it only to say why it is not taken. */
function concerns(path: string): boolean {
  const name = posix.basename(path)
  return clientFileName(name.replace(ENCRYPTED, '')) !== undefined || UNUSED.has(name)
}

async function fromClient(place: string, all: readonly FoundFile[], options: RestOptions): Promise<ReadSource> {
  if (options.name !== undefined || options.os !== undefined) {
    throw userMistake(
      'option-unused',
      `--config-name and --os are for a REST steeringconfig answer, and ${place} is none`,
    )
  }
  const found = all.filter(({ path }) => concerns(path))
  const clear = found.filter(({ path }) => clientFileName(posix.basename(path)) !== undefined)
  const encrypted = found.filter(({ path }) => path.endsWith(ENCRYPTED)).map(({ path }) => path)
  if (clear.length === 0 && encrypted.length > 0) {
    throw userMistake('config-encrypted', `${place} holds encrypted files only (${encrypted.join(', ')}): ${BUNDLE}`)
  }
  if (clear.length === 0) throw userMistake('config-not-found', `there is none of the client's files in ${place}`)
  const notes: ImportNote[] = found
    .filter((file) => !clear.includes(file))
    .map(({ path }) => ({ path, reason: path.endsWith(ENCRYPTED) ? `is encrypted: ${BUNDLE}` : 'has no place here' }))
  const files: Partial<Record<FileName, unknown>> = {}
  const from: Partial<Record<FileName, string>> = {}
  for (const name of new Set(clear.map(({ path }) => clientFileName(posix.basename(path))!))) {
    const { chosen, others } = choose(
      place,
      clear.filter(({ path }) => clientFileName(posix.basename(path)) === name),
    )
    const imported = await readFile(name, chosen)
    files[name] = imported.value
    from[name] = chosen.name
    notes.push(...imported.notes, ...others.map(({ path }) => ({ path, reason: `${chosen.path} is taken` })))
  }
  // A client without the file pins nothing; a home that keeps its own would.
  if (clear.length > 1 && files['nsbypass.json'] === undefined) {
    files['nsbypass.json'] = CONFIGURATION_FILES['nsbypass.json'].whenMissing
    from['nsbypass.json'] = place
    notes.push({ path: 'nsbypass.json', reason: 'is not there: no app is pinned' })
  }
  return { files, from, notes }
}

/** Of several the one that lies highest, and of the 2021 name and today's the latter; of equal ones only the user knows. */
function choose(place: string, files: readonly FoundFile[]): { chosen: FoundFile; others: readonly FoundFile[] } {
  const rank = ({ path }: FoundFile) => path.split('/').length + (path.endsWith('nsdomain.json') ? 0.5 : 0)
  const [chosen, ...others] = files.toSorted((a, b) => rank(a) - rank(b))
  if (others[0] !== undefined && rank(others[0]) === rank(chosen!)) {
    throw userMistake(
      'config-ambiguous',
      `${place} holds ${chosen!.path} and ${others[0].path}: import the one that is meant`,
    )
  }
  return { chosen: chosen!, others }
}

async function readFile(name: FileName, file: FoundFile) {
  const text = await file.text()
  const imported = importClientFile(name, parsed(text, file.name))
  if (imported !== undefined) return imported
  const checked = checkFile(name, text)
  throw userMistake(
    'config-invalid',
    `${file.name} cannot be used:\n${'problems' in checked ? checked.problems.join('\n') : ''}`,
  )
}

/** The value of a JSON text. Throws a user's mistake `config-invalid` that says where it is none, or that it looks encrypted. */
function parsed(text: string, name: string): unknown {
  const root = scanJson(text)
  if (!('expected' in root)) return JSON.parse(text)
  if (root.offset === 0) {
    throw userMistake('config-invalid', `${name} is not JSON at all: where the client encrypts its files, ${BUNDLE}`)
  }
  const { line, column } = positionAt(text, root.offset)
  throw userMistake('config-invalid', `${name}:${line}:${column}: not JSON: expected ${root.expected}`)
}
