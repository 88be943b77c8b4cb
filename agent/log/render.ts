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

/** The message before and behind the port of one of its endpoints, for those who write it often with only that changing. */
export function renderAround(event: LogEvent, template: string, endpoint: string): readonly [string, string] {
  const { texts, fields } = templateOf(template)
  const hole = fields.findIndex(({ name, kind }) => name === endpoint && kind === 'endpoint')
  const written = fields.map((field) => fieldText(field, event))
  const port = written[hole]!.lastIndexOf(':') + 1
  const join = (from: number, to: number): string =>
    texts.slice(from, to).reduce((joined, text, i) => joined + text + (from + i < to - 1 ? written[from + i] : ''), '')
  return [join(0, hole + 1) + written[hole]!.slice(0, port), join(hole + 1, texts.length)]
}

/** What of a value arrives in the log, as `recognise` gives it back. */
export function carried(field: TemplateField, value: FieldValue | undefined): FieldValue {
  if (typeof value === 'number') return value
  if (typeof value === 'object') return { ip: word(value.ip), port: value.port }
  const text = (value ?? '').replace(UNPRINTABLE, '?')
  const solid = field.kind === 'word' ? text.replace(WHITE_SPACE, '?') : text
  return field.stop === '' ? solid : solid.replaceAll(field.stop, '?')
}

function fieldText(field: TemplateField, event: LogEvent): string {
  const value = carried(field, (event as unknown as Readonly<Record<string, FieldValue | undefined>>)[field.name])
  return typeof value === 'object' ? `${value.ip}:${value.port}` : String(value)
}

function word(text: string): string {
  return text.replace(UNPRINTABLE, '?').replace(WHITE_SPACE, '?')
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
