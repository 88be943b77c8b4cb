/**
 * An ordered byte stream over a lossy datagram link, for the tunnel's mux over DTLS: the socket around `Connection`.
 * All sending happens once per turn of the event loop, in its last phase: what arrived in the turn is acknowledged
 * together, what was written leaves together, and a timer that is late because this process was sees first what has come.
 *
 * The stream owns its link. 'finish' means that the peer has everything.
 */

import { Duplex } from 'node:stream'
import { SteerError } from '../../errors.js'
import type { DatagramLink } from '../datagram-link.js'
import { CONNECTION_DEFAULTS, Connection, type ConnectionOptions, type Failure } from './connection.js'
import { MAX_HEADER_BYTES, resetDatagram } from './frame.js'

/** Datagrams sent in one turn of the event loop; then what has arrived is looked at first. */
const BURST = 32

/** Bytes handed to the reader at once: few and large reads. */
const READ_BYTES = 64 * 1024

/** What a datagram must carry beside the largest header, bytes: enough at an MTU of 576, the least that DTLS takes. */
const LEAST_PAYLOAD_BYTES = 128

/** Probe time-outs for which a settled stream still answers a peer that has not heard its last acknowledgement. */
const LINGER_PROBES = 3

/** Bounds of the stream, and where its time comes from. */
export interface ReliableStreamOptions extends Partial<ConnectionOptions> {
  /** A clock that never goes back, ms. */
  readonly now?: () => number
  /** Calls `due` in `ms`; returns what takes the timer back. */
  readonly setTimer?: (ms: number, due: () => void) => () => void
}

const nodeTimer = (ms: number, due: () => void) => {
  const timer = setTimeout(due, ms)
  return () => clearTimeout(timer)
}

/** A reliable stream; errors are SteerErrors `tunnel-reset`, `tunnel-violation`, `tunnel-silent` and `tunnel-link-ended`. */
export class ReliableStream extends Duplex {
  readonly #link: DatagramLink
  readonly #connection: Connection
  readonly #now: () => number
  readonly #setTimer: (ms: number, due: () => void) => () => void
  readonly #datagram: Buffer
  /** What `_write` was given and the connection has no room for yet. */
  #rest: Uint8Array | undefined
  #written: ((error?: Error) => void) | undefined
  #finished: (() => void) | undefined
  #wanted = false
  #delivering = false
  #ended = false
  #over = false
  #scheduled = false
  #timerAt = Number.POSITIVE_INFINITY
  #cancelTimer = () => {}
  #leaving = false
  #lingerUntil = Number.POSITIVE_INFINITY

  /** Takes over `link`. Throws `tunnel-datagram-size` when its datagrams are too small or too large. */
  constructor(link: DatagramLink, options: ReliableStreamOptions = {}) {
    super({ readableHighWaterMark: READ_BYTES, writableHighWaterMark: READ_BYTES })
    const { now = () => performance.now(), setTimer = nodeTimer, ...bounds } = options
    if (link.maxBytes < MAX_HEADER_BYTES + LEAST_PAYLOAD_BYTES || link.maxBytes > 0xffff)
      throw new SteerError('tunnel-datagram-size', `a datagram of ${link.maxBytes} bytes cannot carry a tunnel`)
    this.#link = link
    this.#now = now
    this.#setTimer = setTimer
    this.#datagram = Buffer.allocUnsafeSlow(link.maxBytes)
    this.#connection = new Connection(link.maxBytes, { ...CONNECTION_DEFAULTS, ...bounds })
    link.receive({
      datagram: (bytes) => this.#onDatagram(bytes),
      ended: (reason) => this.#onLinkEnded(reason),
    })
  }

  /** Does nothing: what is written leaves in the same turn anyway. */
  setNoDelay(): this {
    return this
  }

  override _read(): void {
    this.#wanted = true
    this.#deliver()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, written: () => void): void {
    const taken = this.#connection.write(chunk)
    this.#schedule()
    if (taken === chunk.length) return written()
    // A copy: the caller may reuse its memory as soon as this returns.
    this.#rest = Buffer.from(chunk.subarray(taken))
    this.#written = written
  }

  override _final(finished: () => void): void {
    this.#connection.end()
    this.#finished = finished
    this.#schedule()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#rest !== undefined) this.#written?.(error ?? new SteerError('tunnel-closed', 'the stream was destroyed'))
    this.#rest = undefined
    if (error === null && this.#passed) this.#leaving = true
    else this.#close(true)
    this.#schedule()
    done(error)
  }

  /** Whether both directions have ended in order. */
  get #passed(): boolean {
    return this.#connection.sentAll && this.#connection.receivedAll
  }

  #onDatagram(bytes: Uint8Array): void {
    if (this.#over) return
    this.#failed(this.#connection.receive(bytes, this.#now()))
    this.#schedule()
  }

  #onLinkEnded(reason: string): void {
    if (this.#over) return
    this.#close(false)
    if (this.#passed) return this.#progress()
    this.destroy(new SteerError('tunnel-link-ended', `the datagram link ended: ${reason}`))
  }

  #failed(failure: Failure | undefined): void {
    if (failure === undefined || this.#over) return
    // A peer that has forgotten a finished stream does no harm.
    if (this.#passed) return this.#close(false)
    this.destroy(new SteerError(failure.code, failure.message))
  }

  #schedule(): void {
    if (this.#scheduled || this.#over) return
    this.#scheduled = true
    setImmediate(this.#turn)
  }

  /** The end of a turn: tells the user what happened, sends what is to be sent, sets the timer. */
  readonly #turn = () => {
    this.#scheduled = false
    if (this.#over) return
    const now = this.#now()
    this.#failed(this.#connection.onTime(now))
    this.#progress()
    this.#send(now)
    if (this.#over) return
    if (this.#leaving && this.#connection.settled) {
      this.#lingerUntil = Math.min(this.#lingerUntil, now + LINGER_PROBES * this.#connection.probeMs)
      if (now >= this.#lingerUntil) return this.#close(false)
    }
    this.#watch(now)
  }

  #progress(): void {
    this.#deliver()
    if (this.#rest !== undefined && this.#connection.room > 0) {
      const taken = this.#connection.write(this.#rest)
      this.#rest = taken < this.#rest.length ? this.#rest.subarray(taken) : undefined
      if (this.#rest === undefined) this.#written?.()
    }
    if (this.#finished !== undefined && this.#connection.sentAll) {
      const finished = this.#finished
      this.#finished = undefined
      finished()
    }
  }

  /** Hands bytes to the reader while it wants any. */
  #deliver(): void {
    if (this.#delivering || this.destroyed) return
    this.#delivering = true
    while (this.#wanted && !this.destroyed) {
      const bytes = this.#connection.read(READ_BYTES)
      if (bytes === undefined) break
      // Before `push`, which may ask for more by itself.
      this.#wanted = false
      if (this.push(bytes)) this.#wanted = true
      // The window may have grown.
      this.#schedule()
    }
    this.#delivering = false
    if (!this.#connection.readAll || this.#ended || this.destroyed) return
    this.#ended = true
    this.push(null)
  }

  #send(now: number): void {
    for (let sent = 0; sent < BURST; sent += 1) {
      if (this.#over) return
      const length = this.#connection.next(this.#datagram, now)
      if (length === 0) return
      this.#link.send(this.#datagram.subarray(0, length))
    }
    this.#schedule()
  }

  /** One timer, left alone while it is early: it looks again when it is due. */
  #watch(now: number): void {
    const deadline = Math.min(this.#connection.deadline, this.#lingerUntil)
    if (deadline >= this.#timerAt || deadline === Number.POSITIVE_INFINITY) return
    this.#cancelTimer()
    this.#timerAt = deadline
    this.#cancelTimer = this.#setTimer(Math.max(1, Math.ceil(deadline - now)), () => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#schedule()
    })
  }

  /** Lets go of the link; `tell`: the peer is told that the stream is no more. */
  #close(tell: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#cancelTimer()
    if (tell) this.#link.send(resetDatagram())
    this.#link.close()
  }
}
