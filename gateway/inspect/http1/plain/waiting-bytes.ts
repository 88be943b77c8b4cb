// Pure: bytes that have come and wait for their turn.

/** A queue of bytes, seen as one piece. */
export class WaitingBytes {
  #bytes: Buffer | undefined

  /** All of them; undefined when there are none. */
  get all(): Buffer | undefined {
    return this.#bytes
  }

  add(chunk: Buffer): void {
    this.#bytes = this.#bytes === undefined ? chunk : Buffer.concat([this.#bytes, chunk])
  }

  /** Takes the first `most` bytes, or as many as there are. */
  take(most: number): Buffer {
    const bytes = this.#bytes ?? NOTHING
    this.#bytes = bytes.length > most ? bytes.subarray(most) : undefined
    return bytes.length > most ? bytes.subarray(0, most) : bytes
  }
}

const NOTHING = Buffer.alloc(0)
