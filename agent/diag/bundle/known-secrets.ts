// Pure: takes secrets that are known from one place out of the bytes of another, such as a log, as they stream by.

import { HIDDEN } from './redact.js'

/** Shorter texts are words that are everywhere, or numbers. */
const SHORTEST = 8

const REPLACEMENT = Buffer.from(HIDDEN)
const NOTHING = Buffer.alloc(0)

/** The forms a secret is sought in: as it is, in an address, in a JSON text; the longest first. */
export function soughtForms(secrets: Iterable<string>): readonly string[] {
  const forms = [...secrets]
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(Buffer.from(secret).toString()),
      JSON.stringify(secret).slice(1, -1),
    ])
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length)
}

/** A JSON value without the secrets, wherever they stand in it; `forms` as `soughtForms` gives them. */
export function withoutKnown(value: unknown, forms: readonly string[]): unknown {
  if (forms.length === 0) return value
  if (typeof value === 'string') return forms.reduce((rest, form) => rest.replaceAll(form, HIDDEN), value)
  if (typeof value === 'number') return forms.includes(String(value)) ? HIDDEN : value
  if (Array.isArray(value)) return value.map((item) => withoutKnown(item, forms))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value)
  return Object.fromEntries(members.map(([name, member]) => [withoutKnown(name, forms), withoutKnown(member, forms)]))
}

/** Hides secrets in a stream of bytes; holds back no more than the longest of them has. */
export class KnownSecrets {
  readonly #forms: readonly Buffer[]
  readonly #holdBack: number
  #rest: Buffer = NOTHING
  #hidden = 0

  /** `forms` as `soughtForms` gives them. */
  constructor(forms: readonly string[]) {
    this.#forms = forms.map((form) => Buffer.from(form))
    this.#holdBack = Math.max(0, ...this.#forms.map(({ length }) => length - 1))
  }

  /** How often something was hidden so far. */
  get hidden(): number {
    return this.#hidden
  }

  /** Takes the next bytes, gives those that are certain. */
  push(bytes: Buffer): Buffer {
    if (this.#forms.length === 0) return bytes
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const next = this.#forms.map((form) => data.indexOf(form))
    const parts: Buffer[] = []
    let from = 0
    for (;;) {
      const found = firstOf(next)
      if (found === undefined) break
      const at = next[found]!
      parts.push(data.subarray(from, at), REPLACEMENT)
      this.#hidden += 1
      from = at + this.#forms[found]!.length
      for (const [i, form] of this.#forms.entries())
        if (next[i]! >= 0 && next[i]! < from) next[i] = data.indexOf(form, from)
    }
    const until = Math.max(from, data.length - this.#holdBack)
    parts.push(data.subarray(from, until))
    this.#rest = data.subarray(until)
    return parts.length === 1 ? parts[0]! : Buffer.concat(parts)
  }

  /** What was held back. */
  end(): Buffer {
    const rest = this.#rest
    this.#rest = NOTHING
    return rest
  }
}

/** The index of the lowest position; of equal ones the first, which belongs to the longest. */
function firstOf(positions: readonly number[]): number | undefined {
  let found: number | undefined
  for (const [i, at] of positions.entries()) if (at >= 0 && (found === undefined || at < positions[found]!)) found = i
  return found
}
