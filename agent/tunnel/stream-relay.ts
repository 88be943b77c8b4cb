/**
 * Relays one flow between a socket (the application's at the agent, the origin's at the gateway) and a tunnel stream:
 * both ways, with back-pressure, half-close, and an idle time-out. The relay owns the socket and the stream from here
 * on, and ends both; it settles once, with the reason.
 *
 * Back-pressure up: the socket is read only while a whole read fits the stream's credit. Back-pressure down: credit goes
 * back to the peer only for bytes that have left this process, so a slow reader costs one window.
 */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ReadTarget, readInto } from '../relay/read-into.js'
import type { RelayTap } from '../relay/relay-tap.js'
import { abort } from '../relay/splice.js'
import { HEADER_BYTES, type ResetReason } from './frame.js'
import { READ_BYTES } from './session.js'
import type { StreamReceiver, TunnelStream } from './stream.js'

/** How a relay ended; `done` = both directions finished in order. */
export type RelayEnd = 'done' | 'reset-by-app' | 'idle' | { readonly reset: ResetReason; readonly detail: string }

class StreamRelay implements ReadTarget, StreamReceiver {
  readonly #socket: Duplex
  readonly #stream: TunnelStream
  readonly #payload: Uint8Array
  readonly #settle: (end: RelayEnd) => void
  readonly #tap: RelayTap | undefined
  #unsent = 0
  #paused = false
  #socketEnded = false
  #streamEnded = false
  #over = false

  constructor(socket: Duplex, stream: TunnelStream, settle: (end: RelayEnd) => void, tap: RelayTap | undefined) {
    this.#socket = socket
    this.#stream = stream
    this.#payload = stream.scratch.subarray(HEADER_BYTES)
    this.#settle = settle
    this.#tap = tap
  }

  start(head: Uint8Array, idleMs: number): void {
    const socket = this.#socket
    socket.on('error', () => this.#finish('reset-by-app'))
    socket.on('close', () => this.#finish(this.#socketEnded && this.#streamEnded ? 'done' : 'reset-by-app'))
    socket.on('end', () => this.#onSocketEnd())
    if (socket.destroyed) return this.#finish('reset-by-app')
    if (socket instanceof Socket) socket.setTimeout(idleMs, () => this.#finish('idle'))
    this.#sendHead(head)
    this.#stream.attach(this)
    // A program may have said all it has to say before we came: 'end' is then in the past.
    if (socket.readableEnded) this.#onSocketEnd()
    else if (!this.#over) readInto(socket, this, this.#mayRead())
  }

  /** Not put back into the socket: a program that has ended already takes nothing back. A head is well below the window. */
  #sendHead(head: Uint8Array): void {
    for (let at = 0; at < head.length; at += READ_BYTES) {
      const part = head.subarray(at, at + READ_BYTES)
      this.#payload.set(part)
      this.#tap?.sent(part)
      this.#stream.send(part.length)
    }
  }

  // ReadTarget: bytes of the socket.
  buffer(): Uint8Array {
    return this.#payload
  }

  received(length: number): boolean {
    if (this.#over) return false
    this.#tap?.sent(this.#payload.subarray(0, length))
    this.#stream.send(length)
    return this.#mayRead()
  }

  // StreamReceiver: what the peer says.
  data(bytes: Uint8Array): boolean {
    const socket = this.#socket
    if (this.#over || socket.writableEnded) return true
    this.#tap?.received(bytes)
    this.#unsent += bytes.length
    // Copied where the memory would be held for long: behind a queue, each small piece would hold a whole block of the
    // session; and a stream in memory hands it on, to be kept for who knows how long.
    if (socket.writableLength > 0 || !(socket instanceof Socket)) {
      socket.write(Buffer.from(bytes), this.#onWritten)
      return true
    }
    socket.write(bytes, this.#onWritten)
    return socket.writableLength === 0
  }

  ended(): void {
    this.#streamEnded = true
    this.#tap?.receivedEnd()
    this.#socket.end()
  }

  reset(reason: ResetReason, detail: string): void {
    this.#finish({ reset: reason, detail })
  }

  keys(line: Uint8Array): void {
    this.#tap?.keys?.(line)
  }

  writable(): void {
    if (!this.#paused || this.#stream.sendable < READ_BYTES) return
    this.#paused = false
    this.#socket.resume()
  }

  readonly #onWritten = () => {
    const left = this.#unsent - this.#socket.writableLength
    if (left <= 0 || this.#over) return
    this.#unsent -= left
    this.#stream.consumed(left)
  }

  /** Whether another read fits; if not, `writable` will resume the socket. */
  #mayRead(): boolean {
    this.#paused = this.#stream.sendable < READ_BYTES
    return !this.#paused
  }

  #onSocketEnd(): void {
    this.#socketEnded = true
    this.#tap?.sentEnd()
    this.#stream.end()
  }

  #finish(end: RelayEnd): void {
    if (this.#over) return
    this.#over = true
    if (end !== 'done') {
      this.#tap?.reset(end === 'reset-by-app' ? 'application' : 'agent')
      this.#stream.reset('aborted', typeof end === 'string' ? end : end.detail)
      abort(this.#socket)
    }
    this.#settle(end)
  }
}

/** Relays until the flow is over; `head` (at most 128 KiB) is sent first; `idleMs` without a byte either way ends it. Never rejects. */
export function relayStream(
  socket: Duplex,
  stream: TunnelStream,
  head: Uint8Array,
  idleMs: number,
  tap?: RelayTap,
): Promise<RelayEnd> {
  return new Promise((resolve) => new StreamRelay(socket, stream, resolve, tap).start(head, idleMs))
}
