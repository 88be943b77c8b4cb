/**
 * One request on its way through the gateway: judged at its head, sent to the origin over http-forward.ts, its answer judged
 * and sent back, the bytes of both counted. However it goes, its exchange is ended once.
 */

import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { connectionOptions } from '../../../agent/outbound/http-forward/end-to-end.js'
import { HttpForward, UnfitAnswer } from '../../../agent/outbound/http-forward/http-forward.js'
import type { AnswerHead, Exchange, ExchangeEnd, OwnAnswer } from '../exchange.js'
import { passInterim } from './interim-answers.js'
import type { Http1Limits } from './limits.js'
import type { OriginLine } from './origin-line.js'
import { drained, sendOwnAnswer } from './own-answer.js'
import { isRepeatable, type ReadRequest } from './request-head.js'

/** What a passage needs. */
export interface PassageParts {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly request: ReadRequest
  /** As they are sent on. */
  readonly headers: readonly string[]
  readonly exchange: Exchange
  readonly line: OriginLine | undefined
  readonly limits: Http1Limits
  /** The request asks for another protocol, and may have it. */
  readonly maySwitch: boolean
  /** The origin's answer is no HTTP. */
  readonly malformed: (why: string) => void
  /** Something came from one side or the other. */
  readonly moved: () => void
  /** The next request may go. Not called when the connection is over. */
  readonly over: () => void
}

const http = new HttpForward()

/** The passage of one request. */
export class Passage {
  readonly #parts: PassageParts
  /** The request to the origin, until it is over. */
  #upstream: ClientRequest | undefined
  /** What ends the exchange, where it is known before it ends. */
  #end: ExchangeEnd | undefined
  #hasEnded = false
  #hasSwitched = false
  #isRepeated = false
  /** The client keeps its body until it is told to go on. */
  #isWaitedFor: boolean

  constructor(parts: PassageParts) {
    this.#parts = parts
    const { res, request } = parts
    this.#isWaitedFor = request.expectsContinue
    res.once('finish', () => this.#answerOver('done'))
    res.once('close', () => this.#answerOver('client-left'))
    res.on('error', () => {})
  }

  /** Lets it go. */
  start(): void {
    const { exchange, line } = this.#parts
    if (exchange.instead !== undefined) this.#answer(exchange.instead, 'own-answer')
    else if (line === undefined)
      this.#answer(exchange.failed(502, 'There is no connection to the origin.'), 'origin-failed')
    else void this.#send(line)
  }

  /** Whether all of the request has come. */
  get hasWholeRequest(): boolean {
    return this.#parts.req.complete
  }

  /** Whether nothing of an answer has been sent. */
  get isUnanswered(): boolean {
    return !this.#parts.res.headersSent && !this.#hasSwitched
  }

  /** The client has ended its side: it has left. What the gateway itself is saying to it may still leave. */
  clientEnded(): void {
    if (this.#end !== undefined) return
    this.abandon()
    this.#parts.req.socket.destroy()
  }

  /** The client's fault, or its wish: the origin is let go. */
  abandon(): void {
    this.#end ??= 'client-left'
    this.#upstream?.destroy()
  }

  /** The client's connection is closed. */
  clientClosed(): void {
    this.#answerOver('client-left')
  }

  /** Nothing has moved for long. */
  silent(): void {
    const { res, exchange } = this.#parts
    if (this.#hasSwitched || res.headersSent) this.#cut(res.writableNeedDrain ? 'client-left' : 'origin-failed')
    else this.#answer(exchange.failed(504, 'The origin did not answer in time.'), 'origin-failed')
  }

  async #send(line: OriginLine, anew = !line.isReady): Promise<void> {
    const { req, res, request, headers, exchange } = this.#parts
    if (anew) {
      const failure = await line.renew()
      if (this.#end !== undefined || this.#hasEnded) return
      if (failure !== undefined) {
        this.#answer(exchange.failed(502, failure), 'origin-failed')
        return
      }
    }
    const mayRepeat = line.wasUsed && !this.#isRepeated && isRepeatable(request)
    http.forward(req, res, {
      agent: line,
      host: 'origin',
      port: 0,
      path: request.target,
      headers,
      begun: (upstream) => this.#begun(upstream),
      answered: (answer) => this.#answered(answer),
      ...(this.#parts.maySwitch && { switched: (_answer, opened) => this.#switched(opened) }),
      failed: (error, hasAnswer) => {
        const isMalformed = error instanceof UnfitAnswer || /^HPE_/.test((error as NodeJS.ErrnoException).code ?? '')
        if (isMalformed && this.#end === undefined) this.#parts.malformed(error.message)
        if (hasAnswer || this.#end !== undefined || this.#hasEnded) return
        if (mayRepeat && !isMalformed) {
          this.#isRepeated = true
          void this.#send(line, true)
          return
        }
        const why = isMalformed
          ? `The origin's answer is malformed: ${error.message}.`
          : 'The origin closed the connection without an answer.'
        this.#answer(exchange.failed(502, why), 'origin-failed')
      },
      end: () => this.#endAnswer(),
    })
  }

  #begun(upstream: ClientRequest): void {
    const { req, res, request, exchange, moved } = this.#parts
    this.#upstream = upstream
    upstream.once('close', () => {
      if (this.#upstream !== upstream) return
      this.#upstream = undefined
      this.#goOn()
    })
    upstream.once('continue', () => {
      this.#isWaitedFor = false
    })
    passInterim(upstream, res, request.httpVersion)
    if (!request.hasBody) return
    // Before http-proxy gives it to the origin.
    req.prependListener('data', (chunk: Buffer) => {
      moved()
      if (this.#end !== undefined) return
      const instead = exchange.sent(chunk.length)
      if (instead !== undefined) this.#answer(instead, 'own-answer')
    })
  }

  #answered(answer: IncomingMessage): boolean {
    const { res, request, exchange, moved } = this.#parts
    moved()
    if (this.#end !== undefined) return false
    const coding = answer.headers['transfer-encoding']?.toLowerCase()
    if (coding !== undefined && coding !== 'chunked' && coding !== 'identity') {
      const why = 'a Transfer-Encoding other than chunked'
      this.#parts.malformed(why)
      this.#answer(exchange.failed(502, `The origin's answer is malformed: ${why}.`), 'origin-failed')
      return false
    }
    const instead = exchange.answered(answerHead(answer, request.method))
    if (instead !== undefined) {
      this.#answer(instead, 'own-answer')
      return false
    }
    if (this.#isWaitedFor || connectionOptions(answer.rawHeaders).has('close')) res.shouldKeepAlive = false
    answer.once('close', () => {
      if (!answer.complete && !this.#hasEnded) this.#end ??= 'origin-failed'
    })
    answer.on('data', (chunk: Buffer) => {
      moved()
      if (!exchange.received(chunk.length)) this.#cut('own-answer')
    })
    return true
  }

  #switched(opened: Duplex): boolean {
    const { req, exchange, moved } = this.#parts
    if (this.#end !== undefined) return false
    const instead = exchange.answered({ status: 101, contentType: '', bytes: undefined })
    if (instead !== undefined) {
      this.#answer(instead, 'own-answer')
      return false
    }
    this.#hasSwitched = true
    this.#end = 'done'
    const stop = () => {
      opened.destroy()
      req.socket.destroy()
    }
    opened.on('data', (chunk: Buffer) => {
      moved()
      if (!exchange.received(chunk.length)) stop()
    })
    req.socket.on('data', (chunk: Buffer) => {
      moved()
      if (exchange.sent(chunk.length) !== undefined) stop()
    })
    return true
  }

  /** Answers in place of the origin, or cuts when its answer has begun. */
  #answer(answer: OwnAnswer, how: ExchangeEnd): void {
    const { req, res, request, limits } = this.#parts
    if (res.headersSent || this.#hasSwitched) {
      this.#cut(how)
      return
    }
    this.#end = how
    this.#upstream?.destroy()
    sendOwnAnswer(req, res, answer, request.bytes, limits)
  }

  #cut(how: ExchangeEnd): void {
    this.#end = how
    this.#upstream?.destroy()
    this.#parts.req.socket.destroy()
  }

  /** A connection that ends with this answer waits for the client to have said what it has to say, within bounds. */
  #endAnswer(): void {
    const { req, res, limits } = this.#parts
    // Of a body that the client keeps back until it is told to go on nothing comes.
    if (req.complete || res.shouldKeepAlive || this.#isWaitedFor) res.end()
    else void drained(req, limits).then(() => res.end())
  }

  #answerOver(how: 'done' | 'client-left'): void {
    if (this.#hasEnded || (how === 'done' && this.#hasSwitched)) return
    this.#hasEnded = true
    this.#parts.exchange.ended(this.#end ?? how)
    this.#goOn()
  }

  /** The next request's turn comes when this one is answered, off the line to the origin, and read. */
  #goOn(): void {
    const { req, limits, over } = this.#parts
    const { destroyed, writableEnded } = req.socket
    if (!this.#hasEnded || this.#upstream !== undefined || destroyed || writableEnded) return
    if (req.complete) over()
    else void drained(req, limits).then((wasRead) => (wasRead ? over() : req.socket.destroy()))
  }
}

function answerHead(answer: IncomingMessage, method: string): AnswerHead {
  const status = answer.statusCode ?? 0
  const length = answer.headers['content-length']
  const hasNoBody = method === 'HEAD' || status === 204 || status === 304
  return {
    status,
    contentType: answer.headers['content-type'] ?? '',
    bytes: hasNoBody ? 0 : length === undefined ? undefined : Number(length),
  }
}
