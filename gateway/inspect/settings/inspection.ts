// Pure: the administrator's three files about inspection, and what they say together. Each may be missing, and then says
// what `{}` says.

import type * as z from 'zod'
import { withoutMark } from '../../../agent/config/byte-order-mark.js'
import { checkJson } from '../../../agent/config/check.js'
import type { FoundText } from '../../../agent/config/check-set.js'
import { type Categories, type CategoriesFile, categoriesFileSchema, compileCategories } from '../policy/categories.js'
import { compilePolicy } from '../policy/compile-policy.js'
import { HostList } from '../policy/host-list.js'
import type { Policy } from '../policy/policy.js'
import { type PolicyFile, policyFileSchema } from '../policy/policy-file.js'
import { compileWildcard } from '../policy/wildcard.js'
import { type InspectSettings, inspectSettingsSchema } from './settings.js'

/** What the files say, by name. */
export interface InspectionValues {
  readonly 'inspect.json': InspectSettings
  readonly 'policy.json': PolicyFile
  readonly 'categories.json': CategoriesFile
}

/** The name of one of the files. */
export type InspectionFile = keyof InspectionValues

const SCHEMAS: { readonly [File in InspectionFile]: z.ZodType<InspectionValues[File]> } = {
  'inspect.json': inspectSettingsSchema,
  'policy.json': policyFileSchema,
  'categories.json': categoriesFileSchema,
}

/** The names of the files. */
export const INSPECTION_FILES = Object.keys(SCHEMAS) as readonly InspectionFile[]

/** What holds without any file. */
export const DEFAULT_INSPECTION: InspectionValues = {
  'inspect.json': SCHEMAS['inspect.json'].parse({}),
  'policy.json': SCHEMAS['policy.json'].parse({}),
  'categories.json': SCHEMAS['categories.json'].parse({}),
}

/** What one file says, or a line for each mistake in it. */
export type CheckedInspection<File extends InspectionFile> =
  | { readonly value: InspectionValues[File] }
  | { readonly problems: readonly string[] }

/** Checks what was found of one file. */
export function checkInspection<File extends InspectionFile>(file: File, found: FoundText): CheckedInspection<File> {
  if ('error' in found && found.error !== 'ENOENT') return { problems: [`${file}: cannot be read (${found.error})`] }
  try {
    const checked = checkJson(file, SCHEMAS[file], 'text' in found ? withoutMark(found.text) : '{}')
    // The schema of this very file has made the value.
    return checked as CheckedInspection<File>
  } catch (error) {
    // zod passes all problems of a list on as arguments of one call: a hundred thousand are too many for the stack.
    if (error instanceof RangeError) return { problems: [`${file}: has more mistakes than can be counted`] }
    throw error
  }
}

/** How the gateway inspects, all of one moment. */
export interface Inspection {
  readonly settings: InspectSettings
  readonly policy: Policy
  readonly categories: Categories
  /** Which entry of inspect.json says that a host is not to be decrypted: `doNotDecrypt.hosts *.bank.example`. */
  doNotDecrypt(host: string): string | undefined
}

/** What checked files say together. */
export function compileInspection(values: InspectionValues): Inspection {
  const settings = values['inspect.json']
  const categories = compileCategories(values['categories.json'])
  return {
    settings,
    policy: compilePolicy(values['policy.json']),
    categories,
    doNotDecrypt: compileDoNotDecrypt(settings.doNotDecrypt, categories),
  }
}

function compileDoNotDecrypt(
  { hosts, categories }: InspectSettings['doNotDecrypt'],
  { categoryOf }: Categories,
): Inspection['doNotDecrypt'] {
  const list = new HostList(hosts)
  const patterns = categories.map((name) => ({ name, matches: compileWildcard(name.toLowerCase()) }))
  return (host) => {
    const entry = list.entryOf(host)
    if (entry !== undefined) return `doNotDecrypt.hosts ${entry}`
    if (patterns.length === 0) return undefined
    const category = categoryOf(host).toLowerCase()
    const found = patterns.find(({ matches }) => matches(category))
    return found && `doNotDecrypt.categories ${found.name}`
  }
}
