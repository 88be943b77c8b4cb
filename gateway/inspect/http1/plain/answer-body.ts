// Pure: follows the body of an answer to its end, whichever way it is framed.

import { type BodyStep, ChunkEnd } from './chunk-end.js'
import type { PlainAnswer } from './plain-answer.js'

/** The body of one answer. */
export class AnswerBody {
  readonly #chunks: ChunkEnd | undefined
  /** Bytes to come. */
  #left: number

  constructor({ body, bytes = 0 }: Pick<PlainAnswer, 'body' | 'bytes'>) {
    this.#chunks = body === 'chunked' ? new ChunkEnd() : undefined
    this.#left = body === 'until-close' ? Number.POSITIVE_INFINITY : body === 'length' ? bytes : 0
  }

  /** Reads on, also an empty piece. */
  read(bytes: Uint8Array): BodyStep {
    if (this.#chunks !== undefined) return this.#chunks.read(bytes)
    const used = Math.min(this.#left, bytes.length)
    this.#left -= used
    return { used, content: used, next: this.#left === 0 ? 'end' : 'more' }
  }
}
