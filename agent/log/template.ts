// Pure: the small language message templates are written in. `{name:kind}` stands for a field of the event; the kinds:
//
//   number     an integer                      port {port:number}
//   endpoint   address:port, IPv6 unbracketed  addr: {source:endpoint}
//   word       text without white space, may be empty: host names, addresses, versions
//   text       anything on one line: process names, user names
//   A|B        one of these                    {transport:TLS|DTLS}
//
// The type of an event follows from its template, so that what can be logged and how it reads are one definition.

import type { Endpoint } from '../steering/flow.js'

type Alternatives<Kind extends string> = Kind extends `${infer First}|${infer Rest}` ? First | Alternatives<Rest> : Kind

type ValueOf<Kind extends string> = Kind extends 'number'
  ? number
  : Kind extends 'endpoint'
    ? Endpoint
    : Kind extends 'word' | 'text'
      ? string
      : Alternatives<Kind>

/** The fields of a template: `FieldsOf<'port {port:number}'>` is `{ port: number }`. */
export type FieldsOf<Template extends string> = Template extends `${string}{${infer Name}:${infer Kind}}${infer Rest}`
  ? { readonly [Key in Name]: ValueOf<Kind> } & FieldsOf<Rest>
  : unknown

/** A value a field can have. */
export type FieldValue = string | number | Endpoint

/** One placeholder. */
export interface TemplateField {
  readonly name: string
  readonly kind: 'number' | 'endpoint' | 'word' | 'text' | 'choice'
  /** What a choice chooses from, else empty. */
  readonly choices: readonly string[]
  /** Text beside the field that its value may not contain, because reading stops there; '' where any value can be read. */
  readonly stop: string
}

/** A template taken apart: text, field, text, ..., text. */
export interface Template {
  /** One more than there are fields. */
  readonly texts: readonly string[]
  readonly fields: readonly TemplateField[]
  /**
   * The field that takes what is left when those before it are read from the left, and those after it from the right:
   * the first free text, else the first word, else the last field. -1 without fields.
   */
  readonly pivot: number
}

const KINDS = ['number', 'endpoint', 'word', 'text'] as const
const PLACEHOLDER = /\{(\w+):([^}]+)\}/

/** Takes a template apart. */
export function parseTemplate(template: string): Template {
  // A split by a pattern with two groups gives text, name, kind, text, ...
  const parts = template.split(PLACEHOLDER)
  const texts = parts.filter((_, i) => i % 3 === 0)
  const kinds = parts.filter((_, i) => i % 3 === 2)
  const pivot = pivotOf(kinds)
  const fields = kinds.map((word, i): TemplateField => {
    const kind = KINDS.find((known) => known === word) ?? 'choice'
    const beside = i < pivot ? texts[i + 1]! : i > pivot ? texts[i]! : ''
    return {
      name: parts[i * 3 + 1]!,
      kind,
      choices: kind === 'choice' ? word.split('|') : [],
      // A word has no white space, so that a text with a space in it cannot be part of one.
      stop: kind === 'text' || (kind === 'word' && !beside.includes(' ')) ? beside : '',
    }
  })
  return { texts, fields, pivot }
}

function pivotOf(kinds: readonly string[]): number {
  const text = kinds.indexOf('text')
  if (text >= 0) return text
  const word = kinds.indexOf('word')
  return word >= 0 ? word : kinds.length - 1
}
