/**
 * A tunnel stream as a Node Duplex, for those who need one: node:tls and node:http on top of a flow. It costs more than a
 * relay, so only flows that are looked into have one.
 *
 * - credit goes back to the peer as the reader takes bytes: a slow reader holds one window at most;
 * - a write completes when its bytes have left for the session: back-pressure;
 * - `end()` ends our direction only, and the peer's end ends the readable side only;
 * - `destroy()` is close(2): in order where the peer has ended and all was read and sent, else a reset; with an error it is
 *   a reset. The peer's reset destroys with ECONNRESET.
 */

import { SocketLike } from '../relay/socket-like.js'
import { HEADER_BYTES } from './frame.js'
import type { TunnelStream } from './stream.js'

type Callback = (error?: Error | null) => void

/** What has still to be sent: the buffers of one write, and how far it is. */
interface Unsent {
  readonly chunks: readonly Uint8Array[]
  readonly done: Callback
  index: number
  at: number
}

/** The Duplex of one stream. */
export class StreamDuplex extends SocketLike {
  readonly #stream: TunnelStream
  #unsent: Unsent | undefined
  /** Bytes read from the peer whose credit is held back, because the reader is slower. */
  #held = 0
  #peerReset = false

  /** Takes the stream over; `head`: bytes of it that were read before, with their credit not yet given back. */
  constructor(stream: TunnelStream, head: Uint8Array) {
    super({ allowHalfOpen: true })
    this.#stream = stream
    this.on('error', () => {})
    if (head.length > 0) this.#take(head)
    stream.attach({
      data: (bytes) => {
        this.#take(bytes)
        return true
      },
      ended: () => {
        if (!this.destroyed) this.push(null)
      },
      reset: (_reason, detail) => {
        this.#peerReset = true
        this.destroy(Object.assign(new Error(detail), { code: 'ECONNRESET' }))
      },
      writable: () => this.#send(),
    })
  }

  #take(bytes: Uint8Array): void {
    // Nobody reads any more; the stream is being reset.
    if (this.destroyed) return this.#stream.consumed(bytes.length)
    if (this.push(Buffer.from(bytes))) this.#stream.consumed(bytes.length)
    else this.#held += bytes.length
  }

  override _read(): void {
    const held = this.#held
    this.#held = 0
    if (held > 0) this.#stream.consumed(held)
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: Callback): void {
    this.#unsent = { chunks: [chunk], done, index: 0, at: 0 }
    this.#send()
  }

  override _writev(writes: ReadonlyArray<{ readonly chunk: Uint8Array }>, done: Callback): void {
    this.#unsent = { chunks: writes.map(({ chunk }) => chunk), done, index: 0, at: 0 }
    this.#send()
  }

  /** Sends as much as the stream takes now: small buffers of one write leave in one frame. */
  #send(): void {
    const unsent = this.#unsent
    if (unsent === undefined) return
    const room = this.#stream.scratch.subarray(HEADER_BYTES)
    while (unsent.index < unsent.chunks.length) {
      const most = Math.min(room.length, this.#stream.sendable)
      if (most <= 0) return
      let filled = 0
      while (filled < most && unsent.index < unsent.chunks.length) {
        const chunk = unsent.chunks[unsent.index] as Uint8Array
        const part = chunk.subarray(unsent.at, unsent.at + most - filled)
        room.set(part, filled)
        filled += part.length
        unsent.at += part.length
        if (unsent.at < chunk.length) continue
        unsent.index += 1
        unsent.at = 0
      }
      if (filled > 0) this.#stream.send(filled)
    }
    this.#unsent = undefined
    unsent.done()
  }

  override _final(done: Callback): void {
    this.#stream.end()
    done()
  }

  override _destroy(error: Error | null, done: Callback): void {
    const unsent = this.#unsent
    this.#unsent = undefined
    unsent?.done(error ?? new Error('destroyed'))
    const isAllSaid = error === null && unsent === undefined && this.#stream.peerEnded && this.readableLength === 0
    if (this.#held > 0) this.#stream.consumed(this.#held)
    this.#held = 0
    if (isAllSaid) this.#stream.end()
    if (!this.#peerReset && !this.#stream.finished) this.#stream.reset('aborted', 'closed')
    done(error)
  }
}
