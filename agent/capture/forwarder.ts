/**
 * Forwards plain HTTP and WebSocket upgrades for the HTTP door. The one place that knows http-proxy: version 1.18.1 is
 * the last there will be, so what it does wrong is put right here and held by a test each:
 *
 * - its pass `deleteLength` strips the framing of a chunked DELETE or OPTIONS, so that the body becomes a second request
 *   on a kept connection (request smuggling): the pass is removed, and only GET and HEAD without a body share connections;
 * - it leaves the upstream open when the client goes away: all upstreams of a client end with its connection;
 * - it leaves the client waiting when the upstream dies in the middle of an answer: the client's connection is cut;
 * - it rewrites `//` in paths to `/`: the path is set again as it came;
 * - a status or reason no server may send, and a Trailer header without chunks, throw: they are replaced or dropped;
 * - an upgrade nobody asked for leaves the client waiting: it is answered 502;
 * - a refused WebSocket upgrade keeps `transfer-encoding: chunked` over a body it has decoded: the header goes.
 */

import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import httpProxy from 'http-proxy'
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

const UNASKED: HttpRefusal = { status: 502, why: 'the host switched to a protocol nobody asked for' }

// Meant for the proxy itself (RFC 9110 7.6.1); `expect`, because node:http has sent 100 Continue already; `trailer`,
// because http-proxy passes no trailers on and node:http throws where there can be none.
const HOP_BY_HOP = ['keep-alive', 'te', 'trailer', 'expect']
// Never dropped because a Connection header names them: without them a body would have no end.
const FRAMING = ['content-length', 'transfer-encoding', 'host', 'connection']
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/

/** The Forwarder over http-proxy. */
export class HttpProxyForwarder implements Forwarder {
  readonly #options: ForwarderOptions
  readonly #upstreams = new WeakMap<Socket, ClientUpstreams>()
  /** The latest upstream request made for a client's request. */
  readonly #sent = new WeakMap<IncomingMessage, ClientRequest>()
  /** Requests whose answer has begun to arrive; how it ends is seen at the answer, whatever errors say. */
  readonly #answered = new WeakSet<IncomingMessage>()
  readonly #proxy = httpProxy.createProxyServer({ toProxy: true, preserveHeaderKeyCase: true })

  constructor(options: ForwarderOptions) {
    this.#options = options
    const passes = this.#proxy as unknown as { webPasses: { readonly name: string }[] }
    passes.webPasses = passes.webPasses.filter((pass) => pass.name !== 'deleteLength')
    this.#proxy.on('proxyReq', (upstream, req, res) => {
      this.#sent.set(req, upstream)
      upstream.path = req.url ?? '/'
      upstream.on('upgrade', (_answer, opened) => {
        opened.destroy()
        refuse(res, UNASKED)
      })
    })
    this.#proxy.on('proxyReqWs', (upstream, req, socket) => {
      upstream.path = req.url ?? '/'
      upstream.on('response', (answer) => {
        unchunk(answer)
        this.#answering(req, answer, socket)
      })
      upstream.on('upgrade', (_answer, opened) => {
        this.#answered.add(req)
        tie(opened, socket)
      })
    })
    this.#proxy.on('proxyRes', (answer, req, res) => {
      makeSendable(answer)
      this.#answering(req, answer, res)
    })
  }

  forward(req: IncomingMessage, res: ServerResponse): void {
    const absolute = parseAbsoluteTarget(req.url ?? '')
    if (absolute === undefined) {
      refuse(res, BAD_TARGET)
      return
    }
    prepare(req, absolute, [...HOP_BY_HOP, 'upgrade', ...namedByConnection(req)])
    const mayShare =
      (req.method === 'GET' || req.method === 'HEAD') &&
      req.headers['transfer-encoding'] === undefined &&
      req.headers['content-length'] === undefined
    this.#send(req, res, absolute, mayShare)
  }

  upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const absolute = parseAbsoluteTarget(req.url ?? '')
    if (absolute === undefined) {
      sayLastWords(socket, refusalMessage(BAD_TARGET))
      return
    }
    const upstreams = this.#upstreamsOf(socket)
    if (upstreams === undefined) return
    prepare(req, absolute, [...HOP_BY_HOP, 'content-length', 'transfer-encoding'])
    // A client that ends its side before the answer has left: there is no half of a WebSocket.
    socket.once('end', () => {
      if (!this.#answered.has(req)) socket.destroy()
    })
    this.#proxy.ws(req, socket, head, { target: targetOf(absolute), agent: upstreams.single }, (error) => {
      if (!this.#answered.has(req)) sayLastWords(socket, refusalMessage(refusalFor(error, absolute)))
    })
  }

  #send(req: IncomingMessage, res: ServerResponse, absolute: AbsoluteTarget, share: boolean): void {
    const upstreams = this.#upstreamsOf(req.socket)
    if (upstreams === undefined) return
    const agent = share ? upstreams.shared : upstreams.single
    const headers = { connection: share ? 'keep-alive' : 'close' }
    this.#proxy.web(req, res, { target: targetOf(absolute), agent, headers }, (error) => {
      if (this.#answered.has(req) || req.socket.destroyed) return
      // The origin closed a kept connection just as we used it; a GET may be sent again (RFC 9112 9.3.1), once.
      const wasStale = share && this.#sent.get(req)?.reusedSocket === true
      if (wasStale) this.#send(req, res, absolute, false)
      else refuse(res, refusalFor(error, absolute))
    })
  }

  #answering(req: IncomingMessage, answer: IncomingMessage, client: Duplex | ServerResponse): void {
    this.#answered.add(req)
    answer.once('close', () => {
      if (!answer.complete) client.destroy()
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

/** Makes the client's request the one the host is sent: origin-form, its own Host, nothing meant for the proxy. */
function prepare(req: IncomingMessage, { authority, path }: AbsoluteTarget, drop: readonly string[]): void {
  req.url = path
  req.headers.host = authority
  for (const name of Object.keys(req.headers))
    if (name.startsWith('proxy-') || drop.includes(name)) delete req.headers[name]
}

function namedByConnection(req: IncomingMessage): string[] {
  const names = (req.headers.connection ?? '').toLowerCase().split(',')
  return names.map((name) => name.trim()).filter((name) => !FRAMING.includes(name))
}

function targetOf({ target: { host, destination } }: AbsoluteTarget) {
  const name = host || destination.ip
  return { protocol: 'http:', host: name, hostname: name, port: destination.port }
}

/** Takes from an answer what must not be passed on, or cannot be. */
function makeSendable(answer: IncomingMessage): void {
  for (const name of ['connection', 'keep-alive', 'trailer', 'proxy-connection']) delete answer.headers[name]
  if ((answer.statusCode ?? 0) < 200) answer.statusCode = 502
  if (!REASON.test(answer.statusMessage ?? '')) answer.statusMessage = ''
}

/** http-proxy sends the refusal's body decoded and ends the connection: that is the framing left. */
function unchunk(answer: IncomingMessage): void {
  delete answer.headers['transfer-encoding']
  answer.headers.connection = 'close'
}

/** An upgraded pair: when one side is gone so is the other. */
function tie(one: Duplex, other: Duplex): void {
  one.once('close', () => other.destroy())
  other.once('close', () => one.destroy())
}

function refusalFor(error: Error, { target: { host, destination } }: AbsoluteTarget): HttpRefusal {
  const authority = `${host || destination.ip}:${destination.port}`
  if (error instanceof FlowFailed) return refusalOf(error.failure, authority)
  return { status: 502, why: `${authority} closed the connection without a proper answer` }
}

function refuse(res: ServerResponse, refusal: HttpRefusal): void {
  if (res.headersSent) return
  res.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8' }).end(refusalText(refusal))
}
