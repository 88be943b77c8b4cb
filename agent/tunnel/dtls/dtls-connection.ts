/**
 * A DTLS connection's life over an engine: handshake with its timers and its deadline, then a link, then the end, which
 * is told once and frees the engine. The same for client and server; who makes it moves the datagrams.
 */

import type { DatagramLink, DatagramReceiver } from '../datagram-link.js'
import type { DtlsEngine, EngineEnd } from './dtls-engine.js'

/** Why a connection is over. */
export interface ConnectionEnd {
  readonly kind: EngineEnd['kind'] | 'timed-out' | 'refused'
  readonly detail: string
  /** errno(3), when the network said no. */
  readonly errno?: number
}

/** What a connection is made of. */
export interface ConnectionParts {
  /** Begun by the maker; the connection frees it. */
  readonly engine: DtlsEngine
  /** Sends a datagram to the peer; must not throw. */
  readonly transmit: (datagram: Uint8Array) => void
  /** Time for the handshake, ms. */
  readonly handshakeMs: number
  /** The handshake is done. */
  readonly opened: () => void
  /** It is over, before or after `opened`. Called once. */
  readonly ended: (end: ConnectionEnd) => void
}

/** Time between repetitions of a flight, ms; RFC 6347 4.2.4.1 says 1 s, for networks we do not know. */
const REPEAT_MS = 300

/** How often at most a server repeats its last flight: a stranger's forged datagrams can ask for it, too. */
const MOST_LAST_REPEATS = 20

/** Datagrams kept for a receiver that is not there yet; more are lost. */
const MOST_WAITING = 64

/** One connection. */
export class DtlsConnection implements DatagramLink {
  readonly #parts: ConnectionParts
  #deadline: NodeJS.Timeout | undefined
  #repetition: NodeJS.Timeout | undefined
  /** What was sent last in the handshake. */
  #flight: Uint8Array[] = []
  #lastRepeats = MOST_LAST_REPEATS
  #hasOpened = false
  #hasHeard = false
  #maxBytes = 0
  #end: ConnectionEnd | undefined
  #receiver: DatagramReceiver | undefined
  #waiting: Uint8Array[] = []

  constructor(parts: ConnectionParts) {
    this.#parts = parts
  }

  /** Sends the first flight and starts the timers; may end at once. */
  start(): void {
    if (this.#end !== undefined) return
    const { handshakeMs } = this.#parts
    this.#deadline = setTimeout(() => {
      const detail = this.#hasHeard ? 'the handshake was not done' : 'nothing was heard'
      this.fail({ kind: 'timed-out', detail: `${detail} within ${handshakeMs} ms` })
    }, handshakeMs)
    this.#repetition = setInterval(() => this.#repeat(), REPEAT_MS)
    this.#step()
  }

  /** Takes a datagram of the peer. */
  take(datagram: Uint8Array): void {
    if (this.#end !== undefined) return
    this.#hasHeard = true
    this.#step(this.#parts.engine.receive(datagram))
  }

  /** For a server that is done and hears a client that is not: its last flight was lost. */
  repeatLastFlight(): void {
    if (!this.#hasOpened || this.#end !== undefined || this.#lastRepeats === 0) return
    this.#lastRepeats -= 1
    for (const datagram of this.#flight) this.#parts.transmit(datagram)
  }

  /** Ends it without a word to the peer. */
  fail(end: ConnectionEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#stopTimers()
    this.#parts.engine.free()
    this.#parts.ended(end)
    this.#receiver?.ended(end.detail)
  }

  get maxBytes(): number {
    return this.#maxBytes
  }

  send(bytes: Uint8Array): void {
    if (this.#end !== undefined || bytes.length > this.#maxBytes) return
    this.#parts.engine.write(bytes)
    this.#step()
  }

  receive(receiver: DatagramReceiver): void {
    const end = this.#end
    this.#receiver = receiver
    for (const datagram of this.#waiting.splice(0)) if (this.#end === end) receiver.datagram(datagram)
    if (end !== undefined) receiver.ended(end.detail)
  }

  close(): void {
    if (this.#end !== undefined) return
    this.#parts.engine.shutdown()
    this.#transmit()
    this.fail({ kind: 'closed', detail: 'closed' })
  }

  /** Does what the engine asks for after each call: datagrams to send, plain texts to deliver, another state. */
  #step(plainTexts: readonly Uint8Array[] = []): void {
    const { engine, opened } = this.#parts
    this.#transmit()
    if (!this.#hasOpened && engine.state === 'open') {
      this.#stopTimers()
      this.#hasOpened = true
      this.#maxBytes = engine.maxBytes
      opened()
    }
    for (const plainText of plainTexts) this.#deliver(plainText)
    if (engine.end !== undefined) this.fail(engine.end)
  }

  /** Sends what is new; answers whether there was anything. */
  #transmit(): boolean {
    const datagrams = this.#parts.engine.takeOutgoing()
    for (const datagram of datagrams) this.#parts.transmit(datagram)
    if (datagrams.length > 0 && !this.#hasOpened) this.#flight = datagrams
    return datagrams.length > 0
  }

  /**
   * Repeats the last flight as it was: the peer drops the records it has, so nothing is done twice, and a lost datagram
   * costs a fraction of OpenSSL's second. Each time the other way round, or a loss of every third one could always hit
   * the same.
   */
  #repeat(): void {
    const { engine, transmit } = this.#parts
    engine.handleTimeout()
    if (!this.#transmit()) for (const datagram of this.#flight.reverse()) transmit(datagram)
    this.#step()
  }

  #stopTimers(): void {
    clearTimeout(this.#deadline)
    clearInterval(this.#repetition)
  }

  #deliver(datagram: Uint8Array): void {
    if (this.#receiver !== undefined) {
      if (this.#end === undefined) this.#receiver.datagram(datagram)
    } else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(datagram)
  }
}
