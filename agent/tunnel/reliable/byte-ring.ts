// Pure: a fixed block of memory seen as a window onto an endless stream of bytes: byte `offset` of the stream lies at
// `offset` modulo the capacity. Who uses it sees to it that no more than one capacity is in use.

/** A ring of bytes addressed by stream offset. */
export class ByteRing {
  readonly capacity: number
  readonly #memory: Buffer

  /** `capacity` in bytes. */
  constructor(capacity: number) {
    this.capacity = capacity
    this.#memory = Buffer.allocUnsafeSlow(capacity)
  }

  /** Stores `bytes` (at most the capacity) at stream offset `offset`. */
  write(offset: number, bytes: Uint8Array): void {
    const at = offset % this.capacity
    const first = this.capacity - at
    if (bytes.length <= first) this.#memory.set(bytes, at)
    else {
      this.#memory.set(bytes.subarray(0, first), at)
      this.#memory.set(bytes.subarray(first), 0)
    }
  }

  /** Copies `length` bytes from stream offset `offset` to `into` at `at`. */
  read(offset: number, length: number, into: Uint8Array, at: number): void {
    const from = offset % this.capacity
    const first = Math.min(length, this.capacity - from)
    this.#memory.copy(into, at, from, from + first)
    if (first < length) this.#memory.copy(into, at + first, 0, length - first)
  }
}
