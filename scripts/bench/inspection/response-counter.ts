// Pure: where the answers on one connection end, for a client that must cost little. The length of every body is known,
// because it was asked for; so of each head only its end and the first digit of the status are looked at.

const HEAD_END = '\r\n\r\n'

/** Longest head that is waited for, bytes: nobody in a benchmark sends more. */
const MAX_HEAD_BYTES = 16 * 1024

/** Where the status stands: behind `HTTP/1.1 `. */
const STATUS_AT = 9
const DIGIT_2 = 0x32

/** Counts the bytes of answers whose bodies have `bytes` bytes each, none of them sent before it is asked for. */
export class ResponseCounter {
  readonly #bytes: number
  #head: Buffer | undefined
  #left = 0

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  /** Takes what came; true when it ends an answer. Throws an Error for an answer that is not what was asked for. */
  take(chunk: Buffer): boolean {
    if (this.#left > 0) this.#left -= chunk.length
    else {
      const begun = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk])
      const end = begun.indexOf(HEAD_END, 0, 'latin1')
      if (end < 0 && begun.length <= MAX_HEAD_BYTES) {
        this.#head = begun
        return false
      }
      this.#head = undefined
      if (end < 0 || begun[STATUS_AT] !== DIGIT_2)
        throw new Error(`the answer begins with "${begun.toString('latin1', 0, 60).split('\r\n')[0]}"`)
      this.#left = this.#bytes - (begun.length - end - HEAD_END.length)
    }
    if (this.#left < 0) throw new Error(`the answer is ${-this.#left} bytes longer than it should be`)
    return this.#left === 0
  }
}
