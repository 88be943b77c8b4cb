// Pure: a JSON document that remembers which of its values were read. What nobody has asked for in the end can be told:
// an import that knows only part of a format drops nothing silently.

import { formatPath } from '../check.js'
import { isObject } from '../edit/file-value.js'
import type { ImportNote } from './imported.js'

type Path = readonly (string | number)[]

/** A document to read from. A value of null is no value: it says nothing. */
export class SourceDocument {
  readonly root: SourceValue
  readonly #ledger = new Ledger()

  constructor(value: unknown) {
    this.root = new SourceValue(value, [], this.#ledger)
  }

  /** What was noted, then a note with `reason` for each value that was not read; but for those under one of `idle` keys. */
  notes(idle: ReadonlySet<string>, reason: string): readonly ImportNote[] {
    const unread = this.root.leaves().filter((path) => {
      return !this.#ledger.covers(path) && !path.some((key) => typeof key === 'string' && idle.has(key))
    })
    return [...this.#ledger.notes, ...unread.map((path) => ({ path: formatPath(path), reason }))]
  }
}

/** What was read of a document, and what was said about it. */
class Ledger {
  readonly notes: ImportNote[] = []
  readonly #covered = new Set<string>()

  cover(path: Path): void {
    this.#covered.add(formatPath(path))
  }

  /** Whether the value at `path`, or one it is part of, was read. */
  covers(path: Path): boolean {
    return path.some((_, index) => this.#covered.has(formatPath(path.slice(0, index + 1))))
  }
}

/** One value of a document. Reading a value of the wrong type gives nothing, and leaves it unread. */
export class SourceValue {
  readonly #value: unknown
  readonly #path: Path
  readonly #ledger: Ledger

  constructor(value: unknown, path: Path, ledger: Ledger) {
    this.#value = value
    this.#path = path
    this.#ledger = ledger
  }

  /** A member of an object. */
  member(key: string): SourceValue | undefined {
    const value = this.#value
    if (!isObject(value) || !Object.hasOwn(value, key) || value[key] === null) return undefined
    return this.#below(value[key], key)
  }

  /** The elements of a list; none of anything else. */
  items(): readonly SourceValue[] {
    return Array.isArray(this.#value) ? this.#value.map((item, index) => this.#below(item, index)) : []
  }

  /** A text or a number, as text. */
  text(): string | undefined {
    if (typeof this.#value !== 'string' && typeof this.#value !== 'number') return undefined
    this.read()
    return String(this.#value)
  }

  /** A switch, however it is spelt: `true`, `"true"`, `1` or `"1"`, and their opposites. */
  isOn(): boolean | undefined {
    const word = typeof this.#value === 'object' ? '' : String(this.#value)
    if (!['true', '1', 'false', '0'].includes(word)) return undefined
    this.read()
    return word === 'true' || word === '1'
  }

  /** A list of texts, or one text with commas between them: each with its value, empty ones left out. */
  texts(): readonly { readonly text: string; readonly source: SourceValue }[] {
    const sources = Array.isArray(this.#value) ? this.items() : [this]
    return sources.flatMap((source) => {
      const text = source.text() ?? ''
      // Not in a list: a country may be called "Congo, Republic of".
      const parts = source === this ? text.split(',') : [text]
      return parts.map((part) => ({ text: part.trim(), source })).filter((part) => part.text !== '')
    })
  }

  /** Says that this value and what is in it has been dealt with. */
  read(): void {
    this.#ledger.cover(this.#path)
  }

  /** Lists this value, with what is in it: nothing of it is said by the files. */
  leaveOut(reason: string): void {
    this.read()
    this.remark(reason)
  }

  /** Lists how this value was taken, or of an object the lack of a member. What is in it is not read by that. */
  remark(reason: string, missing?: string): void {
    const path = missing === undefined ? this.#path : [...this.#path, missing]
    this.#ledger.notes.push({ path: formatPath(path), reason })
  }

  /** The paths of all values in it that are no objects and no lists. */
  leaves(): readonly Path[] {
    const value = this.#value
    if (value === null) return []
    if (typeof value !== 'object') return [this.#path]
    const below = Array.isArray(value)
      ? this.items()
      : Object.keys(value as object).flatMap((key) => this.member(key) ?? [])
    return below.flatMap((member) => member.leaves())
  }

  #below(value: unknown, key: string | number): SourceValue {
    return new SourceValue(value, [...this.#path, key], this.#ledger)
  }
}
