// Pure: compiled lists of domains. Matching costs one look-up for each label of the host, whatever the list's length,
// and answers which entry matched, so that the rule can be named.

import { domainToASCII } from 'node:url'

/**
 * How an entry is read. The documentation contradicts itself (client-behaviour 2.4); each reading is one of its
 * sentences:
 * - `table` (exceptions): `x` is exactly x, `*.x` only what lies below x, never x itself;
 * - `root-too` (the prose above that table): `*.x` is x and everything below it;
 * - `text-suffix` (a sentence of the same page): `x` stands for `*x`, any host whose text ends so, also in mid-label;
 * - `suffix` (app_domains of pinned apps): `x` is x and everything below it, `*` is any host, `*.x` is not supported;
 * - `one-level` (TAB on app_domains): `x` is x and what lies one label below it, `*` is any host.
 */
export type DomainReading = 'table' | 'root-too' | 'text-suffix' | 'suffix' | 'one-level'

// Longer than any name (253) by enough for its Unicode form; bounds the work a hostile SNI can cause.
const MAX_HOST_TEXT = 1024
const MAX_NAME = 253
const ASCII_NAME = /^[\w.-]+$/
// domainToASCII reads ASCII delimiters as parts of a URL (`é/zoom.us`), so only these may accompany non-ASCII text.
const UNICODE_NAME = /^[\w.\-\u0080-\uffff]+$/
const LABELS = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/

/**
 * The one spelling of a host: lower case, punycode, no trailing dot; '' for what cannot be a host name (longer than
 * 253 characters, empty labels, other characters).
 */
export function normalizeHost(host: string): string {
  if (host.length > MAX_HOST_TEXT) return ''
  let name = ''
  if (ASCII_NAME.test(host)) name = host.toLowerCase()
  else if (UNICODE_NAME.test(host)) name = domainToASCII(host)
  if (name.endsWith('.')) name = name.slice(0, -1)
  return name.length <= MAX_NAME && LABELS.test(name) ? name : ''
}

/** Whether `text` can stand in a list of exceptions: a host name, or `*.` and a host name. An address is no name. */
export function isExceptionDomain(text: string): boolean {
  return normalizeHost(text.startsWith('*.') ? text.slice(2) : text) !== '' && !/^[\d.]+$/.test(text)
}

/** Whether `text` can stand in `app_domains`: a host name, `*`, or `*.x` (which loads, and as in the real client never matches). */
export function isAppDomain(text: string): boolean {
  return text === '*' || isExceptionDomain(text)
}

/** A list of domains, compiled once. */
export class DomainMatcher {
  /** Host name -> the entry it is matched by itself. */
  readonly #exact = new Map<string, number>()
  /** Domain -> the entry that everything below it is matched by. */
  readonly #below = new Map<string, number>()
  /** Text -> the entry that every host ending so is matched by. */
  readonly #endings = new Map<string, number>()
  readonly #reading: DomainReading
  #any = -1

  /** Entries that are no domains match nothing: the configuration's schema has refused them before. */
  constructor(entries: readonly string[], reading: DomainReading) {
    this.#reading = reading
    for (const [index, entry] of entries.entries()) this.add(entry, index)
  }

  /** Adds one entry, for a list that is compiled in steps; an entry that says the same as an earlier one is not seen. */
  add(entry: string, index: number): void {
    const wild = entry.startsWith('*.')
    const name = normalizeHost(wild ? entry.slice(2) : entry)
    switch (this.#reading) {
      case 'table':
        return setFirst(wild ? this.#below : this.#exact, name, index)
      case 'root-too':
        if (wild) setFirst(this.#below, name, index)
        return setFirst(this.#exact, name, index)
      case 'text-suffix':
        return setFirst(this.#endings, wild && name !== '' ? `.${name}` : name, index)
      case 'suffix':
      case 'one-level':
        if (entry === '*' && this.#any === -1) this.#any = index
        if (wild) return
        setFirst(this.#exact, name, index)
        setFirst(this.#below, name, index)
    }
  }

  /** As `matchName`, for a host in any spelling. */
  match(host: string): number {
    return this.matchName(normalizeHost(host))
  }

  /**
   * The index of the entry that matches a host as `normalizeHost` spells it, -1 for none. The most specific entry wins
   * (the name itself, then the longest domain, then `*`), of equal ones the first. The empty host is matched by `*` alone.
   */
  matchName(name: string): number {
    if (name === '') return this.#any
    const exact = this.#exact.get(name)
    if (exact !== undefined) return exact
    if (this.#below.size > 0) {
      for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
        const below = this.#below.get(name.slice(dot + 1))
        if (below !== undefined) return below
        if (this.#reading === 'one-level') break
      }
    }
    if (this.#endings.size > 0) {
      for (let start = 0; start < name.length; start++) {
        const ending = this.#endings.get(name.slice(start))
        if (ending !== undefined) return ending
      }
    }
    return this.#any
  }
}

function setFirst(map: Map<string, number>, name: string, index: number): void {
  if (name !== '' && !map.has(name)) map.set(name, index)
}
