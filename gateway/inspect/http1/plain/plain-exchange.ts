// Pure: a plain request on its way and the answer to it, as bytes come: what is to be done with each piece. Judged at the
// answer's head and as its body grows.

import type { Exchange, ExchangeEnd, OwnAnswer } from '../../exchange.js'
import { MOST_INTERIM } from '../limits.js'
import { isRepeatable } from '../request-head.js'
import { AnswerBody } from './answer-body.js'
import { type PlainAnswer, readPlainAnswer } from './plain-answer.js'
import type { PlainRequest } from './plain-request.js'

/** What is to be done: pass bytes on to the client and go on, end, or cut; or answer in the origin's place. */
export type AnswerStep =
  | {
      readonly do: 'pass'
      readonly pieces: readonly Buffer[]
      readonly next: 'more' | 'end' | ExchangeEnd
      /** The origin has said more than its answer. */
      readonly isTooMuch: boolean
      readonly malformed?: string
    }
  | { readonly do: 'answer'; readonly answer: OwnAnswer; readonly how: ExchangeEnd; readonly malformed?: string }

/** One plain request and its answer. */
export class PlainExchange {
  readonly request: PlainRequest
  readonly exchange: Exchange
  /** The request's head as it is sent. */
  readonly head: Buffer
  /** Bytes of its body to come. */
  toSend: number
  /** Whether the origin has heard of it. */
  isAsked = false
  #answer: PlainAnswer | undefined
  #body: AnswerBody | undefined
  /** The beginning of the answer's head. */
  #begun: Buffer | undefined
  #isRepeated = false
  #interims = 0

  constructor(request: PlainRequest, exchange: Exchange, head: Buffer) {
    this.request = request
    this.exchange = exchange
    this.head = head
    this.toSend = request.bytes
  }

  /** Whether an answer is on its way to the client. */
  get hasAnswer(): boolean {
    return this.#answer !== undefined
  }

  /** Whether the answer ends with the origin's connection. */
  get endsWithOrigin(): boolean {
    return this.#answer?.body === 'until-close'
  }

  /** Whether no other request can follow on either connection. */
  get isLast(): boolean {
    return this.request.isLast || this.toSend > 0 || this.#answer?.isLast !== false
  }

  /** Whether the origin's connection is of no more use. */
  get endsLine(): boolean {
    return this.#answer?.endsLine !== false
  }

  /** True once, for a request that may be sent again because nothing has come of it. */
  mayRepeat(): boolean {
    if (this.#isRepeated || this.#begun !== undefined || !isRepeatable(this.request)) return false
    this.#isRepeated = true
    return true
  }

  /** Takes what the origin says. */
  read(chunk: Buffer): AnswerStep {
    if (this.#body !== undefined) return this.#pass([], this.#body, chunk)
    let bytes = this.#begun === undefined ? chunk : Buffer.concat([this.#begun, chunk])
    this.#begun = undefined
    const pieces: Buffer[] = []
    for (;;) {
      const read = readPlainAnswer(bytes, this.request.method, this.request.isLast || this.toSend > 0)
      if (read === 'need-more') {
        this.#begun = bytes
        return { do: 'pass', pieces, next: 'more', isTooMuch: false }
      }
      if ('malformed' in read) return this.#malformed(read.malformed)
      if (!('isInterim' in read)) return this.#begin(pieces, read, bytes)
      if (this.#interims++ < MOST_INTERIM) pieces.push(read.sendHead)
      bytes = bytes.subarray(read.headLength)
    }
  }

  #malformed(malformed: string): AnswerStep {
    const answer = this.exchange.failed(502, `The origin's answer is malformed: ${malformed}.`)
    return { do: 'answer', answer, how: 'origin-failed', malformed }
  }

  #begin(pieces: readonly Buffer[], answer: PlainAnswer, bytes: Buffer): AnswerStep {
    const instead = this.exchange.answered(answer)
    if (instead !== undefined) return { do: 'answer', answer: instead, how: 'own-answer' }
    this.#answer = answer
    this.#body = new AnswerBody(answer)
    return this.#pass([...pieces, answer.sendHead], this.#body, bytes.subarray(answer.headLength))
  }

  #pass(pieces: readonly Buffer[], body: AnswerBody, bytes: Buffer): AnswerStep {
    const { used, content, next } = body.read(bytes)
    if (content > 0 && !this.exchange.received(content))
      return { do: 'pass', pieces, next: 'own-answer', isTooMuch: false }
    const passed = used === 0 ? pieces : [...pieces, used === bytes.length ? bytes : bytes.subarray(0, used)]
    if (next === 'malformed')
      return { do: 'pass', pieces: passed, next: 'origin-failed', isTooMuch: true, malformed: 'a chunk that is none' }
    return { do: 'pass', pieces: passed, next, isTooMuch: used < bytes.length }
  }
}
