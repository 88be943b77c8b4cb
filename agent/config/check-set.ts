// Pure: the texts of a client's directory checked as one set: all good, or nothing is taken.

import { createHash } from 'node:crypto'
import { withoutMark } from './byte-order-mark.js'
import { checkFile, formatPath } from './check.js'
import { CONFIGURATION_FILES, type Configuration, configurationOf, FILE_NAMES, type FileName } from './configuration.js'
import { type Exceptions, isLocalType } from './schema/nsexception.js'
import { unknownKeys } from './unknown-keys.js'

/** What was found where a file should be: its text, or the code of the error; ENOENT = it is not there. */
export type FoundText = { readonly text: string } | { readonly error: string }

/** What was found of each file. */
export type FoundTexts = Readonly<Record<FileName, FoundText>>

/** A good set, and a line for whatever in it has no meaning here, or one that is guessed. */
export interface GoodSet {
  readonly configuration: Configuration
  readonly unknown: readonly string[]
}

/** A good set, or a line for each problem of any file. */
export type CheckedSet = GoodSet | { readonly problems: readonly string[] }

/** What a checking thread answers: the values, read from the same texts again, cost less than their way here. */
export type SetFindings = { readonly unknown: readonly string[] } | { readonly problems: readonly string[] }

/** Unknown keys of one file that are named. */
const NAMED_KEYS = 12

/** Checks the files of one directory. */
export function checkSet(found: FoundTexts): CheckedSet {
  const values: Partial<Record<FileName, unknown>> = {}
  const problems: string[] = []
  const unknown: string[] = []
  for (const file of FILE_NAMES) {
    const { schema, whenMissing } = CONFIGURATION_FILES[file]
    const one = found[file]
    if ('error' in one) {
      if (one.error !== 'ENOENT') problems.push(`${file}: cannot be read (${one.error})`)
      else if (whenMissing === undefined) problems.push(`${file}: is missing, and must be there`)
      continue
    }
    const checked = checkFile(file, withoutMark(one.text))
    if ('problems' in checked) problems.push(...checked.problems)
    else {
      values[file] = checked.value
      unknown.push(...unknownLine(file, unknownKeys(schema, checked.value)))
      if (file === 'nsexception.json') unknown.push(...guessedTypes(checked.value as Exceptions))
    }
  }
  return problems.length > 0 ? { problems } : { configuration: configurationOf(values), unknown }
}

/** Types of addresses whose meaning is guessed, the first of each. */
function guessedTypes({ ips }: Exceptions): readonly string[] {
  const guessed = new Map<string, number>()
  for (const [index, { type }] of ips.entries())
    if (type !== 'ip' && type !== 'local' && !guessed.has(type) && guessed.size < NAMED_KEYS) guessed.set(type, index)
  return [...guessed].map(([type, index]) => {
    const meaning = isLocalType(type) ? 'a local address' : 'a destination exception'
    return `nsexception.json: $.ips[${index}].type ${JSON.stringify(type)} is not public: taken as ${meaning}`
  })
}

function unknownLine(file: FileName, paths: readonly (readonly PropertyKey[])[]): readonly string[] {
  if (paths.length === 0) return []
  const named = paths.slice(0, NAMED_KEYS).map(formatPath).join(', ')
  const more = paths.length > NAMED_KEYS ? ` and ${paths.length - NAMED_KEYS} more` : ''
  const keys =
    paths.length === 1 ? 'a key that means nothing here and is kept' : 'keys that mean nothing here and are kept'
  return [`${file}: ${keys}: ${named}${more}`]
}

/** The values of texts that `checkSet` has found good, which checks without changing anything. */
export function readSet(found: FoundTexts): Configuration {
  const values = FILE_NAMES.map((file) => {
    const one = found[file]
    return [file, 'text' in one ? JSON.parse(withoutMark(one.text)) : undefined]
  })
  return configurationOf(Object.fromEntries(values))
}

/** Tells sets of texts apart. */
export function digestOf(found: FoundTexts): string {
  const hash = createHash('sha256')
  for (const file of FILE_NAMES) {
    const one = found[file]
    const content = 'text' in one ? one.text : one.error
    hash.update(`${file} ${content.length}\n${content}\n`)
  }
  return hash.digest('hex')
}
