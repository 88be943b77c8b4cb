// Pure: follows a chunked body (RFC 9112 7.1) to its end, byte by byte where it must and by leaps where it can, without
// changing it. Strict: line ends are CRLF, sizes are hexadecimal digits.

/** What a piece of a body was: how many of its bytes belong to it, and how many are content. */
export interface BodyStep {
  readonly used: number
  readonly content: number
  /** The body goes on, has ended there, or is none from there on. */
  readonly next: 'more' | 'end' | 'malformed'
}

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'line'
  | 'line-lf'
  | 'end-lf'

const CR = 13
const LF = 10
const SEMICOLON = 59
/** Of a size: 15 hexadecimal digits are more than any number counts exactly. */
const MOST_DIGITS = 13
/** Extensions of a chunk, and all trailers, bytes. */
const MOST_EXTRA = 16 * 1024

/** Follows one body. */
export class ChunkEnd {
  #state: State = 'size'
  #size = 0
  #digits = 0
  #extra = 0

  /** Reads on; not after `end` or `malformed`. */
  read(bytes: Uint8Array): BodyStep {
    let content = 0
    for (let at = 0; at < bytes.length; ) {
      if (this.#state === 'data') {
        const leap = Math.min(this.#size, bytes.length - at)
        this.#size -= leap
        content += leap
        at += leap
        if (this.#size === 0) this.#state = 'data-cr'
        continue
      }
      const next = this.#next(bytes[at] as number)
      if (next === undefined) return { used: at, content, next: 'malformed' }
      at += 1
      if (next === 'end') return { used: at, content, next: 'end' }
      this.#state = next
    }
    return { used: bytes.length, content, next: 'more' }
  }

  #next(byte: number): State | 'end' | undefined {
    switch (this.#state) {
      case 'size':
        return this.#inSize(byte)
      case 'extension':
        if (byte === CR) return 'size-lf'
        return this.#isExtra(byte) ? 'extension' : undefined
      case 'size-lf':
        if (byte !== LF) return undefined
        this.#digits = 0
        return this.#size === 0 ? 'trailer' : 'data'
      case 'data-cr':
        return byte === CR ? 'data-lf' : undefined
      case 'data-lf':
        return byte === LF ? 'size' : undefined
      case 'trailer':
        if (byte === CR) return 'end-lf'
        return this.#isExtra(byte) ? 'line' : undefined
      case 'line':
        if (byte === CR) return 'line-lf'
        return this.#isExtra(byte) ? 'line' : undefined
      case 'line-lf':
        return byte === LF ? 'trailer' : undefined
      case 'end-lf':
        return byte === LF ? 'end' : undefined
      default:
        return undefined
    }
  }

  #inSize(byte: number): State | undefined {
    const digit = hexDigit(byte)
    if (digit >= 0) {
      if (++this.#digits > MOST_DIGITS) return undefined
      this.#size = this.#size * 16 + digit
      return 'size'
    }
    if (this.#digits === 0) return undefined
    if (byte === CR) return 'size-lf'
    return byte === SEMICOLON ? 'extension' : undefined
  }

  #isExtra(byte: number): boolean {
    return byte !== LF && byte !== 0 && ++this.#extra <= MOST_EXTRA
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48
  const letter = byte | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}
