// Pure: an event in the words of a message form. Whatever the fields hold, the message stays on its line and can be
// read back (recognise.ts): what a field cannot carry is written as `?`.

import type { LogEvent } from './event.js'
import type { FieldValue, Template, TemplateField } from './template.js'
import { parseTemplate } from './template.js'

// A line break by any reader's reckoning: C0 and C1 controls (NEL among them), Unicode's line and paragraph separators.
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing control characters is the purpose
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g
const WHITE_SPACE = /\s/g

/** The message of an event in one form; a field the event lacks is written empty. */
export function render(event: LogEvent, template: string): string {
  const { texts, fields } = templateOf(template)
  let message = texts[0]!
  for (let i = 0; i < fields.length; i++) message += fieldText(fields[i]!, event) + texts[i + 1]!
  return message
}

/** The message before and behind one of its endpoints, for those who write it often with only that changing; undefined without it. */
export function renderAround(
  event: LogEvent,
  template: string,
  endpoint: string,
): readonly [before: string, behind: string] | undefined {
  const { texts, fields } = templateOf(template)
  const hole = fields.findIndex(({ name, kind }) => name === endpoint && kind === 'endpoint')
  if (hole < 0) return undefined
  const sides: [string, string] = ['', '']
  for (const [i, text] of texts.entries()) {
    const side = i <= hole ? 0 : 1
    sides[side] += text
    if (i < fields.length && i !== hole) sides[side] += fieldText(fields[i]!, event)
  }
  return sides
}

/** What of a value arrives in the log, as `recognise` gives it back. */
export function carried(field: TemplateField, value: FieldValue | undefined): FieldValue {
  if (typeof value === 'number') return value
  if (typeof value === 'object') return { ip: word(value.ip), port: value.port }
  const text = field.kind === 'word' ? word(value ?? '') : printable(value ?? '')
  return field.stop !== '' && text.includes(field.stop) ? text.replaceAll(field.stop, '?') : text
}

function fieldText(field: TemplateField, event: LogEvent): string {
  const value = carried(field, (event as unknown as Readonly<Record<string, FieldValue | undefined>>)[field.name])
  return typeof value === 'object' ? `${value.ip}:${value.port}` : String(value)
}

// Nearly every value is as it should be, and a look is cheaper than replacements that find nothing.
const NOT_PLAIN = /[^ -~]/
const NOT_PLAIN_WORD = /[^!-~]/

function printable(text: string): string {
  return NOT_PLAIN.test(text) ? text.replace(UNPRINTABLE, '?') : text
}

function word(text: string): string {
  return NOT_PLAIN_WORD.test(text) ? text.replace(UNPRINTABLE, '?').replace(WHITE_SPACE, '?') : text
}

const parsed = new Map<string, Template>()

/** A template taken apart, once. */
export function templateOf(template: string): Template {
  const known = parsed.get(template)
  if (known !== undefined) return known
  const made = parseTemplate(template)
  parsed.set(template, made)
  return made
}
