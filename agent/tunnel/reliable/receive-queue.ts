// Pure: the incoming bytes of a stream, put in order. It holds at most one window: bytes beyond what was granted are a
// fault of the peer. The grant grows in steps of a quarter window as bytes are read, so a full window never dribbles.

import { ByteRing } from './byte-ring.js'
import { RangeSet } from './range-set.js'

/** Separate pieces held at most; an honest sender has no more packets on the way. A segment that makes one more is dropped. */
const MAX_PIECES = 4096

/** The window grows when so much of it, as a fraction, has been read. */
const STEP = 1 / 4

/** What became of a segment; a sentence is why the peer broke the rules. */
export type SegmentOutcome = 'taken' | 'dropped' | { readonly violation: string }

/** The receiving half of a stream. */
export class ReceiveQueue {
  readonly #ring: ByteRing
  readonly #received = new RangeSet()
  #read = 0
  #highest = 0
  #end = Number.POSITIVE_INFINITY
  #window: number

  /** `capacity` is the window, bytes. */
  constructor(capacity: number) {
    this.#ring = new ByteRing(capacity)
    this.#window = capacity
  }

  /** Stream offset below which the peer may send. */
  get window(): number {
    return this.#window
  }

  /** Bytes that can be read. */
  get readable(): number {
    return this.#received.prefix - this.#read
  }

  /** Whether all bytes have arrived. */
  get complete(): boolean {
    return this.#received.prefix === this.#end
  }

  /** Whether all bytes have arrived and been read. */
  get drained(): boolean {
    return this.#read === this.#end
  }

  /** Takes the bytes of a segment, copied; `fin`: the stream ends behind them. */
  segment(offset: number, bytes: Uint8Array, fin: boolean): SegmentOutcome {
    const end = offset + bytes.length
    if (end > this.#window) return { violation: 'bytes beyond the window' }
    if (end > this.#end || (fin && this.#end !== Number.POSITIVE_INFINITY && end !== this.#end))
      return { violation: 'bytes beyond the end' }
    if (fin && end < this.#highest) return { violation: 'an end before bytes already sent' }
    if (end > this.#received.prefix) {
      const from = Math.max(offset, this.#received.prefix)
      const before = this.#received.count
      this.#received.add(from, end)
      if (this.#received.count > before && before >= MAX_PIECES) {
        this.#received.remove(from, end)
        return 'dropped'
      }
      this.#ring.write(from, from === offset ? bytes : bytes.subarray(from - offset))
      this.#highest = Math.max(this.#highest, end)
    }
    if (fin) this.#end = end
    return 'taken'
  }

  /** The next bytes in order, at most `most`, in new memory; undefined when there are none. */
  read(most: number): Buffer | undefined {
    const length = Math.min(most, this.readable)
    if (length === 0) return undefined
    const bytes = Buffer.allocUnsafe(length)
    this.#ring.read(this.#read, length, bytes, 0)
    this.#read += length
    const window = this.#read + this.#ring.capacity
    if (window - this.#window >= this.#ring.capacity * STEP) this.#window = window
    return bytes
  }
}
