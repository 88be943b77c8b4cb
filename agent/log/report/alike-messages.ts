// Pure: messages that differ in numbers and names only, counted together. For errors, and for what the catalogue does not
// have.

import { detached } from '../detached.js'
import type { LogRecord } from '../record.js'

/** Alike messages. */
export interface AlikeMessage extends Pick<LogRecord, 'level' | 'component'> {
  /** The first of them, at most 500 characters. */
  readonly message: string
  readonly count: number
  readonly first: number
  readonly last: number
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Longest message that is kept, UTF-16 units. */
const MAX_KEPT = 500

/** Most kinds that are told apart. */
const MAX_KINDS = 2000

/** What all messages count as that would be one kind too many. */
const OTHERS = 'messages of other kinds'

/** Counts messages by their kind. */
export class AlikeMessages {
  readonly #kinds = new Map<string, Mutable<AlikeMessage>>()

  add({ level, component, message, time }: LogRecord): void {
    const kept = message.slice(0, MAX_KEPT)
    const key = `${level} ${component} ${masked(kept)}`
    const known = this.#kinds.get(key)
    if (known !== undefined) count(known, time)
    else if (this.#kinds.size < MAX_KINDS)
      this.#kinds.set(detached(key), { level, component, message: detached(kept), count: 1, first: time, last: time })
    else this.#addOther(level, time)
  }

  /** Most frequent first. */
  list(most = Number.POSITIVE_INFINITY): readonly AlikeMessage[] {
    return [...this.#kinds.values()].sort((a, b) => b.count - a.count || a.first - b.first).slice(0, most)
  }

  #addOther(level: LogRecord['level'], time: number): void {
    const known = this.#kinds.get(level)
    if (known !== undefined) count(known, time)
    else this.#kinds.set(level, { level, component: '', message: OTHERS, count: 1, first: time, last: time })
  }
}

function count(kind: Mutable<AlikeMessage>, time: number): void {
  kind.count++
  kind.first = Math.min(kind.first, time)
  kind.last = Math.max(kind.last, time)
}

/** A message without what differs from time to time: words with a digit in them, addresses, host and file names. */
function masked(message: string): string {
  return message.replace(/[^\s,;()[\]{}"'=<>]+/g, (word) => (/\d|\w[.:/\\]+\w/.test(word) ? '*' : word))
}
