// Pure: the event a message tells, the inverse of render.ts. Readers go by the text alone: component and place move
// between builds, and some sources drop them. A form is read without going back: up to its pivot from the left, down to
// it from the right, so that the time is linear in the message, whatever it holds.

import { CATALOGUE } from './catalogue.js'
import type { LogEvent } from './event.js'
import type { MessageForm } from './message-form.js'
import { templateOf } from './render.js'
import type { FieldValue, Template, TemplateField } from './template.js'

/** A message understood: what it says, and the form it says it in. */
export interface Recognised {
  readonly event: LogEvent
  readonly form: MessageForm
}

/** Longest message that is looked at; real ones end at 4,062 characters (reference 1.5). */
const MAX_MESSAGE = 64 * 1024

/** The event of a message, undefined for one the catalogue does not have. */
export function recognise(message: string): Recognised | undefined {
  if (message.length > MAX_MESSAGE) return undefined
  const readers = READERS.get(leadKey(message))
  if (readers === undefined) return undefined
  for (const reader of readers) {
    const event = reader.read(message)
    if (event !== undefined) return { event, form: reader.form }
  }
  return undefined
}

/** Reads the messages of one form, or those with one of the alternatives it begins with. */
class FormReader {
  readonly form: MessageForm
  /** What every message it reads begins with. */
  readonly lead: string
  readonly #template: Template
  readonly #last: string
  /** Where each field begins and ends in the message under way. */
  readonly #cuts: number[]

  constructor(form: MessageForm, lead: string) {
    this.form = form
    this.lead = lead
    this.#template = templateOf(form.template)
    this.#last = this.#template.texts.at(-1)!
    this.#cuts = this.#template.fields.flatMap(() => [0, 0])
  }

  /** The event, undefined for a message in another form. */
  read(message: string): LogEvent | undefined {
    if (!message.startsWith(this.lead)) return undefined
    const { fields } = this.#template
    if (fields.length === 0) return message === this.lead ? ({ type: this.form.event } as LogEvent) : undefined
    if (!this.#cut(message)) return undefined
    const event: Record<string, FieldValue> = { type: this.form.event }
    for (let i = 0; i < fields.length; i++) {
      const value = fieldValue(fields[i]!, message, this.#cuts[2 * i]!, this.#cuts[2 * i + 1]!)
      if (value === undefined) return undefined
      event[fields[i]!.name] = value
    }
    return event as unknown as LogEvent
  }

  /** Finds where the fields are; false when a text between them is missing. */
  #cut(message: string): boolean {
    const { texts, pivot } = this.#template
    if (!message.endsWith(this.#last)) return false
    const cuts = this.#cuts
    let begin = texts[0]!.length
    for (let i = 0; i < pivot; i++) {
      const end = message.indexOf(texts[i + 1]!, begin)
      if (end < 0) return false
      cuts[2 * i] = begin
      cuts[2 * i + 1] = end
      begin = end + texts[i + 1]!.length
    }
    let end = message.length - this.#last.length
    for (let i = texts.length - 2; i > pivot; i--) {
      const text = texts[i]!
      const at = lastIndexOf(message, text, begin, end)
      if (at < 0) return false
      cuts[2 * i] = at + text.length
      cuts[2 * i + 1] = end
      end = at
    }
    cuts[2 * pivot] = begin
    cuts[2 * pivot + 1] = end
    return begin <= end
  }
}

/** Where `text` last stands between `begin` and `end`, -1 if nowhere. In JavaScript, as the built-in is slower near the end. */
function lastIndexOf(message: string, text: string, begin: number, end: number): number {
  const first = text.charCodeAt(0)
  for (let at = end - text.length; at >= begin; at--)
    if (message.charCodeAt(at) === first && message.startsWith(text, at)) return at
  return -1
}

function fieldValue(field: TemplateField, message: string, begin: number, end: number): FieldValue | undefined {
  switch (field.kind) {
    case 'text':
      return message.slice(begin, end)
    case 'word':
      return hasWhiteSpace(message, begin, end) ? undefined : message.slice(begin, end)
    case 'number':
      return integer(message, begin, end)
    case 'endpoint': {
      if (hasWhiteSpace(message, begin, end)) return undefined
      const colon = lastIndexOf(message, ':', begin, end)
      const port = colon < 0 ? undefined : integer(message, colon + 1, end)
      return port === undefined || port < 0 || port > 0xffff ? undefined : { ip: message.slice(begin, colon), port }
    }
    case 'choice': {
      const text = message.slice(begin, end)
      return field.choices.includes(text) ? text : undefined
    }
  }
}

const SPACE = 0x20
const FIRST_WIDE_SPACE = 0x85

function hasWhiteSpace(message: string, begin: number, end: number): boolean {
  for (let i = begin; i < end; i++) {
    const code = message.charCodeAt(i)
    if (code <= SPACE || (code >= FIRST_WIDE_SPACE && /\s/.test(message[i]!))) return true
  }
  return false
}

const ZERO = 0x30
const NINE = 0x39

/** The canonical integer between `begin` and `end`: no sign but `-`, no leading zero, at most 15 digits. */
function integer(message: string, begin: number, end: number): number | undefined {
  const negative = message.charCodeAt(begin) === 0x2d
  const first = negative ? begin + 1 : begin
  const digits = end - first
  if (digits < 1 || digits > 15) return undefined
  if (message.charCodeAt(first) === ZERO && (digits > 1 || negative)) return undefined
  let value = 0
  for (let i = first; i < end; i++) {
    const code = message.charCodeAt(i)
    if (code < ZERO || code > NINE) return undefined
    value = value * 10 + code - ZERO
  }
  return negative ? -value : value
}

/** The first three UTF-16 units of a message as one number: forms are found by it. */
function leadKey(message: string): number {
  return (message.charCodeAt(0) * 0x10000 + message.charCodeAt(1)) * 0x10 + (message.charCodeAt(2) % 0x10)
}

/** What messages of a form begin with: as many as there are alternatives where one stands at the beginning. */
function leadsOf({ template }: MessageForm): readonly string[] {
  const { texts, fields } = templateOf(template)
  const first = texts[0]!
  return first.length < 3 && fields[0] !== undefined
    ? fields[0].choices.map((choice) => first + choice + texts[1])
    : [first]
}

function readersByLead(): ReadonlyMap<number, readonly FormReader[]> {
  const byLead = new Map<number, FormReader[]>()
  for (const form of CATALOGUE)
    for (const lead of leadsOf(form)) {
      const reader = new FormReader(form, lead)
      const others = byLead.get(leadKey(lead))
      if (others === undefined) byLead.set(leadKey(lead), [reader])
      else others.push(reader)
    }
  return byLead
}

const READERS = readersByLead()
