/**
 * Two streams joined back to back in memory: what one end writes the other reads. For code that wants a socket where
 * there is none (node:http on top of a flow). Unlike node:stream's duplexPair it behaves as TCP does when one end goes:
 *
 * - a write completes when the other end has room for more: back-pressure;
 * - `end()` ends the other end's readable side only: half-close;
 * - `destroy()` before `end()` is a reset: the other end fails with ECONNRESET and what it had not read is lost;
 * - `destroy()` after `end()` is a close: the other end still reads everything; writing to the gone end fails with EPIPE.
 */

import type { DuplexOptions } from 'node:stream'
import { SocketLike } from '../relay/socket-like.js'

type Callback = (error?: Error | null) => void

function socketError(code: 'ECONNRESET' | 'EPIPE', message: string): Error {
  return Object.assign(new Error(message), { code })
}

/** One end. */
export class PairEnd extends SocketLike {
  #other!: PairEnd
  /** The other end's last write, unanswered while this end has no room. */
  #waiting: Callback | undefined

  /** @param options `allowHalfOpen: false` ends this end's writable side when its readable side ends. */
  static join(one: DuplexOptions, two: DuplexOptions): [PairEnd, PairEnd] {
    const ends: [PairEnd, PairEnd] = [new PairEnd(one), new PairEnd(two)]
    ends[0].#other = ends[1]
    ends[1].#other = ends[0]
    return ends
  }

  override _read(): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    const other = this.#other
    if (other.destroyed) callback(socketError('EPIPE', 'the other end is closed'))
    else if (other.push(chunk)) callback()
    else other.#waiting = callback
  }

  override _final(callback: Callback): void {
    if (!this.#other.destroyed) this.#other.push(null)
    callback()
  }

  override _destroy(error: Error | null, callback: Callback): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.(socketError('EPIPE', 'the other end is closed'))
    if (!this.writableFinished) this.#other.destroy(socketError('ECONNRESET', 'the other end was reset'))
    callback(error)
  }
}

/** Makes a joined pair; each end takes the options of its own stream. */
export function duplexPair(one: DuplexOptions = {}, two: DuplexOptions = {}): [PairEnd, PairEnd] {
  return PairEnd.join(one, two)
}
