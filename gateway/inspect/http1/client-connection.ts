/**
 * The client's connection: its requests one after the other, for there is one line to the origin; what is no request is
 * refused; silence ends it; and when it is closed so is the line.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { responseOn } from '../../../agent/outbound/http-forward/upgrade-response.js'
import type { ConnectionJudge } from '../exchange.js'
import { viaName } from '../forwarded-headers.js'
import type { OriginConnections } from '../origin-connections.js'
import type { Http1Limits } from './limits.js'
import { OriginLine } from './origin-line.js'
import { answerBytes, sayLastWords } from './own-answer.js'
import { Passage } from './passage.js'
import { type ReadRequest, readRequest, requestHeaders } from './request-head.js'

type Refusal = readonly [status: 400 | 408 | 413 | 431, why: string]

interface Waiting {
  readonly req: IncomingMessage
  readonly res: ServerResponse
}

/** One inspected connection, as seen from node:http's server. */
export class ClientConnection {
  readonly #client: Duplex
  readonly #origin: OriginConnections | undefined
  readonly #judge: ConnectionJudge
  readonly #limits: Http1Limits
  readonly #line: OriginLine | undefined
  readonly #idle: NodeJS.Timeout
  readonly #waiting: Waiting[] = []
  #current: Passage | undefined
  /** The last word is said: nothing that comes is looked at any more. */
  #isClosing = false
  /** The last word, to be said when all requests are answered. */
  #lastRefusal: Refusal | undefined
  /** Resolves when client and origin are both closed. */
  readonly over: Promise<void>

  constructor(client: Duplex, origin: OriginConnections | undefined, judge: ConnectionJudge, limits: Http1Limits) {
    this.#client = client
    this.#origin = origin
    this.#judge = judge
    this.#limits = limits
    this.#line = origin && new OriginLine(origin, limits.headBytes)
    this.#idle = setTimeout(() => this.#silent(), origin?.idleMs ?? limits.idleMs)
    client.on('error', () => {})
    client.once('end', () => this.#current?.clientEnded())
    // One request waits at most with those that came along in its bytes; node:http reads on whenever a body is read.
    client.on('resume', () => {
      if (this.#waiting.length > 0) client.pause()
    })
    this.over = new Promise((resolve) => {
      const closed = () => {
        clearTimeout(this.#idle)
        this.#isClosing = true
        this.#waiting.length = 0
        this.#current?.clientClosed()
        void Promise.resolve(this.#line?.close()).then(resolve)
      }
      if (client.closed) closed()
      else client.once('close', closed)
    })
  }

  /** A request's head has come. */
  request(req: IncomingMessage, res: ServerResponse): void {
    if (this.#isClosing) return
    if (this.#current === undefined) this.#take({ req, res })
    else {
      this.#waiting.push({ req, res })
      this.#client.pause()
    }
  }

  #take({ req, res }: Waiting): void {
    this.#idle.refresh()
    const request = this.#read(req)
    if ('refused' in request) this.#sayLast([request.status, request.refused])
    else this.#start(req, res, request, false)
  }

  /**
   * A request asks for another protocol, and node:http has left the connection; `head` followed it. False when it is to be
   * read again as one that does not ask.
   */
  upgrade(req: IncomingMessage, head: Buffer): boolean {
    if (this.#isClosing) return true
    if (this.#current !== undefined) {
      // Behind another request on one connection: nobody does that.
      this.#client.destroy()
      return true
    }
    const request = this.#read(req)
    const isOdd = 'refused' in request || request.hasBody || /(?:^|[\s,])h2c?(?:$|[\s,])/i.test(request.upgrade)
    if (isOdd) return false
    this.#idle.refresh()
    this.#start(req, responseOn(req, this.#client, head), request, true)
    return true
  }

  /** A connection that node:http has left for CONNECT. */
  connect(): void {
    if (!this.#isClosing) this.#sayLast([400, 'CONNECT is for proxies'])
  }

  /** What came is no HTTP, too much or too slow; node:http reads no further. */
  failed(error: NodeJS.ErrnoException): void {
    if (this.#isClosing || this.#lastRefusal !== undefined) return
    const refusal = refusalFor(error)
    // Browsers open connections that they may never use.
    const hasSaidNothing = (this.#client as Partial<Socket>).bytesRead === 0
    if (refusal === undefined || hasSaidNothing) this.#client.destroy()
    else if (this.#current?.hasWholeRequest !== true) this.#sayLast(refusal)
    else {
      // What came before is answered before.
      this.#lastRefusal = refusal
      if (this.#waiting.at(-1)?.req.complete === false) this.#waiting.pop()
    }
  }

  #read({ method = '', url = '', httpVersion, rawHeaders }: IncomingMessage) {
    const { scheme } = this.#judge.connection
    return readRequest({ method, url, httpVersion, rawHeaders }, scheme, this.#limits.headBytes)
  }

  #start(req: IncomingMessage, res: ServerResponse, request: ReadRequest, maySwitch: boolean): void {
    const { flow, sni } = this.#judge.connection
    const { settings } = this.#judge
    const added = {
      forwarded: settings.forwarded,
      clientIp: flow.clientIp,
      via: viaName(flow.pop),
      host: flow.host || sni || flow.ip,
    }
    this.#current = new Passage({
      req,
      res,
      request,
      headers: requestHeaders(request, added, maySwitch),
      exchange: this.#judge.begin(request),
      line: this.#line,
      limits: this.#limits,
      maySwitch,
      malformed: (why) => this.#origin?.malformed(why),
      moved: () => this.#idle.refresh(),
      over: () => this.#next(),
    })
    this.#current.start()
  }

  #next(): void {
    this.#current = undefined
    this.#idle.refresh()
    const next = this.#waiting.shift()
    if (this.#waiting.length === 0 && !this.#client.writableNeedDrain) this.#client.resume()
    if (next !== undefined) this.#take(next)
    else if (this.#lastRefusal !== undefined) this.#sayLast(this.#lastRefusal)
  }

  #sayLast([status, why]: Refusal): void {
    this.#isClosing = true
    this.#waiting.length = 0
    const answer = this.#judge.refused(status, why)
    const mayAnswer = this.#current?.isUnanswered !== false
    this.#current?.abandon()
    if (mayAnswer) sayLastWords(this.#client, answerBytes(answer, '', true), this.#limits)
    else this.#client.destroy()
  }

  #silent(): void {
    if (this.#current === undefined || this.#isClosing) this.#client.destroy()
    else {
      this.#current.silent()
      this.#idle.refresh()
    }
  }
}

/** What to answer to an error of node:http; undefined when there is nobody to answer. */
function refusalFor({ code = '', message }: NodeJS.ErrnoException): Refusal | undefined {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'the head of the request is too long']
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return [413, 'the chunk extensions are too long']
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'the head of the request did not come in time']
  // The client ended in the middle of a request.
  if (code === 'HPE_INVALID_EOF_STATE' || !code.startsWith('HPE_')) return undefined
  return [400, message.replace(/^Parse Error: /, '')]
}
