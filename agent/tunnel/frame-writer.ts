/**
 * The outgoing half of a session: frames in, few and large TLS writes out. Small frames of one turn of the event loop
 * gather in one block and leave together; a large DATA frame on an idle socket goes out from where it was read, uncopied.
 *
 * Reusing memory right after `socket.write` is safe only because OpenSSL encrypts a single buffer synchronously when
 * nothing is queued before it (TLSWrap::DoWrite copies what it cannot encrypt at once). Hence the rule of this file: one
 * write at a time, never a second before the first has called back. Another socket than TLS has to copy as it is written to.
 */

import type { Duplex } from 'node:stream'

/** The block in which a turn's frames gather, in bytes. */
const BLOCK_BYTES = 256 * 1024

/** A frame this large is worth a write of its own, in bytes: below it, joining frames costs less than more records. */
const DIRECT_BYTES = 16 * 1024

/** Queued bytes above which sources should pause. Each may have one read more under way, so this is no hard bound. */
const ROOM_BYTES = 1024 * 1024

/** Queued bytes that no sources, but only a peer can cause that asks on and on and does not read the answers. */
const MOST_BYTES = 256 * 1024 * 1024

/** Writes frames to a socket; after `destroy` of the socket further frames are dropped. */
export class FrameWriter {
  readonly #socket: Duplex
  readonly #onRoom: () => void
  #blocks: Buffer[] = []
  #fill = 0
  #queued = 0
  #writing = false
  #scheduled = false
  #full = false
  #spare: Buffer | undefined
  readonly #flushSoon = () => {
    this.#scheduled = false
    this.#flush()
  }
  readonly #written = (error?: Error | null) => {
    this.#writing = false
    if (error || this.#socket.destroyed) return
    if (this.#queued >= DIRECT_BYTES) this.#flush()
    else if (this.#queued > 0) this.#schedule()
    if (this.#full && this.#queued < ROOM_BYTES / 2) {
      this.#full = false
      this.#onRoom()
    }
  }

  /** `onRoom` is called when there is room again after `hasRoom` was false. */
  constructor(socket: Duplex, onRoom: () => void) {
    this.#socket = socket
    this.#onRoom = onRoom
  }

  /** Whether a source may go on; asking with a full queue asks for `onRoom` too. */
  get hasRoom(): boolean {
    if (this.#queued >= ROOM_BYTES) this.#full = true
    return !this.#full
  }

  /** Sends a frame. Its memory is free for reuse when this returns. */
  write(frame: Uint8Array): void {
    if (this.#socket.destroyed) return
    if (!this.#writing && this.#queued === 0 && frame.length >= DIRECT_BYTES) {
      this.#writing = true
      this.#socket.write(frame, this.#written)
      return
    }
    if (this.#queued > MOST_BYTES) return void this.#socket.destroy(new Error('the peer does not read'))
    this.#append(frame)
    if (!this.#writing) this.#schedule()
  }

  /** Sends what is queued at once, then ends the socket's writing side. */
  end(): void {
    if (this.#socket.destroyed) return
    for (const part of this.#take()) this.#socket.write(Buffer.from(part))
    this.#socket.end()
  }

  /** At the end of this turn: until then, small frames gather. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(this.#flushSoon)
  }

  #append(frame: Uint8Array): void {
    this.#queued += frame.length
    let at = 0
    while (at < frame.length) {
      let block = this.#blocks.at(-1)
      if (block === undefined || this.#fill === BLOCK_BYTES) {
        block = this.#spare ?? Buffer.allocUnsafeSlow(BLOCK_BYTES)
        this.#spare = undefined
        this.#blocks.push(block)
        this.#fill = 0
      }
      const part = frame.subarray(at, at + BLOCK_BYTES - this.#fill)
      block.set(part, this.#fill)
      this.#fill += part.length
      at += part.length
    }
  }

  /** Writes the oldest block; the rest follows when the socket has called back. */
  #flush(): void {
    if (this.#writing || this.#queued === 0 || this.#socket.destroyed) return
    const block = this.#blocks.shift()!
    const length = this.#blocks.length === 0 ? this.#fill : BLOCK_BYTES
    if (this.#blocks.length === 0) this.#fill = 0
    this.#queued -= length
    this.#writing = true
    this.#socket.write(block.subarray(0, length), this.#written)
    this.#spare = block
  }

  #take(): Uint8Array[] {
    const parts = this.#blocks.map((block, index) =>
      index === this.#blocks.length - 1 ? block.subarray(0, this.#fill) : block,
    )
    this.#blocks = []
    this.#fill = 0
    this.#queued = 0
    return parts
  }
}
