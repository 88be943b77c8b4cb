/**
 * A TCP socket whose bytes are shown to somebody on their way: what node:tls writes and reads through it is the tunnel's
 * ciphertext. It costs time (TLS on a plain socket never leaves native code), so only sessions have one that are opened
 * while an outer capture wants to see them.
 */

import type { Socket } from 'node:net'
import type { RelayTap } from '../relay/relay-tap.js'
import { SocketLike } from '../relay/socket-like.js'
import { abort } from '../relay/splice.js'

type Callback = (error?: Error | null) => void

/** The socket, as a stream. */
export class TappedSocket extends SocketLike {
  readonly #socket: Socket
  readonly #openTap: () => RelayTap
  #tap: RelayTap | undefined

  /** Takes over a socket that connects or is connected; `tap` is asked for once it is. */
  constructor(socket: Socket, tap: () => RelayTap) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#openTap = tap
    socket.on('error', (error) => this.destroy(error))
    socket.on('close', () => this.destroy())
    socket.on('data', (chunk: Buffer) => {
      this.#connected().received(chunk)
      if (!this.push(chunk)) socket.pause()
    })
    socket.on('end', () => {
      this.#connected().receivedEnd()
      this.push(null)
    })
  }

  override setNoDelay(): this {
    this.#socket.setNoDelay(true)
    return this
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Callback): void {
    this.#whenConnected(() => this.#connected().sent(chunk))
    this.#socket.write(chunk, done)
  }

  override _writev(writes: ReadonlyArray<{ readonly chunk: Uint8Array }>, done: Callback): void {
    this.#socket.cork()
    for (const [at, { chunk }] of writes.entries()) {
      this.#whenConnected(() => this.#connected().sent(chunk))
      this.#socket.write(chunk, at === writes.length - 1 ? done : undefined)
    }
    this.#socket.uncork()
  }

  override _final(done: Callback): void {
    this.#tap?.sentEnd()
    this.#socket.end(() => done())
  }

  override _destroy(error: Error | null, done: Callback): void {
    const isOver = this.#socket.readableEnded && this.#socket.writableFinished
    if (!isOver) this.#tap?.reset(this.#socket.errored ? 'agent' : 'application')
    // One that still connects has nothing to reset: a reset would wait for the connection.
    if (isOver || this.#socket.connecting) this.#socket.destroy()
    else abort(this.#socket)
    done(error)
  }

  /** What is written before has to wait: the conversation has no addresses yet. */
  #whenConnected(tell: () => void): void {
    if (!this.#socket.connecting) return tell()
    this.#socket.once('connect', () => {
      if (!this.destroyed) tell()
    })
  }

  #connected(): RelayTap {
    this.#tap ??= this.#openTap()
    return this.#tap
  }
}
