/**
 * One exchange over HTTP/2: the client's stream, and the stream by which the origin is asked. Head, body and trailers pass
 * as they come, in both directions at once; whoever breaks off, the other side is told at once; and how it ended is said
 * when the client's stream is closed, which is the end of every story.
 *
 * Traps of node:http2: a stream that is reset says `end` too, and whether a body is whole is in `rstCode` and `aborted`;
 * and `close(code)` ends a stream in order before it resets it, so that half a body looks whole, but for streams that wait
 * for trailers: all of ours with a body do.
 */

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { messageOf } from '../../../agent/errors.js'
import type { ConnectionJudge, Exchange, ExchangeEnd, OwnAnswer } from '../exchange.js'
import { forwardedHeaders } from '../forwarded-headers.js'
import { copyBody } from './copy-body.js'
import { answerHead, type Fields, fieldsToSend, requestHead } from './header-fields.js'
import type { FoundSession, OriginSessions } from './origin-sessions.js'
import { codeForClient, isAboutTheRequest } from './reset-codes.js'
import { refuseRest, sendOwnAnswer } from './send-own-answer.js'

const { NGHTTP2_CANCEL, NGHTTP2_FLAG_END_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants

/** Statuses whose answers have no body (RFC 9110 15); node ends the stream of each itself. */
const BODILESS = new Set([204, 205, 304])

/** Informational answers that are passed on of one exchange: node keeps each of them as long as the stream lives. */
const MAX_INFORMATIONAL = 32

/** Without a Date of our own. Missing in node's types. */
const AS_IT_CAME = { sendDate: false }

/** The head of a request. */
export interface IncomingRequest extends Fields {
  readonly flags: number
}

/** One request and its answer, on their way. */
export class ExchangeStreams {
  readonly #client: ServerHttp2Stream
  readonly #exchange: Exchange
  readonly #fields: OutgoingHttpHeaders
  #origin: ClientHttp2Stream | undefined
  #requestEnded: boolean
  /** The whole of the origin's answer has come and been handed to the client's stream; but for its trailers. */
  #answerEnded = false
  /** The trailers as well. */
  #answerSent = false
  #isPassing = false
  #end: ExchangeEnd = 'client-left'
  #requestTrailers: OutgoingHttpHeaders = {}
  #answerTrailers: OutgoingHttpHeaders = {}
  #informational = 0

  /**
   * @param client has an error listener
   * @param onOver the client's stream is closed; `unanswered`: the client left before an answer began
   */
  constructor(
    client: ServerHttp2Stream,
    request: IncomingRequest,
    judge: ConnectionJudge,
    onOver: (exchange: ExchangeStreams, unanswered: boolean) => void,
  ) {
    const { parsed, flags } = request
    this.#client = client
    this.#requestEnded = (flags & NGHTTP2_FLAG_END_STREAM) !== 0
    const { via, 'x-forwarded-for': xForwardedFor } = parsed as Record<string, string | undefined>
    const forwarded = forwardedHeaders(judge.connection, judge.settings, { via, xForwardedFor })
    this.#fields = Object.assign(fieldsToSend(request), forwarded)
    this.#exchange = judge.begin(requestHead(parsed, this.#requestEnded))
    client.once('aborted', () => {
      this.#leaveOrigin()
      // What is left of the request is read, or node would keep the stream.
      refuseRest(client)
    })
    client.once('close', () => onOver(this, this.#onClientClosed()))
  }

  /** Answers, or asks the origin. */
  start(origins: OriginSessions | undefined): void {
    const { instead } = this.#exchange
    if (instead !== undefined) return this.#answer(instead, 'own-answer')
    const found = origins?.find() ?? { failure: 'there is no origin' }
    if (found instanceof Promise) void found.then((session) => this.#ask(session))
    else this.#ask(found)
  }

  /** Nothing has come or gone for too long. */
  timeOut(): void {
    this.#fail(504, 'The origin was silent for too long.')
  }

  /** Reads all that has come of the answer, however slow the client is: a window at most. */
  takeWhatCame(): void {
    const origin = this.#origin
    if (this.#isPassing) while (origin?.read() != null);
  }

  #ask(session: FoundSession): void {
    if (this.#isClientGone() || this.#client.headersSent) return
    if ('failure' in session) return this.#fail(502, session.failure)
    const endStream = this.#requestEnded
    let origin: ClientHttp2Stream
    try {
      origin = session.request(this.#fields, { endStream, waitForTrailers: !endStream })
    } catch (error) {
      return this.#fail(502, messageOf(error))
    }
    this.#origin = origin
    this.#listen(origin, session)
    if (!endStream) this.#sendBody(origin)
  }

  #listen(origin: ClientHttp2Stream, session: ClientHttp2Session): void {
    const heard =
      (take: (fields: Fields, flags: number) => void) =>
      (parsed: IncomingHttpHeaders, flags: number, raw: readonly string[]): void => {
        if (this.#origin === origin && !this.#isClientGone()) take({ parsed, raw }, flags)
      }
    origin.on('error', () => {})
    origin.on(
      'headers',
      heard((fields) => this.#inform(fields)),
    )
    origin.once(
      'response',
      heard((fields, flags) => this.#pass(origin, fields, flags)),
    )
    origin.once(
      'trailers',
      heard((fields) => (this.#answerTrailers = fieldsToSend(fields))),
    )
    origin.once('close', () => this.#onOriginClosed(origin, session))
  }

  #sendBody(origin: ClientHttp2Stream): void {
    const client = this.#client
    client.once('trailers', (parsed: IncomingHttpHeaders, _flags: number, raw: readonly string[]) => {
      this.#requestTrailers = fieldsToSend({ parsed, raw })
    })
    origin.once('wantTrailers', () => origin.sendTrailers(this.#requestTrailers))
    const atEnd = (): void => {
      if (client.aborted || client.rstCode !== NGHTTP2_NO_ERROR) return
      this.#requestEnded = true
      origin.end()
    }
    copyBody(client, origin, (bytes) => this.#maySend(bytes), atEnd)
  }

  #maySend(bytes: number): boolean {
    const own = this.#exchange.sent(bytes)
    if (own !== undefined) this.#answer(own, 'own-answer')
    return own === undefined
  }

  #inform(fields: Fields): void {
    this.#informational += 1
    // HTTP/2 has no 101 (RFC 9113 8.6), and node throws.
    if (this.#informational > MAX_INFORMATIONAL || statusOf(fields) === 101) return
    this.#client.additionalHeaders(fieldsToSend(fields))
  }

  /** The head of the origin's answer, and what follows it. */
  #pass(origin: ClientHttp2Stream, fields: Fields, flags: number): void {
    const client = this.#client
    const endStream = (flags & NGHTTP2_FLAG_END_STREAM) !== 0 || client.writableEnded || BODILESS.has(statusOf(fields))
    const own = this.#exchange.answered(answerHead(fields.parsed, endStream))
    if (own !== undefined) return this.#answer(own, 'own-answer')
    try {
      client.respond(fieldsToSend(fields), { ...AS_IT_CAME, endStream, waitForTrailers: !endStream })
    } catch (error) {
      // A status above 599, say.
      return this.#fail(502, messageOf(error))
    }
    if (endStream) this.#passNothing(origin)
    else this.#passBody(origin)
  }

  #passNothing(origin: ClientHttp2Stream): void {
    this.#answerEnded = true
    this.#answerSent = true
    origin.resume()
  }

  #passBody(origin: ClientHttp2Stream): void {
    const client = this.#client
    client.once('wantTrailers', () => {
      client.sendTrailers(this.#answerTrailers)
      this.#answerSent = true
      this.#refuseRest()
    })
    const atEnd = (): void => {
      if (origin.rstCode !== NGHTTP2_NO_ERROR) return
      this.#answerEnded = true
      client.end()
    }
    this.#isPassing = true
    copyBody(origin, client, (bytes) => this.#mayReceive(bytes), atEnd)
  }

  #mayReceive(bytes: number): boolean {
    if (this.#exchange.received(bytes)) return true
    this.#cut(NGHTTP2_INTERNAL_ERROR, 'own-answer')
    return false
  }

  #onOriginClosed(origin: ClientHttp2Stream, session: ClientHttp2Session): void {
    if (this.#origin !== origin || this.#isClientGone()) return
    if (this.#answerEnded) return this.#refuseRest()
    const { rstCode } = origin
    if (session.destroyed) return this.#fail(502, 'The connection to the origin was lost.')
    const why = `The origin broke the exchange off with error ${rstCode} of HTTP/2.`
    if (!this.#client.headersSent && !isAboutTheRequest(rstCode)) return this.#fail(502, why)
    this.#exchange.failed(502, why)
    this.#cut(codeForClient(rstCode), 'origin-failed')
  }

  /** An origin that has answered and closed its stream wants no more of the request (RFC 9113 8.1): nor do we. */
  #refuseRest(): void {
    if (this.#answerSent && this.#origin?.closed === true && !this.#requestEnded) refuseRest(this.#client)
  }

  #fail(status: 502 | 504, why: string): void {
    this.#answer(this.#exchange.failed(status, why), 'origin-failed')
  }

  /** Gives an answer of our own; one that has begun can only be cut. */
  #answer(own: OwnAnswer, end: ExchangeEnd): void {
    if (this.#client.headersSent) return this.#cut(NGHTTP2_INTERNAL_ERROR, end)
    this.#end = end
    this.#leaveOrigin()
    sendOwnAnswer(this.#client, own, this.#requestEnded)
  }

  #cut(code: number, end: ExchangeEnd): void {
    this.#end = end
    this.#leaveOrigin()
    this.#client.close(code)
  }

  #leaveOrigin(): void {
    const origin = this.#origin
    this.#origin = undefined
    origin?.close(NGHTTP2_CANCEL)
  }

  #isClientGone(): boolean {
    return this.#client.closed || this.#client.destroyed
  }

  /** Whether the client left before an answer began. */
  #onClientClosed(): boolean {
    const { writableFinished, headersSent } = this.#client
    const isThrough = this.#answerEnded && writableFinished
    if (this.#end === 'client-left' && isThrough) this.#end = 'done'
    // What the origin has not read yet of a whole request goes on to it, though its answer is complete.
    if (!isThrough || !this.#requestEnded) this.#leaveOrigin()
    this.#exchange.ended(this.#end)
    return this.#end === 'client-left' && !headersSent
  }
}

function statusOf({ parsed }: Fields): number {
  return Number(parsed[':status'])
}
