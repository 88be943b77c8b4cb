// Pure: how long a datagram and its acknowledgement take: RFC 9002 section 5, and the time-outs that follow from it
// (sections 6.1.2, 6.2.1 and 7.6.1).

/** Longest time a receiver waits before it acknowledges, ms. Short: what is slow here is Node's timer, not the link. */
export const MAX_ACK_DELAY_MS = 5

/** Before the first sample, ms (RFC 9002 section 6.2.2). */
const INITIAL_MS = 333

/** What timers can tell apart, ms (RFC 9002 section 6.1.2). */
const GRANULARITY_MS = 1

/** The estimate of the round trip. All times in ms. */
export class RoundTrip {
  #smoothed = INITIAL_MS
  #variation = INITIAL_MS / 2
  #least = Number.POSITIVE_INFINITY
  #latest = INITIAL_MS

  /** Whether there was a sample. */
  get measured(): boolean {
    return this.#least !== Number.POSITIVE_INFINITY
  }

  /** Takes a sample: from the sending of a packet to its acknowledgement, which the peer says it held back for `ackDelayMs`. */
  sample(tripMs: number, ackDelayMs: number): void {
    const first = !this.measured
    this.#least = Math.min(this.#least, tripMs)
    this.#latest = tripMs
    if (first) {
      this.#smoothed = tripMs
      this.#variation = tripMs / 2
      return
    }
    const held = Math.min(ackDelayMs, MAX_ACK_DELAY_MS)
    const adjusted = tripMs >= this.#least + held ? tripMs - held : tripMs
    this.#variation = 0.75 * this.#variation + 0.25 * Math.abs(this.#smoothed - adjusted)
    this.#smoothed = 0.875 * this.#smoothed + 0.125 * adjusted
  }

  /** Silence after which a probe is worth while, before back-off. */
  get probeMs(): number {
    return this.#smoothed + Math.max(4 * this.#variation, GRANULARITY_MS) + MAX_ACK_DELAY_MS
  }

  /** Age at which a packet is lost when a later one has arrived. */
  get lossMs(): number {
    return Math.max(1.125 * Math.max(this.#smoothed, this.#latest), GRANULARITY_MS)
  }

  /** When nothing arrives for so long, the path is not merely losing packets now and then. */
  get persistentMs(): number {
    return 3 * this.probeMs
  }
}
