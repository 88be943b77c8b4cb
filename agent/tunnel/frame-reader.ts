// Pure: cuts a byte stream, split anywhere, into the frames of frame.ts. DATA payloads are handed on as they arrive,
// without waiting for their frame to be whole; only headers and the payloads of other frames (at most MAX_CONTROL_BYTES)
// are ever kept here.

import { FRAME, HEADER_BYTES, MAX_CONTROL_BYTES, MAX_DATA_BYTES } from './frame.js'

/** Takes frames. Each method answers whether to read on; after a false nothing is read any more. */
export interface FrameSink {
  /** A DATA frame of `length` payload bytes begins. */
  dataBegins(stream: number, length: number): boolean
  /** The next bytes of that payload: a view into the received memory. */
  dataArrives(stream: number, bytes: Uint8Array): void
  /** A whole frame that is not DATA; its type may be unknown. The payload may be a view into the received memory. */
  control(type: number, stream: number, payload: Uint8Array): boolean
  /** A frame longer than its type allows. */
  tooLong(type: number, limit: number): void
}

const NOTHING = new Uint8Array(0)

/** Reads frames out of received bytes. */
export class FrameReader {
  readonly #sink: FrameSink
  #stopped = false
  readonly #header = new Uint8Array(HEADER_BYTES)
  #headerFilled = 0
  // The frame being read, and how much of its payload is still to come.
  #type = 0
  #stream = 0
  #left = 0
  #payload: Uint8Array | undefined
  #payloadFilled = 0

  constructor(sink: FrameSink) {
    this.#sink = sink
  }

  /** Takes received bytes, cut anywhere. */
  read(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length && !this.#stopped) {
      if (this.#left === 0) {
        at = this.#readHeader(bytes, at)
        continue
      }
      const part = bytes.subarray(at, at + this.#left)
      at += part.length
      this.#left -= part.length
      if (this.#type === FRAME.DATA) this.#sink.dataArrives(this.#stream, part)
      else this.#gather(part)
    }
  }

  #readHeader(bytes: Uint8Array, start: number): number {
    const header = this.#header
    let at = start
    while (at < bytes.length && this.#headerFilled < HEADER_BYTES) header[this.#headerFilled++] = bytes[at++]!
    if (this.#headerFilled < HEADER_BYTES) return at
    this.#headerFilled = 0
    this.#type = header[0]!
    this.#left = (header[1]! << 16) | (header[2]! << 8) | header[3]!
    this.#stream = ((header[4]! << 24) | (header[5]! << 16) | (header[6]! << 8) | header[7]!) >>> 0
    const isData = this.#type === FRAME.DATA
    const limit = isData ? MAX_DATA_BYTES : MAX_CONTROL_BYTES
    if (this.#left > limit) {
      this.#stopped = true
      this.#sink.tooLong(this.#type, limit)
    } else if (isData) this.#stopped = !this.#sink.dataBegins(this.#stream, this.#left)
    else if (this.#left === 0) this.#gather(NOTHING)
    return at
  }

  /** Gathers a control payload; one that arrived in one piece is not copied. */
  #gather(part: Uint8Array): void {
    let whole = part
    if (this.#left > 0 || this.#payload !== undefined) {
      this.#payload ??= new Uint8Array(part.length + this.#left)
      this.#payload.set(part, this.#payloadFilled)
      this.#payloadFilled += part.length
      if (this.#left > 0) return
      whole = this.#payload
      this.#payload = undefined
      this.#payloadFilled = 0
    }
    this.#stopped = !this.#sink.control(this.#type, this.#stream, whole)
  }
}
