// Pure: the outgoing bytes of a stream: what is written and not yet acknowledged, what of it has to be sent (again), and
// how far the peer's window reaches. The end of the stream (FIN) counts as one byte behind the last, so that it is
// acknowledged and repeated like any other.

import { ByteRing } from './byte-ring.js'
import { RangeSet } from './range-set.js'
import type { PacketFates } from './recovery.js'

/** Bytes [from, to) of the stream; `fin`: the last of them is the end of the stream. */
export interface Segment {
  readonly from: number
  readonly to: number
  readonly fin: boolean
}

/** The sending half of a stream; holds at most `capacity` bytes. */
export class SendQueue implements PacketFates {
  readonly #ring: ByteRing
  readonly #acked = new RangeSet()
  readonly #again = new RangeSet()
  /** Bytes written, with the FIN. */
  #written = 0
  #sent = 0
  #window: number
  #ended = false

  /** `window`: what the peer may be sent before it says more, bytes. */
  constructor(capacity: number, window: number) {
    this.#ring = new ByteRing(capacity)
    this.#window = window
  }

  /** Bytes that `write` would take now. */
  get room(): number {
    return this.#ended ? 0 : this.#ring.capacity - (this.#written - this.#acked.prefix)
  }

  /** Whether the peer has everything, the end included. */
  get finished(): boolean {
    return this.#ended && this.#acked.prefix === this.#written
  }

  /** Takes as many of `bytes` as there is room for, copied; returns how many. */
  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.room)
    this.#ring.write(this.#written, taken === bytes.length ? bytes : bytes.subarray(0, taken))
    this.#written += taken
    return taken
  }

  /** Ends the stream behind what is written. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#written += 1
  }

  /** The peer takes bytes below `offset`. An older word than the last changes nothing. */
  open(offset: number): void {
    this.#window = Math.max(this.#window, offset)
  }

  /** Whether there is something to send. */
  get hasNext(): boolean {
    return this.#again.count > 0 || this.#sent < this.#sendable
  }

  /** What to send next, at most `most` bytes: first what was lost. Only when `hasNext`. */
  next(most: number): Segment {
    const lost = this.#again.from(0)
    const from = lost ?? this.#sent
    const to = Math.min(from + most, lost === undefined ? this.#sendable : this.#again.to(0)!)
    return { from, to, fin: this.#ended && to === this.#written }
  }

  /** Copies the bytes of `segment` to `into` at `at`; returns how many. The segment counts as sent. */
  take({ from, to, fin }: Segment, into: Uint8Array, at: number): number {
    const length = to - from - (fin ? 1 : 0)
    this.#ring.read(from, length, into, at)
    if (this.#again.count > 0) this.#again.remove(from, to)
    this.#sent = Math.max(this.#sent, to)
    return length
  }

  /** The peer has [from, to). */
  acked(from: number, to: number): void {
    this.#acked.add(from, to)
    this.#again.remove(from, to)
  }

  /** The peer says it has all, the end included; false when the end was never sent. */
  completed(): boolean {
    if (!this.#ended || this.#sent < this.#written) return false
    this.acked(0, this.#written)
    return true
  }

  /** [from, to) has to be sent again, but for what the peer has. */
  repeat(from: number, to: number): void {
    this.#again.add(from, to)
    this.#again.removeAll(this.#acked)
  }

  /** How far may be sent, the FIN included: it takes no place at the peer. */
  get #sendable(): number {
    if (!this.#ended) return Math.min(this.#written, this.#window)
    return this.#written - 1 <= this.#window ? this.#written : this.#window
  }
}
