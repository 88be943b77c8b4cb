// Pure: what stands in a file where a rule is.

import { CONFIGURATION_FILES, type Configuration, type FileName } from '../../config/configuration.js'
import type { RuleRef } from '../../steering/flow.js'

const STEP = /\.([A-Za-z_]\w*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g

/** The value at a rule's place: a text as it is, anything else as JSON; '' for rules that stand in no file, or nowhere. */
export function ruleText(configuration: Configuration, { file, path }: RuleRef): string {
  if (file === 'built-in') return ''
  const { key } = CONFIGURATION_FILES[file satisfies FileName]
  let value: unknown = configuration[key]
  for (const [, word, index, quoted] of path.matchAll(STEP)) {
    const name = word ?? index ?? (JSON.parse(quoted!) as string)
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return ''
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  return typeof value === 'string' ? value : JSON.stringify(value)
}
