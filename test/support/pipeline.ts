/** What our Logstash pipeline does to an event after grok, done here, so that its tables are tested where no Logstash is. */

import { readFileSync } from 'node:fs'
import type { GrokFields } from './grok.js'

const PIPELINE = readFileSync(
  new URL('../../../scripts/integrations/logstash/pipeline.conf', import.meta.url),
  'utf8',
).replace(/^\s*#.*$/gm, '')

/** What the text between two words matches, by groups. */
function entries(opening: string, closing: string, entry: RegExp): readonly (readonly string[])[] {
  const begin = PIPELINE.indexOf(opening)
  const block = PIPELINE.slice(begin, PIPELINE.indexOf(closing, begin))
  return [...block.matchAll(entry)].map((found) => found.slice(1))
}

/** Grok's field and the document's, `a.b` for `[a][b]`. */
export const RENAMES = entries('rename => {', '}', /"(\w+)" => "([^"]+)"/g).map(
  ([from = '', to = '']) => [from, dotted(to)] as const,
)

/** Field, pattern and replacement, in their order. */
export const SUBSTITUTIONS = entries('gsub => [', '\n      ]', /"([^"]+)", "([^"]+)", "([^"]+)"/g).map(
  ([field = '', pattern = '', replacement = '']) => ({
    field: dotted(field),
    pattern: new RegExp(pattern),
    replacement,
  }),
)

/** Begins a record; other lines go on with the one before. */
export const RECORD_START = new RegExp(entries('pattern => ', '\n', /"([^"]+)"/g)[0]?.[0] ?? '')

/** The forms of times, in Joda's letters. */
export const TIME_FORMS = entries('date {', '}', /"(yyyy[^"]+)"/g).map(([form = '']) => form)

/** The document of grok's fields, flat. */
export function documentOf(fields: GrokFields): Readonly<Record<string, string | number>> {
  const renamed = RENAMES.flatMap(([from, to]) => (fields[from] === undefined ? [] : [[to, fields[from]] as const]))
  return Object.fromEntries(
    renamed.map(([name, value]) => [name, typeof value === 'string' ? substituted(name, value) : value]),
  )
}

function substituted(name: string, value: string): string {
  const own = SUBSTITUTIONS.filter(({ field }) => field === name)
  return own.reduce((text, { pattern, replacement }) => text.replace(pattern, replacement), value)
}

function dotted(field: string): string {
  return field.replace(/^\[|\]$/g, '').replaceAll('][', '.')
}
