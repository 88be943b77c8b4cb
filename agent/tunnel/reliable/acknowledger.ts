// Pure: which packets have arrived, and when to say so: every second packet at once, a single one after a few
// milliseconds, one out of order at once (RFC 9000 section 13.2). What is said is always the whole truth, up to
// MAX_ACK_RANGES ranges, so a lost acknowledgement costs nothing.

import { MAX_ACK_RANGES, writeAck } from './frame.js'
import { RangeSet } from './range-set.js'
import { MAX_ACK_DELAY_MS } from './round-trip.js'

/** Packets owed an acknowledgement that make it due at once. */
const AT_ONCE = 2

/** The acknowledging half of one direction. Times are ms of one clock. */
export class Acknowledger {
  readonly #received = new RangeSet()
  #largestAt = 0
  #owed = 0
  #deadline = Number.POSITIVE_INFINITY

  /** When an acknowledgement is due; infinity when none is owed. */
  get deadline(): number {
    return this.#deadline
  }

  /** Whether there is anything to say: a packet that goes out anyway takes it along. */
  get knows(): boolean {
    return this.#received.count > 0
  }

  /** Packet `number` arrived; the sender waits for no word of packets below `oldest` (at most `number`). */
  arrived(number: number, oldest: number, now: number): void {
    const expected = this.#received.to(this.#received.count - 1) ?? 0
    this.#received.add(number, number + 1)
    if (oldest > 0) this.#received.remove(0, oldest)
    if (this.#received.count > MAX_ACK_RANGES) this.#received.remove(0, this.#received.to(0)!)
    if (number >= expected) this.#largestAt = now
    this.#owed += 1
    if (number !== expected || this.#owed >= AT_ONCE) this.#deadline = now
    else this.#deadline = Math.min(this.#deadline, now + MAX_ACK_DELAY_MS)
  }

  /** Writes the acknowledgement of what it `knows` into a datagram; nothing is owed then. Returns where the datagram goes on. */
  write(into: Uint8Array, at: number, now: number): number {
    this.#owed = 0
    this.#deadline = Number.POSITIVE_INFINITY
    return writeAck(into, at, this.#received, now - this.#largestAt)
  }
}
