// Pure: the event a message tells, the inverse of render.ts. Readers go by the text alone: component and place move
// between builds, and some sources drop them. A form is read without going back: up to its pivot from the left, down to
// it from the right, so that the time is linear in the message, whatever it holds.

import { CATALOGUE } from './catalogue.js'
import { detached } from './detached.js'
import type { LogEvent } from './event.js'
import type { MessageForm } from './message-form.js'
import { templateOf } from './render.js'
import type { FieldValue, Template, TemplateField } from './template.js'

/**
 * A message understood: the form it is in, and where its fields stand. Values are made when asked for: a report of a large
 * log needs two or three of a line.
 */
export class Recognised {
  readonly form: MessageForm
  readonly #message: string
  /** Where each field begins and ends. */
  readonly #cuts: readonly number[]
  /** One object for messages of the form that are alike but for the source: the same program, host and destination. */
  readonly alike: object | undefined

  constructor(form: MessageForm, message: string, cuts: readonly number[], alike: object | undefined) {
    this.form = form
    this.alike = alike
    this.#message = message
    this.#cuts = cuts
  }

  /** The text of a field, by its place in the template: a piece of the message, that keeps its whole chunk in memory. */
  text(field: number): string {
    return this.#message.slice(this.#cuts[2 * field]!, this.#cuts[2 * field + 1]!)
  }

  /** What the message says, with its fields as values. */
  get event(): LogEvent {
    const { fields } = templateOf(this.form.template)
    const event: Record<string, FieldValue> = { type: this.form.event }
    for (let i = 0; i < fields.length; i++) event[fields[i]!.name] = fieldValue(fields[i]!.kind, this.text(i))
    return event as unknown as LogEvent
  }
}

/** Longest message that is looked at; real ones end at 4,062 characters (reference 1.5). */
const MAX_MESSAGE = 64 * 1024

/** The event of a message, undefined for one the catalogue does not have. */
export function recognise(message: string): Recognised | undefined {
  if (message.length > MAX_MESSAGE) return undefined
  const readers = READERS.get(leadKey(message))
  if (readers === undefined) return undefined
  const codes = codesOf(message)
  for (const reader of readers) {
    const recognised = reader.read(message, codes)
    if (recognised !== undefined) return recognised
  }
  return undefined
}

/** Reads the messages of one form, or those with one of the alternatives it begins with. */
class FormReader {
  readonly form: MessageForm
  /** What every message it reads begins with. */
  readonly lead: string
  readonly #template: Template
  readonly #lead: Codes
  /** Whether the lead holds the first field, so that nothing has to be looked for there. */
  readonly #leadHasChoice: boolean
  /** The texts of the template, and the choices of its fields. */
  readonly #texts: readonly Codes[]
  readonly #choices: ReadonlyArray<readonly Codes[]>
  /** Whether logs repeat what comes from the field `stable` on: a flow's program and host, not its source. */
  readonly #repeats: boolean
  readonly #stable: number
  /** What was read before from that field on, and the cuts from there. */
  readonly #known = new Map<string, readonly number[]>()

  constructor(form: MessageForm, lead: string) {
    this.form = form
    this.lead = lead
    this.#template = templateOf(form.template)
    this.#lead = ownCodes(lead)
    this.#leadHasChoice = this.#template.pivot > 0 && lead.length > this.#template.texts[0]!.length
    this.#texts = this.#template.texts.map(ownCodes)
    this.#choices = this.#template.fields.map(({ choices }) => choices.map(ownCodes))
    const source = this.#template.fields.findIndex(({ name }) => name === 'source')
    this.#repeats = form.group === 'flow' && source < this.#template.pivot
    this.#stable = this.#repeats ? source + 1 : 0
  }

  /** The message understood, undefined for one in another form. */
  read(message: string, codes: Codes): Recognised | undefined {
    if (message.length < this.#lead.length || !standsAt(codes, this.#lead, 0)) return undefined
    const { texts, fields, pivot } = this.#template
    if (fields.length === 0)
      return message === this.lead ? new Recognised(this.form, message, NO_CUTS, undefined) : undefined
    const cuts = new Array<number>(fields.length * 2)
    const stable = this.#stable
    const begin = this.#cutLeft(message, codes, cuts, 0, stable, texts[0]!.length)
    if (begin < 0) return undefined
    const repeats = this.#repeats && message.length <= MAX_KNOWN_LENGTH
    const rest = repeats ? message.slice(begin) : ''
    const known = repeats ? this.#known.get(rest) : undefined
    if (known !== undefined) {
      for (let i = 2 * stable; i < cuts.length; i++) cuts[i] = known[i]! + begin
      return new Recognised(this.form, message, cuts, known)
    }
    const middle = this.#cutLeft(message, codes, cuts, stable, pivot, begin)
    if (middle < 0 || !this.#cutRight(message, codes, cuts, middle)) return undefined
    if (!repeats) return new Recognised(this.form, message, cuts, undefined)
    const alike = cuts.map((cut) => cut - begin)
    if (this.#known.size >= MAX_KNOWN) this.#known.clear()
    this.#known.set(detached(rest), alike)
    return new Recognised(this.form, message, cuts, alike)
  }

  /** Cuts fields before the pivot; answers where the next one begins, -1 when a text or a value is not there. */
  #cutLeft(message: string, codes: Codes, cuts: number[], from: number, to: number, at: number): number {
    const { texts } = this.#template
    let begin = at
    let i = from
    if (i === 0 && to > 0 && this.#leadHasChoice) {
      cuts[0] = begin
      begin = this.lead.length
      cuts[1] = begin - texts[1]!.length
      i = 1
    }
    for (; i < to; i++) {
      const end = message.indexOf(texts[i + 1]!, begin)
      if (end < 0 || !this.#isValue(i, codes, begin, end)) return -1
      cuts[2 * i] = begin
      cuts[2 * i + 1] = end
      begin = end + texts[i + 1]!.length
    }
    return begin
  }

  /** Cuts the pivot, which begins at `begin`, and the fields behind it; false when a text or a value is not there. */
  #cutRight(message: string, codes: Codes, cuts: number[], begin: number): boolean {
    const { texts, fields, pivot } = this.#template
    let end = message.length - texts.at(-1)!.length
    if (end < begin || !standsAt(codes, this.#texts.at(-1)!, end)) return false
    for (let i = fields.length - 1; i > pivot; i--) {
      const at = lastIndexOf(codes, this.#texts[i]!, begin, end)
      if (at < 0 || !this.#isValue(i, codes, at + texts[i]!.length, end)) return false
      cuts[2 * i] = at + texts[i]!.length
      cuts[2 * i + 1] = end
      end = at
    }
    if (!this.#isValue(pivot, codes, begin, end)) return false
    cuts[2 * pivot] = begin
    cuts[2 * pivot + 1] = end
    return true
  }

  /** Whether what stands between `begin` and `end` can be a value of a field. */
  #isValue(field: number, codes: Codes, begin: number, end: number): boolean {
    switch (this.#template.fields[field]!.kind) {
      case 'text':
        return true
      case 'word':
        return !hasWhiteSpace(codes, begin, end)
      case 'number':
        return isInteger(codes, begin, end)
      case 'endpoint':
        return isEndpoint(codes, begin, end)
      case 'choice':
        return isChoice(codes, this.#choices[field]!, begin, end)
    }
  }
}

const NO_CUTS: readonly number[] = []

/** Most messages a form knows; then forgotten and learnt again. */
const MAX_KNOWN = 20_000

/** Longest message that is kept, UTF-16 units: two names of 255 bytes, addresses, and what stands between. */
const MAX_KNOWN_LENGTH = 1000

/** The UTF-16 units of a message. */
type Codes = Uint8Array | Uint16Array

const ENCODER = new TextEncoder()
const ASCII_CODES = new Uint8Array(MAX_MESSAGE)
const WIDE_CODES = new Uint16Array(MAX_MESSAGE)

/** The units of a message, until the next call: a loop over them takes a fifth of the time that charCodeAt takes. */
function codesOf(message: string): Codes {
  const { length } = message
  const { read, written } = ENCODER.encodeInto(message, ASCII_CODES)
  if (read === length && written === length) return ASCII_CODES
  for (let i = 0; i < length; i++) WIDE_CODES[i] = message.charCodeAt(i)
  return WIDE_CODES
}

function ownCodes(text: string): Codes {
  return codesOf(text).slice(0, text.length)
}

function standsAt(codes: Codes, text: Codes, at: number): boolean {
  for (let i = 0; i < text.length; i++) if (codes[at + i] !== text[i]) return false
  return true
}

/** Where `text` last stands between `begin` and `end`, -1 if nowhere. */
function lastIndexOf(codes: Codes, text: Codes, begin: number, end: number): number {
  let at = end - text.length
  while (at >= begin && !standsAt(codes, text, at)) at--
  return at >= begin ? at : -1
}

/** The value of a text that `isValue` found good. */
function fieldValue(kind: TemplateField['kind'], text: string): FieldValue {
  if (kind === 'number') return Number(text)
  if (kind !== 'endpoint') return text
  const colon = text.lastIndexOf(':')
  return { ip: text.slice(0, colon), port: Number(text.slice(colon + 1)) }
}

const SPACE = 0x20
const FIRST_WIDE_SPACE = 0x85

function hasWhiteSpace(codes: Codes, begin: number, end: number): boolean {
  for (let i = begin; i < end; i++) {
    const code = codes[i]!
    if (code <= SPACE || (code >= FIRST_WIDE_SPACE && /\s/.test(String.fromCharCode(code)))) return true
  }
  return false
}

const COLON = 0x3a
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39

/** Whether a canonical integer stands there: no sign but `-`, no leading zero, at most 15 digits. */
function isInteger(codes: Codes, begin: number, end: number): boolean {
  const negative = codes[begin] === MINUS
  const first = negative ? begin + 1 : begin
  const digits = end - first
  if (digits < 1 || digits > 15 || (codes[first] === ZERO && (digits > 1 || negative))) return false
  for (let i = first; i < end; i++) if (codes[i]! < ZERO || codes[i]! > NINE) return false
  return true
}

function isEndpoint(codes: Codes, begin: number, end: number): boolean {
  let colon = end - 1
  while (colon >= begin && codes[colon] !== COLON) colon--
  return colon >= begin && isPort(codes, colon + 1, end) && !hasWhiteSpace(codes, begin, colon)
}

function isChoice(codes: Codes, choices: readonly Codes[], begin: number, end: number): boolean {
  for (const choice of choices) if (choice.length === end - begin && standsAt(codes, choice, begin)) return true
  return false
}

function isPort(codes: Codes, begin: number, end: number): boolean {
  if (end - begin > 5 || codes[begin] === MINUS || !isInteger(codes, begin, end)) return false
  let port = 0
  for (let i = begin; i < end; i++) port = port * 10 + codes[i]! - ZERO
  return port <= 0xffff
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
