// Pure: bytes to lines. A log of 2 GB has 15 million lines, so a block of many lines is decoded in one go and cut as a
// string; only a line that crosses the border of a chunk is put together from bytes.

import { isAscii } from 'node:buffer'

/** How a line ends; nothing for the last line of a file that was cut off. */
export type LineEnd = '\n' | '\r\n' | ''

/**
 * Takes one line without its ending; `number` counts from 1. `cut` says that it was longer than the limit, and is only
 * its beginning. The string is a part of a longer one: who keeps many small pieces for long should copy them.
 */
export type EachLine = (line: string, number: number, eol: LineEnd, cut: boolean) => void

export interface LineSplitterOptions {
  /** The longest line given whole, bytes without its ending, at least 1; default 1 MiB, far above the client's 4 KiB. */
  readonly maxLineBytes?: number
}

const DEFAULT_MAX_LINE_BYTES = 1024 * 1024

/** Bytes decoded at once: fits the processor's cache, and one odd character makes no larger block two bytes wide. */
const BLOCK_BYTES = 64 * 1024

const NEWLINE = 0x0a
const RETURN = 0x0d
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/**
 * Cuts UTF-8 at `\n` and `\r\n`, however the bytes arrive. Invalid bytes become U+FFFD, a lone `\r` stays in its line, a
 * byte order mark at the very start is dropped. Memory is bounded by `maxLineBytes`, and a chunk is done with when
 * `push` returns.
 */
export class LineSplitter {
  readonly #each: EachLine
  readonly #maxLineBytes: number
  readonly #blockBytes: number
  #number = 0
  /** The beginning of a line whose end has not come, at most `maxLineBytes`. */
  #held: Buffer = Buffer.alloc(256)
  #heldBytes = 0
  /** All bytes of that line, kept or not, and the last of them. */
  #lineBytes = 0
  #lastByte = 0

  constructor(each: EachLine, options: LineSplitterOptions = {}) {
    this.#each = each
    this.#maxLineBytes = options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES
    // So no line within a block can be too long.
    this.#blockBytes = Math.min(BLOCK_BYTES, this.#maxLineBytes)
  }

  /** Gives every line that ends in the chunk. */
  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let from = 0
    while (from < bytes.length) {
      const block = bytes.subarray(from, from + this.#blockBytes)
      const end = (this.#lineBytes > 0 ? block.indexOf(NEWLINE) : block.lastIndexOf(NEWLINE)) + 1
      if (end === 0) this.#hold(block)
      else if (this.#lineBytes > 0) this.#finishHeld(block.subarray(0, end - 1))
      else this.#cutBlock(block.subarray(0, end))
      from += end === 0 ? block.length : end
    }
  }

  /** Gives the last line if no ending followed it. Call it once, after the last chunk. */
  end(): void {
    if (this.#lineBytes > 0) this.#giveHeld('')
  }

  /** A block of whole lines. */
  #cutBlock(block: Buffer): void {
    const text = decode(this.#number === 0 ? withoutMark(block) : block)
    let from = 0
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      this.#number++
      if (at > from && text.charCodeAt(at - 1) === RETURN)
        this.#each(text.slice(from, at - 1), this.#number, '\r\n', false)
      else this.#each(text.slice(from, at), this.#number, '\n', false)
      from = at + 1
    }
  }

  #hold(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.#lineBytes += bytes.length
    this.#lastByte = bytes[bytes.length - 1]!
    const kept = Math.min(bytes.length, this.#maxLineBytes - this.#heldBytes)
    if (this.#heldBytes + kept > this.#held.length) {
      const grown = Buffer.alloc(Math.max(this.#held.length * 2, this.#heldBytes + kept))
      this.#held.copy(grown, 0, 0, this.#heldBytes)
      this.#held = grown
    }
    bytes.copy(this.#held, this.#heldBytes, 0, kept)
    this.#heldBytes += kept
  }

  #finishHeld(tail: Buffer): void {
    this.#hold(tail)
    this.#giveHeld(this.#lastByte === RETURN ? '\r\n' : '\n')
  }

  #giveHeld(eol: LineEnd): void {
    const length = eol === '\r\n' ? this.#lineBytes - 1 : this.#lineBytes
    const bytes = this.#held.subarray(0, Math.min(length, this.#maxLineBytes))
    const line = decode(this.#number === 0 ? withoutMark(bytes) : bytes)
    this.#heldBytes = 0
    this.#lineBytes = 0
    if (line === '' && eol === '') return
    this.#number++
    this.#each(line, this.#number, eol, length > this.#maxLineBytes)
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes
}

function decode(bytes: Buffer): string {
  return bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
}
