// Pure: holds one log file against a profile, byte order mark to last line, and says what a client of that build would
// not have written. Alike deviations are counted together, so that a file of another build is told in a few rows.

import { detached } from '../detached.js'
import { type LineEnd, LineSplitter } from '../line-splitter.js'
import type { Profile } from '../profile.js'
import { recognise } from '../recognise.js'
import { type LogRecord, type ParsedLine, parseLine, type UnreadableReason } from '../record.js'
import { messageFindings } from './check-message.js'

/** Alike deviations of one file. */
export interface Deviation {
  /** A stable word for the kind, such as `time-backwards`. */
  readonly kind: string
  /** What was found, and what the profile has instead. */
  readonly what: string
  readonly count: number
  /** The first lines that have it, from 1, at most 10. */
  readonly lines: readonly number[]
}

/** Workers hold a line for a moment before they write it: so much may the time of a line be before the last one's, us. */
const JITTER_US = 1_000_000

/** Kinds of deviations kept apart; in a file of another kind every line would be one of its own. */
const MAX_DEVIATIONS = 500
const MAX_LINES = 10

const UNREADABLE: Readonly<Record<UnreadableReason, string>> = {
  empty: 'an empty line',
  'no-stamp': 'a line that does not begin with a time',
  truncated: 'a line that ends before its message',
  'bad-time': 'a date or time that does not exist',
  'bad-column': 'a column that is not what it must be',
  interleaved: 'a second time within a line: two writers wrote at once',
}

const EOL_NAMES = { '\r\n': 'CRLF', '\n': 'LF', '': 'none' } as const
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf]

/** Checks one file, given in chunks. */
export class LogCheck {
  readonly profile: Profile
  readonly #splitter = new LineSplitter((...line) => this.#checkLine(...line))
  readonly #deviations = new Map<string, { kind: string; what: string; count: number; lines: number[] }>()
  /** How many bytes of a byte order mark the file began with; all of it at 3. */
  #marked = 0
  #bytes = 0
  #lines = 0
  #lastTime = Number.NEGATIVE_INFINITY
  #lastEol: LineEnd = '\n'
  #lastIsRecord = true
  /** Whether the last record goes on in lines without a stamp. */
  #inBlock = false

  constructor(profile: Profile) {
    this.profile = profile
  }

  /** Lines seen so far. */
  get lines(): number {
    return this.#lines
  }

  /** Checks every line that ends in the chunk. */
  push(chunk: Uint8Array): void {
    for (let i = 0; this.#bytes + i < BYTE_ORDER_MARK.length && i < chunk.length; i++)
      if (chunk[i] === BYTE_ORDER_MARK[this.#bytes + i]) this.#marked++
    this.#bytes += chunk.length
    this.#splitter.push(chunk)
  }

  /** Checks the last line and how the file ends; gives what was found, in the order of its first line. */
  end(): readonly Deviation[] {
    this.#splitter.end()
    const { eol } = this.profile.style
    if (this.#marked === BYTE_ORDER_MARK.length)
      this.#note(1, 'byte-order-mark', 'a byte order mark before the first line')
    if (this.#lines === 0) this.#note(1, 'first-line', 'a file without a line')
    else {
      if (!this.#lastIsRecord) this.#note(this.#lines, 'last-line', 'a file that does not end with a stamped line')
      if (this.#lastEol === '') this.#note(this.#lines, 'final-newline', `no ${EOL_NAMES[eol]} behind the last line`)
    }
    return [...this.#deviations.values()].toSorted((a, b) => a.lines[0]! - b.lines[0]!)
  }

  #checkLine(text: string, number: number, eol: LineEnd, cut: boolean): void {
    this.#lines = number
    this.#lastEol = eol
    const { style } = this.profile
    if (eol !== style.eol && eol !== '')
      this.#note(number, 'line-ending', `${EOL_NAMES[eol]} instead of ${EOL_NAMES[style.eol]}`)
    const parsed: ParsedLine | { readonly reason: UnreadableReason | 'too-long' } = cut
      ? { reason: 'too-long' }
      : parseLine(text, eol)
    this.#lastIsRecord = 'record' in parsed
    if ('record' in parsed) return this.#checkRecord(parsed, number)
    if (number === 1) this.#note(1, 'first-line', 'a file that does not begin with a stamped line')
    const { reason } = parsed
    if (this.#inBlock && (reason === 'no-stamp' || reason === 'empty')) return
    this.#note(number, reason, reason === 'too-long' ? 'a line longer than 1 MiB' : UNREADABLE[reason])
  }

  #checkRecord({ record, style: found }: ParsedLine, number: number): void {
    const { style, idsInFours } = this.profile
    if (found.precision !== style.precision)
      this.#note(number, 'precision', `${found.precision} digits behind the second instead of ${style.precision}`)
    if (found.levels !== style.levels)
      this.#note(number, 'level-words', `the level is a ${found.levels} instead of a ${style.levels}`)
    if (record.time < this.#lastTime - JITTER_US)
      this.#note(number, 'time-backwards', 'time goes back by more than 1 s')
    this.#lastTime = record.time
    if (idsInFours) this.#checkIds(record, number)
    // What is appended to a message does not make it another.
    const recognised = recognise(record.message) ?? recognise(record.message.trimEnd())
    this.#inBlock = recognised?.form.opensBlock === true
    for (const { kind, what } of messageFindings(record, recognised, this.profile)) this.#note(number, kind, what)
  }

  #checkIds({ pid, tid }: LogRecord, number: number): void {
    if (pid % 4 !== 0) this.#note(number, 'odd-id', 'a pid that is not a multiple of 4')
    if (tid % 4 !== 0) this.#note(number, 'odd-id', 'a tid that is not a multiple of 4')
  }

  #note(line: number, kind: string, what: string): void {
    const key = `${kind} ${what}`
    const known = this.#deviations.get(key)
    if (known !== undefined) {
      known.count++
      if (known.lines.length < MAX_LINES) known.lines.push(line)
    } else if (this.#deviations.size < MAX_DEVIATIONS || kind === 'others') {
      this.#deviations.set(key, { kind, what: detached(what), count: 1, lines: [line] })
    } else this.#note(line, 'others', 'more deviations than are told apart')
  }
}
