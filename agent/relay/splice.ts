/**
 * Joins two TCP sockets, byte for byte: the bypass path. Both ways, with back-pressure, half-close and an idle time-out.
 * It owns both sockets from here on and settles once, when both are closed.
 *
 * Memory: an idle flow shares one small scratch block with all others; a flow that fills it borrows a large block of its
 * own and gives it back when it slows down. So 10,000 idle flows cost one block, and a bulk flow costs no copy.
 */

import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type ReadTarget, readInto } from './read-into.js'
import type { RelayTap, ResetBy } from './relay-tap.js'

/** Size of a borrowed block, in bytes: measured, larger gains nothing. */
const BLOCK_BYTES = 256 * 1024

/** Size of the shared block, in bytes, and of the reads worth a block of their own. What is read into it is copied. */
const SCRATCH_BYTES = 16 * 1024

/** Free blocks kept for the next bulk flow. */
const KEPT_BLOCKS = 16

/** Reads in a row below the scratch size after which a borrowed block goes back. */
const SLOW_READS = 8

/** How a splice ended. */
export type SpliceEnd = 'done' | 'reset' | 'idle'

const scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES)
const freeBlocks: Buffer[] = []

/** Resets a TCP socket, so that its peer sees an error and not an orderly end; destroys anything else. */
export function abort(stream: Duplex): void {
  if (stream.destroyed) return
  // A TLSSocket is one too, and has no TCP handle to reset.
  if (stream instanceof Socket && !(stream instanceof TLSSocket)) stream.resetAndDestroy()
  else stream.destroy()
}

/** One direction. */
class Direction implements ReadTarget {
  readonly #from: Duplex
  readonly #to: Duplex
  readonly #tap: RelayTap | undefined
  readonly #isUp: boolean
  #own: Buffer | undefined
  #slow = 0

  /** `isUp`: from the application. */
  constructor(from: Duplex, to: Duplex, tap: RelayTap | undefined, isUp: boolean) {
    this.#from = from
    this.#to = to
    this.#tap = tap
    this.#isUp = isUp
    to.on('drain', () => from.resume())
    to.on('close', () => this.#release())
    // A program may have said all it has to say before we came: 'end' is then in the past.
    if (from.readableEnded) this.#end()
    else from.on('end', () => this.#end())
  }

  buffer(): Uint8Array {
    return this.#own ?? scratch
  }

  received(length: number, buffer: Uint8Array): boolean {
    const to = this.#to
    const bytes = buffer.subarray(0, length)
    if (this.#isUp) this.#tap?.sent(bytes)
    else this.#tap?.received(bytes)
    // Only a socket is done with the memory once the write has called back; a stream in memory hands it on.
    const lent = buffer !== scratch && length >= SCRATCH_BYTES && to instanceof Socket
    if (lent) to.write(bytes, this.#returned)
    else to.write(Buffer.from(bytes))
    this.#adapt(length, buffer)
    return to.writableLength === 0 || !(lent || to.writableNeedDrain)
  }

  #end(): void {
    if (this.#isUp) this.#tap?.sentEnd()
    else this.#tap?.receivedEnd()
    this.#to.end()
  }

  readonly #returned = () => {
    if (this.#to.writableLength === 0) this.#from.resume()
  }

  #adapt(length: number, buffer: Uint8Array): void {
    if (buffer === scratch) {
      if (length === SCRATCH_BYTES) this.#own = freeBlocks.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
    } else if (length >= SCRATCH_BYTES) this.#slow = 0
    else if (++this.#slow >= SLOW_READS) this.#release()
  }

  #release(): void {
    if (this.#own !== undefined && this.#to.writableLength === 0 && freeBlocks.length < KEPT_BLOCKS)
      freeBlocks.push(this.#own)
    this.#own = undefined
    this.#slow = 0
  }
}

/**
 * Relays until both sockets are closed; `head` goes to `b` first; `idleMs` without a byte either way ends it. For a tap, `a`
 * is the application. Never rejects.
 */
export function splice(a: Duplex, b: Duplex, head: Uint8Array, idleMs: number, tap?: RelayTap): Promise<SpliceEnd> {
  return new Promise((resolve) => {
    let open = 2
    let end: SpliceEnd = 'done'
    const stop = (how: SpliceEnd, by: ResetBy): void => {
      if (end === 'done') {
        end = how
        tap?.reset(by)
      }
      abort(a)
      abort(b)
    }
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const by = one === a ? 'application' : 'origin'
      one.on('error', () => stop('reset', by))
      one.on('close', () => {
        if (!one.readableEnded || !one.writableFinished || one.errored) stop('reset', by)
        if (--open === 0) resolve(end)
      })
      if (one instanceof Socket) one.setTimeout(idleMs, () => stop('idle', 'agent'))
      if (one.destroyed) {
        tap?.reset(by)
        abort(other)
        return resolve('reset')
      }
    }
    if (head.length > 0) {
      tap?.sent(head)
      b.write(head)
    }
    const up = new Direction(a, b, tap, true)
    const down = new Direction(b, a, tap, false)
    readInto(a, up)
    readInto(b, down)
  })
}
