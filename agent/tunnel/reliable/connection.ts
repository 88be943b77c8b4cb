// Pure: both directions of one reliable stream as a state machine without socket and timer: `receive` takes a datagram,
// `next` writes one, `deadline` says when `onTime` has something to do. After each of them, and after `write`, `read` and
// `end`, ask `next` until it says 0.

import { Acknowledger } from './acknowledger.js'
import { parseDatagram, writeNumber, writeSegment, writeStart } from './frame.js'
import { ReceiveQueue } from './receive-queue.js'
import { Recovery } from './recovery.js'
import { SendQueue } from './send-queue.js'

/** Bytes either end may send before it has heard of the other's window: more than the first congestion window. */
export const INITIAL_WINDOW_BYTES = 64 * 1024

/** What a segment's head takes of a datagram, bytes. */
const SEGMENT_BYTES = 8

/** The bounds of one end. */
export interface ConnectionOptions {
  /** Bytes the peer may send before we read them, and so what we hold of it: at least INITIAL_WINDOW_BYTES. */
  readonly windowBytes: number
  /** Bytes we hold for the peer: written, not yet acknowledged. */
  readonly sendBytes: number
  /** How long the peer may acknowledge nothing while something is on the way, ms. */
  readonly giveUpMs: number
}

/** 2 MiB each way: 100 MB/s at a round trip of 20 ms. The mux's keep-alive finds a dead peer sooner than 30 s. */
export const CONNECTION_DEFAULTS: ConnectionOptions = {
  windowBytes: 2 * 1024 * 1024,
  sendBytes: 2 * 1024 * 1024,
  giveUpMs: 30_000,
}

/** Why a connection cannot go on: a stable code and a sentence. */
export interface Failure {
  readonly code: 'tunnel-reset' | 'tunnel-violation' | 'tunnel-silent'
  readonly message: string
}

/** One end of a reliable stream over datagrams; not usable after a `Failure`. Times are ms of one clock. */
export class Connection {
  readonly #datagram: number
  readonly #giveUpMs: number
  readonly #out: SendQueue
  readonly #in: ReceiveQueue
  readonly #recovery: Recovery
  readonly #acknowledger = new Acknowledger()
  /**
   * The window that a numbered packet told last, -1 when the next must tell news. What a packet without number told may be
   * lost; what a numbered one told is told again by its probe, or by the later one whose arrival shows that it was lost.
   */
  #toldWindow: number
  #toldEnd = false

  /** `datagram`: largest datagram of the link, bytes, more than MAX_HEADER_BYTES. */
  constructor(datagram: number, { windowBytes, sendBytes, giveUpMs }: ConnectionOptions = CONNECTION_DEFAULTS) {
    this.#datagram = datagram
    this.#giveUpMs = giveUpMs
    this.#in = new ReceiveQueue(windowBytes)
    this.#out = new SendQueue(sendBytes, INITIAL_WINDOW_BYTES)
    this.#toldWindow = windowBytes
    this.#recovery = new Recovery(datagram, giveUpMs, this.#out)
  }

  /** Bytes that `write` would take now. */
  get room(): number {
    return this.#out.room
  }

  /** Whether the peer has all that was written, and the end. */
  get sentAll(): boolean {
    return this.#out.finished
  }

  /** Whether all of the peer's bytes and its end have arrived. */
  get receivedAll(): boolean {
    return this.#in.complete
  }

  /** Whether both directions have ended, and the peer knows it too: it has no more need of us. */
  get settled(): boolean {
    return this.sentAll && this.receivedAll && this.deadline === Number.POSITIVE_INFINITY && !this.#asks
  }

  /** Whether all of the peer's bytes have been read, and its end has arrived. */
  get readAll(): boolean {
    return this.#in.drained
  }

  /** The time after which an end sends again what was not acknowledged, the first time, ms. */
  get probeMs(): number {
    return this.#recovery.probeMs
  }

  /** Takes as many of `bytes` as there is room for, copied; returns how many. */
  write(bytes: Uint8Array): number {
    return this.#out.write(bytes)
  }

  /** Ends our direction behind what is written. */
  end(): void {
    this.#out.end()
  }

  /** The next bytes of the peer, at most `most`, in new memory; undefined when there are none yet, or no more. */
  read(most: number): Buffer | undefined {
    return this.#in.read(most)
  }

  /** Takes a datagram of the peer; its memory is free when this returns. */
  receive(bytes: Uint8Array, now: number): Failure | undefined {
    const datagram = parseDatagram(bytes)
    if (datagram === undefined) return violation('a datagram that is none')
    if (datagram === 'reset') return { code: 'tunnel-reset', message: 'the peer reset the stream' }
    const { window, complete, number, oldest, ack, segment } = datagram
    this.#out.open(window)
    if (ack !== undefined && !this.#recovery.acknowledged(ack, now))
      return violation('an acknowledgement of what was never sent')
    if (complete && !this.#out.completed()) return violation('it has more than was sent')
    if (segment !== undefined) {
      const outcome = this.#in.segment(segment.offset, segment.payload, segment.fin)
      // Not acknowledged either, so it comes again.
      if (outcome === 'dropped') return undefined
      if (outcome !== 'taken') return violation(outcome.violation)
      if (this.receivedAll && !this.#toldEnd) {
        // COMPLETE must arrive: once both directions have ended there may be nobody to ask again.
        this.#toldEnd = true
        this.#toldWindow = -1
      }
    }
    if (number >= 0) this.#acknowledger.arrived(number, oldest, now)
    return undefined
  }

  /** Writes the next datagram into `into`, of at least the largest datagram's size; returns its length, 0 for none. */
  next(into: Uint8Array, now: number): number {
    const out = this.#out
    const recovery = this.#recovery
    const sends = recovery.maySend(out.hasNext)
    const asks = !sends && this.#asks
    if (!sends && !asks && now < this.#acknowledger.deadline) return 0
    let at = writeStart(into, this.#in.window, this.receivedAll)
    if (sends || asks) at = writeNumber(into, at, recovery.next, recovery.oldest)
    if (this.#acknowledger.knows) at = this.#acknowledger.write(into, at, now)
    let from = 0
    let to = 0
    if (sends) {
      const segment = out.next(this.#datagram - at - SEGMENT_BYTES)
      at = writeSegment(into, at, segment.from, segment.fin)
      at += out.take(segment, into, at)
      from = segment.from
      to = segment.to
    }
    if (sends || asks) {
      this.#toldWindow = this.#in.window
      recovery.sent(from, to, at, now)
    }
    return at
  }

  /** When `onTime` has something to do; infinity when only the peer or the user can bring it about. */
  get deadline(): number {
    return Math.min(this.#recovery.deadline, this.#acknowledger.deadline)
  }

  /** Looks at the clock. */
  onTime(now: number): Failure | undefined {
    if (this.#recovery.onTime(now)) return undefined
    return { code: 'tunnel-silent', message: `the peer has acknowledged nothing for ${this.#giveUpMs} ms` }
  }

  /** Whether a packet without bytes has to go out: a probe with nothing to repeat, or news that must be heard. */
  get #asks(): boolean {
    const { probes, mayProbe } = this.#recovery
    return mayProbe && !this.#out.hasNext && (probes > 0 || this.#in.window > this.#toldWindow)
  }
}

function violation(what: string): Failure {
  return { code: 'tunnel-violation', message: `protocol violation of the peer: ${what}` }
}
