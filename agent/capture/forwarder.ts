/**
 * Forwards plain HTTP and WebSocket upgrades for the HTTP door, over http-forward.ts: makes the request for the proxy the one
 * that its host is sent, on connections of its client alone, and says in words why it failed. Only GET and HEAD without a
 * body share connections, because only they may be sent again when a kept one turns out to be closed.
 */

import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { CHUNKED, endToEnd } from '../outbound/http-forward/end-to-end.js'
import { HttpForward, UnfitAnswer } from '../outbound/http-forward/http-forward.js'
import { leave, responseOn } from '../outbound/http-forward/upgrade-response.js'
import { ClientUpstreams, FlowFailed } from './client-upstreams.js'
import type { FlowHandler } from './door.js'
import { type AbsoluteTarget, parseAbsoluteTarget } from './flow-target.js'
import { type HttpRefusal, refusalMessage, refusalOf, refusalText } from './http-refusal.js'
import { sayLastWords } from './last-words.js'
import type { Client } from './loopback-door.js'

/** Sends absolute-form requests on to their hosts, each upstream connection as a flow of its own. */
export interface Forwarder {
  forward(req: IncomingMessage, res: ServerResponse): void
  /** As `forward`, for a request with `Upgrade: websocket`; `head` are bytes that followed it. */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void
}

/** What the forwarder needs. */
export interface ForwarderOptions {
  readonly handle: FlowHandler
  /** Who is behind a connection; undefined when it is over. */
  readonly clientOf: (socket: Socket) => Client | undefined
}

const BAD_TARGET: HttpRefusal = {
  status: 400,
  why: 'ask this proxy for http://host/path, or CONNECT host:port for anything else',
}

// `expect`, because node:http has sent 100 Continue already; `host`, because the target says it.
const DROPPED: ReadonlySet<string> = new Set(['expect', 'host'])
/** An upgrade has no body: what follows its head belongs to the next protocol. */
const DROPPED_OF_UPGRADE: ReadonlySet<string> = new Set([...DROPPED, 'content-length'])
const UPGRADE: ReadonlySet<string> = new Set(['connection', 'upgrade'])

/** The Forwarder over http-proxy. */
export class HttpProxyForwarder implements Forwarder {
  readonly #options: ForwarderOptions
  readonly #upstreams = new WeakMap<Socket, ClientUpstreams>()
  readonly #http = new HttpForward()

  constructor(options: ForwarderOptions) {
    this.#options = options
  }

  forward(req: IncomingMessage, res: ServerResponse): void {
    const absolute = parseAbsoluteTarget(req.url ?? '')
    if (absolute === undefined) {
      refuse(res, BAD_TARGET)
      return
    }
    const isChunked = req.headers['transfer-encoding'] !== undefined
    const mayShare =
      (req.method === 'GET' || req.method === 'HEAD') && !isChunked && req.headers['content-length'] === undefined
    const headers = endToEnd(req.rawHeaders, isChunked ? CHUNKED : undefined, DROPPED)
    this.#send(req, res, absolute, ['Host', absolute.authority, ...headers], mayShare)
  }

  upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const absolute = parseAbsoluteTarget(req.url ?? '')
    if (absolute === undefined) {
      sayLastWords(socket, refusalMessage(BAD_TARGET))
      return
    }
    const upstreams = this.#upstreamsOf(socket)
    if (upstreams === undefined) return
    const res = responseOn(req, socket, head)
    // A client that ends its side before the answer has left: there is no half of a WebSocket.
    const left = () => socket.destroy()
    socket.once('end', left)
    const answered = () => {
      socket.off('end', left)
      return true
    }
    this.#http.forward(req, res, {
      ...whereto(absolute),
      agent: upstreams.single,
      headers: ['Host', absolute.authority, ...endToEnd(req.rawHeaders, UPGRADE, DROPPED_OF_UPGRADE)],
      answered,
      switched: answered,
      failed: (error, hasAnswer) => {
        if (hasAnswer || res.headersSent) return
        leave(res)
        sayLastWords(socket, refusalMessage(refusalFor(error, absolute)))
      },
    })
  }

  #send(
    req: IncomingMessage,
    res: ServerResponse,
    absolute: AbsoluteTarget,
    headers: readonly string[],
    share: boolean,
  ): void {
    const upstreams = this.#upstreamsOf(req.socket)
    if (upstreams === undefined) return
    let upstream: ClientRequest | undefined
    this.#http.forward(req, res, {
      ...whereto(absolute),
      agent: share ? upstreams.shared : upstreams.single,
      headers: [...headers, 'Connection', share ? 'keep-alive' : 'close'],
      begun: (request) => {
        upstream = request
      },
      answered: () => true,
      failed: (error, hasAnswer) => {
        if (hasAnswer || req.socket.destroyed) return
        // The origin closed a kept connection just as we used it; a GET may be sent again (RFC 9112 9.3.1), once.
        const wasStale = share && upstream?.reusedSocket === true
        if (wasStale) this.#send(req, res, absolute, headers, false)
        else refuse(res, refusalFor(error, absolute))
      },
    })
  }

  #upstreamsOf(socket: Socket): ClientUpstreams | undefined {
    const known = this.#upstreams.get(socket)
    const client = this.#options.clientOf(socket)
    if (known !== undefined || client === undefined) return known
    const upstreams = new ClientUpstreams(client, this.#options.handle)
    this.#upstreams.set(socket, upstreams)
    socket.once('close', () => upstreams.close())
    return upstreams
  }
}

function whereto({ target: { host, destination }, path }: AbsoluteTarget) {
  return { host: host || destination.ip, port: destination.port, path }
}

function refusalFor(error: Error, { target: { host, destination } }: AbsoluteTarget): HttpRefusal {
  const authority = `${host || destination.ip}:${destination.port}`
  if (error instanceof FlowFailed) return refusalOf(error.failure, authority)
  if (error instanceof UnfitAnswer) return { status: 502, why: `${authority} answered with ${error.message}` }
  return { status: 502, why: `${authority} closed the connection without a proper answer` }
}

function refuse(res: ServerResponse, refusal: HttpRefusal): void {
  if (res.headersSent) return
  res.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8' }).end(refusalText(refusal))
}
