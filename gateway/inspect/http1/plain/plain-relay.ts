/**
 * Requests that are plain (plain-request.ts) are judged and relayed as bytes: no message is taken apart and put together
 * again, which is what most of the time goes into. What is not plain, from the first such request on, is for the general
 * way (client-connection.ts), which gets both connections as they are, at the boundary between two requests.
 */

import type { Duplex } from 'node:stream'
import type { ConnectionJudge, ExchangeEnd, OwnAnswer } from '../../exchange.js'
import type { OriginConnections } from '../../origin-connections.js'
import type { Http1Limits } from '../limits.js'
import { answerBytes, sayLastWords } from '../own-answer.js'
import { listenTo } from './listen-to.js'
import { PlainExchange } from './plain-exchange.js'
import { readPlainRequest } from './plain-request.js'
import { WaitingBytes } from './waiting-bytes.js'

/** How it went on: all is over, or what is not plain is in the client's stream again, and this is the origin's. */
export type PlainOutcome = 'over' | { readonly origin: Duplex }

/** Relays plain requests of `client`, and owns it and the origin's connections until it hands them over. Never rejects. */
export function relayPlain(
  client: Duplex,
  origins: OriginConnections,
  judge: ConnectionJudge,
  limits: Http1Limits,
): Promise<PlainOutcome> {
  return new Promise((resolve) => new PlainRelay(client, origins, judge, limits, resolve).start())
}

class PlainRelay {
  readonly #client: Duplex
  readonly #origins: OriginConnections
  readonly #judge: ConnectionJudge
  readonly #limits: Http1Limits
  readonly #settle: (outcome: PlainOutcome) => void
  #origin: Duplex
  #leaveClient = (): void => {}
  #leaveOrigin = (): void => {}
  /** Of the origin's connection: it has carried a request. */
  #wasUsed = false
  /** What came from the client and was not looked at yet. */
  readonly #waiting = new WaitingBytes()
  #current: PlainExchange | undefined
  /** Bytes of a request that is answered already. */
  #toDrop = 0
  #idle: NodeJS.Timeout | undefined
  /** For the first byte, and for bytes that are dropped. */
  #silence: NodeJS.Timeout | undefined
  /** Nothing is looked at any more. */
  #isClosing = false
  /** Answers of ours come one after the other, not one inside the other. */
  #isLooking = false

  constructor(
    client: Duplex,
    origins: OriginConnections,
    judge: ConnectionJudge,
    limits: Http1Limits,
    settle: (outcome: PlainOutcome) => void,
  ) {
    this.#client = client
    this.#origins = origins
    this.#judge = judge
    this.#limits = limits
    this.#settle = settle
    this.#origin = origins.first
  }

  start(): void {
    const client = this.#client
    this.#idle = setTimeout(() => this.#onSilence(), this.#origins.idleMs)
    // Who says nothing at all is told so by the general way.
    this.#silence = setTimeout(() => this.#handOver(), this.#limits.headMs)
    this.#attachOrigin(this.#origin)
    if (client.destroyed) return this.#onClientClose()
    this.#leaveClient = listenTo(client, {
      data: this.#onClientData,
      drain: this.#onClientDrain,
      end: this.#onClientEnd,
      close: this.#onClientClose,
    })
    client.resume()
  }

  #attachOrigin(origin: Duplex): void {
    this.#origin = origin
    this.#wasUsed = false
    this.#leaveOrigin = listenTo(origin, {
      drain: () => {
        if (this.#waiting.all === undefined) this.#client.resume()
      },
      end: this.#onOriginEnd,
      close: this.#onOriginClose,
    })
  }

  /** Gives both connections to the general way. */
  #handOver(): void {
    clearTimeout(this.#idle)
    clearTimeout(this.#silence)
    this.#leaveClient()
    this.#leaveOrigin()
    this.#origin.off('data', this.#onOriginData)
    this.#client.pause()
    if (this.#waiting.all !== undefined) this.#client.unshift(this.#waiting.all)
    this.#isClosing = true
    this.#settle({ origin: this.#origin })
  }

  readonly #onClientData = (chunk: Buffer): void => {
    if (this.#isClosing) return
    this.#idle?.refresh()
    if (this.#toDrop === 0) clearTimeout(this.#silence)
    this.#waiting.add(chunk)
    this.#look()
  }

  /** Looks at what waits: the body of the request on its way, or the next request. */
  #look(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    for (let bytes = this.#waiting.all; bytes !== undefined && !this.#isClosing; bytes = this.#waiting.all) {
      const current = this.#current
      if (this.#toDrop > 0) this.#drop()
      else if (current !== undefined && current.toSend > 0) this.#sendBody(current)
      else if (current === undefined && !this.#client.writableNeedDrain) this.#begin(bytes)
      else {
        // A request before the answer to the last one, or of a client that does not read its answers, waits.
        this.#client.pause()
        break
      }
    }
    this.#isLooking = false
  }

  #drop(): void {
    this.#toDrop -= this.#waiting.take(this.#toDrop).length
    if (this.#toDrop === 0) clearTimeout(this.#silence)
  }

  #begin(bytes: Buffer): void {
    const { forwarded } = this.#judge.settings
    const isPlain = !forwarded.via && !forwarded.xForwardedFor && !this.#origin.destroyed && this.#origin.writable
    const request = isPlain ? readPlainRequest(bytes, this.#judge.connection.scheme) : undefined
    if (request === undefined) return this.#handOver()
    const head = this.#waiting.take(request.headLength)
    const exchange = this.#judge.begin(request)
    const current = new PlainExchange(request, exchange, request.sendHead ?? head)
    this.#current = current
    if (exchange.instead !== undefined) return this.#answer(current, exchange.instead, 'own-answer')
    current.isAsked = true
    // Not read before it is asked: what it says until then is, to a client that talks to it directly, an answer as well.
    const origin = this.#origin
    if (origin.listenerCount('data') === 0) origin.on('data', this.#onOriginData)
    origin.cork()
    origin.write(current.head)
    if (current.toSend > 0 && this.#waiting.all !== undefined) this.#sendBody(current)
    origin.uncork()
  }

  #sendBody(current: PlainExchange): void {
    const part = this.#waiting.take(current.toSend)
    current.toSend -= part.length
    const instead = current.exchange.sent(part.length)
    if (instead !== undefined) this.#answer(current, instead, 'own-answer')
    else if (!this.#origin.write(part)) this.#client.pause()
  }

  readonly #onClientDrain = (): void => {
    // What an origin says that was not asked is not to be lost for those who listen later.
    if (this.#origin.listenerCount('data') > 0) this.#origin.resume()
    if (this.#current === undefined) this.#goOn()
  }

  /** Between two requests. */
  #goOn(): void {
    this.#client.resume()
    this.#look()
  }

  readonly #onOriginData = (chunk: Buffer): void => {
    const current = this.#current
    // Who speaks unasked would be heard as the answer to the next request.
    if (current === undefined || this.#isClosing) return void this.#origin.destroy()
    this.#wasUsed = true
    const step = current.read(chunk)
    if (current.hasAnswer) this.#idle?.refresh() // A head that comes in drops is no sign of life.
    if (step.malformed !== undefined) this.#origins.malformed(step.malformed)
    if (step.do === 'answer') return this.#answer(current, step.answer, step.how)
    this.#client.cork()
    for (const piece of step.pieces) this.#client.write(piece)
    this.#client.uncork()
    if (this.#client.writableNeedDrain) this.#origin.pause()
    if (step.isTooMuch) this.#origin.destroy()
    if (step.next === 'end') this.#answered(current)
    else if (step.next !== 'more') this.#cut(step.next)
  }

  /** The answer is whole. */
  #answered(current: PlainExchange): void {
    if (current.isLast) {
      // It is whole when the client has it: until then it can still leave.
      this.#client.once('finish', () => this.#ended('done'))
      return this.#close()
    }
    this.#ended('done')
    if (current.endsLine) this.#origin.destroy()
    this.#goOn()
  }

  #ended(how: ExchangeEnd): void {
    this.#current?.exchange.ended(how)
    this.#current = undefined
  }

  /** Our answer in place of the origin's, if none has begun; the rest of the request is read and dropped, within bounds. */
  #answer(current: PlainExchange, answer: OwnAnswer, how: ExchangeEnd): void {
    if (current.hasAnswer) return this.#cut(how)
    const { request, toSend } = current
    const isLast = request.isLast || request.bytes > this.#limits.drainBytes
    // It may have been asked already, and then what it says is for nobody.
    if (current.isAsked) this.#origin.destroy()
    this.#ended(how)
    const bytes = answerBytes(answer, request.method, isLast)
    if (isLast) return this.#close(bytes)
    this.#client.write(bytes)
    this.#toDrop = toSend
    if (toSend > 0) this.#silence = setTimeout(() => this.#client.destroy(), this.#limits.drainMs)
    this.#goOn()
  }

  /** Says the last words; what the client still says is read within bounds. */
  #close(lastWords: Buffer = Buffer.alloc(0)): void {
    this.#isClosing = true
    this.#origin.destroy()
    sayLastWords(this.#client, lastWords, this.#limits)
  }

  #cut(how: ExchangeEnd): void {
    this.#ended(how)
    this.#isClosing = true
    this.#client.destroy()
    this.#origin.destroy()
  }

  readonly #onOriginEnd = (): void => {
    const current = this.#current
    if (current?.endsWithOrigin === true) this.#answered(current)
    else this.#onOriginClose()
  }

  readonly #onOriginClose = (): void => {
    const current = this.#current
    this.#origin.destroy()
    if (current === undefined || this.#isClosing) return this.#tellIfOver()
    if (current.hasAnswer) return this.#cut('origin-failed')
    if (this.#wasUsed && current.mayRepeat()) return void this.#repeat(current)
    const why = 'The origin closed the connection without an answer.'
    this.#answer(current, current.exchange.failed(502, why), 'origin-failed')
  }

  /** The origin closed a kept connection just as we used it. */
  async #repeat(current: PlainExchange): Promise<void> {
    this.#leaveOrigin()
    const opened = await this.#origins.again()
    const isWanted = this.#current === current && !this.#isClosing
    if ('failure' in opened) {
      if (isWanted) this.#answer(current, current.exchange.failed(502, opened.failure), 'origin-failed')
      return
    }
    this.#attachOrigin(opened)
    if (!isWanted || opened.destroyed) return void opened.destroy()
    opened.on('data', this.#onOriginData)
    opened.write(current.head)
  }

  readonly #onClientEnd = (): void => {
    // It may have heard all of the last answer; closing is on its way then.
    if (!this.#isClosing) this.#cut('client-left')
  }

  readonly #onClientClose = (): void => {
    clearTimeout(this.#idle)
    clearTimeout(this.#silence)
    this.#cut('client-left')
    this.#tellIfOver()
  }

  #tellIfOver(): void {
    if (this.#client.closed && this.#origin.closed) this.#settle('over')
  }

  #onSilence(): void {
    const current = this.#current
    if (current === undefined || this.#isClosing) return void this.#client.destroy()
    if (current.hasAnswer) return this.#cut(this.#client.writableNeedDrain ? 'client-left' : 'origin-failed')
    this.#answer(current, current.exchange.failed(504, 'The origin did not answer in time.'), 'origin-failed')
    this.#idle?.refresh()
  }
}
