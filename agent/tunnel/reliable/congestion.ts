// Pure: how many bytes may be on the way: NewReno as in RFC 9002 section 7, without pacing. Bursts are limited by who
// sends: no more than a few datagrams in one turn of the event loop.

/** Window to begin with and least window, in datagrams (RFC 9002 section 7.2). */
const INITIAL_DATAGRAMS = 10
const LEAST_DATAGRAMS = 2

/** Largest window, bytes: more than the receive window is never on the way anyway. */
const MAX_WINDOW_BYTES = 4 * 1024 * 1024

/** The congestion window of one direction. Sizes are whole datagrams, bytes; times are ms. */
export class Congestion {
  readonly #datagram: number
  #window: number
  #threshold = Number.POSITIVE_INFINITY
  #inFlight = 0
  #recoverySince = Number.NEGATIVE_INFINITY
  #starved = false

  /** `datagram`: the largest datagram of the link, bytes. */
  constructor(datagram: number) {
    this.#datagram = datagram
    this.#window = INITIAL_DATAGRAMS * datagram
  }

  /** The window now, bytes. */
  get window(): number {
    return this.#window
  }

  /** Bytes sent whose fate is open. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Whether one more datagram may go; `wanted`: there is one. The window grows only while it is what holds it back. */
  allows(wanted: boolean): boolean {
    const allowed = this.#inFlight + this.#datagram <= this.#window
    if (allowed !== wanted) this.#starved = allowed
    return allowed && wanted
  }

  /** A datagram went out. */
  sent(bytes: number): void {
    this.#inFlight += bytes
  }

  /** A datagram arrived. The window grows, unless there was too little to send to fill it (RFC 9002 section 7.8). */
  acked(bytes: number, sentAt: number): void {
    this.#inFlight -= bytes
    if (sentAt <= this.#recoverySince || this.#starved) return
    const growth = this.#window < this.#threshold ? bytes : (this.#datagram * bytes) / this.#window
    this.#window = Math.min(MAX_WINDOW_BYTES, this.#window + growth)
  }

  /** A datagram was lost: the window is halved, once for all that was on the way then (RFC 9002 section 7.3.2). */
  lost(bytes: number, sentAt: number, now: number): void {
    this.#inFlight -= bytes
    if (sentAt <= this.#recoverySince) return
    this.#recoverySince = now
    this.#threshold = Math.max(this.#window / 2, LEAST_DATAGRAMS * this.#datagram)
    this.#window = this.#threshold
  }

  /** Nothing got through for long: begin again from the least window (RFC 9002 section 7.6.2). */
  collapse(): void {
    this.#window = LEAST_DATAGRAMS * this.#datagram
    this.#recoverySince = Number.NEGATIVE_INFINITY
  }
}
