// Pure: DNS over TCP puts a two-byte length in front of every message (RFC 1035 section 4.2.2).

const LENGTH_BYTES = 2

/** One message with its length in front, as a single buffer: two writes would be two packets (RFC 7766 section 8). */
export function frameMessage(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + message.length)
  framed.writeUInt16BE(message.length, 0)
  framed.set(message, LENGTH_BYTES)
  return framed
}

/** Cuts a stream of bytes, split anywhere, into messages. Holds at most one message (65,535 bytes) at a time. */
export class MessageReader {
  readonly #length = Buffer.alloc(LENGTH_BYTES)
  #lengthFilled = 0
  #message: Buffer | undefined
  #messageFilled = 0

  /** The messages completed by this chunk, in order; an announced length of 0 gives an empty message. */
  push(chunk: Uint8Array): Buffer[] {
    const messages: Buffer[] = []
    let at = 0
    while (at < chunk.length) {
      if (this.#message === undefined) {
        this.#length[this.#lengthFilled] = chunk[at]!
        this.#lengthFilled += 1
        at += 1
        if (this.#lengthFilled < LENGTH_BYTES) continue
        this.#message = Buffer.allocUnsafe(this.#length.readUInt16BE(0))
        this.#messageFilled = 0
      }
      const part = chunk.subarray(at, at + this.#message.length - this.#messageFilled)
      this.#message.set(part, this.#messageFilled)
      this.#messageFilled += part.length
      at += part.length
      if (this.#messageFilled < this.#message.length) continue
      messages.push(this.#message)
      this.#message = undefined
      this.#lengthFilled = 0
    }
    return messages
  }
}
