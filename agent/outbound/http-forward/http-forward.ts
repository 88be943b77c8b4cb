/**
 * Sends HTTP/1.1 requests on and their answers back: the HTTP door's and those the gateway inspects. The one place that
 * knows http-proxy: version 1.18.1 is the last there will be, so it is left the part that it does well (making the request
 * and giving it the body), and what it does wrong is put right here and held by a test each:
 *
 * - its pass `deleteLength` strips the framing of a chunked DELETE or OPTIONS, so that the body becomes a second request
 *   on a kept connection (request smuggling): of its passes only `stream` remains;
 * - it leaves the upstream open when the client goes away: an answer that closes before it is finished ends the upstream;
 * - it leaves the client waiting when the upstream dies in the middle of an answer: the client's connection is cut;
 * - it rewrites `//` in paths, and turns the order, the case and the duplicates of headers: both are set here, as given;
 * - trailers are lost, heads wait for the first byte of the body, and `Expect` keeps it from telling of the request: here
 *   trailers pass, heads leave when no body has come with them, and Expect is set when http-proxy no longer looks;
 * - a status or a reason that no server may send, and a Trailer header without chunks, throw: failed, or dropped;
 * - an upgrade nobody asked for leaves the client waiting: it fails;
 * - it upgrades WebSockets only, and decodes a refusal's body without saying so: an upgrade goes the way of all requests.
 */

import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import httpProxy from 'http-proxy'
import { CHUNKED, endToEnd, lengthLast, passableTrailers } from './end-to-end.js'
import { leave } from './upgrade-response.js'

/** Where a request goes, as what, and who is told what became of it. */
export interface Forwarding {
  /** Gives the connection, at once or later. */
  readonly agent: Agent
  /** What `agent` is asked to connect to. */
  readonly host: string
  readonly port: number
  /** The target, sent exactly so. */
  readonly path: string
  /** All headers: name, value, name, value. A name's second value goes behind its first; else the order is kept. */
  readonly headers: readonly string[]
  /** The request is about to be sent. */
  readonly begun?: (upstream: ClientRequest) => void
  /** The head of the answer. True: pass it on. False: somebody has answered instead, and it is dropped. */
  readonly answered: (answer: IncomingMessage) => boolean
  /** The upstream switches protocols, and `opened` speaks the new one; true and false as above. Absent: a failure. */
  readonly switched?: (answer: IncomingMessage, opened: Duplex) => boolean
  /**
   * The upstream failed. Before an answer began the client still waits for one; after it, its connection is cut as soon as
   * what came has left. Not told when the client has left first. Can be called more than once.
   */
  readonly failed: (error: Error, answered: boolean) => void
  /** Ends an answer whose last byte is written; `res.end()` if absent. */
  readonly end?: () => void
}

/** The answer is HTTP that cannot be passed on. */
export class UnfitAnswer extends Error {}

const REASON = /^[\t\x20-\x7e\x80-\xff]*$/

/** Forwards over http-proxy. It keeps nothing between two requests. */
export class HttpForward {
  readonly #proxy = httpProxy.createProxyServer({ ignorePath: true, selfHandleResponse: true })

  constructor() {
    const passes = this.#proxy as unknown as { webPasses: { readonly name: string }[] }
    passes.webPasses = passes.webPasses.filter((pass) => pass.name === 'stream')
    this.#proxy.on('proxyReq', (upstream, _req, _res, options) => (options as Begin).begin(upstream))
  }

  /**
   * Sends `req` on and answers on `res`. The same request may be forwarded again after it failed, as long as nothing of its
   * body has been read. For an upgrade `res` is one of upgrade-response.ts.
   */
  forward(req: IncomingMessage, res: ServerResponse, to: Forwarding): void {
    let answered = false
    const failed = (error: Error) => to.failed(error, answered)
    const begin = (upstream: ClientRequest) => {
      res.once('close', () => {
        if (!res.writableFinished) upstream.destroy()
      })
      upstream.once('response', (answer) => {
        answered = true
        if ((answer.statusCode ?? 0) < 200) {
          upstream.destroy()
          to.failed(new UnfitAnswer(`a status that is none: ${answer.statusCode}`), false)
        } else if (!to.answered(answer)) upstream.destroy()
        else if (!passAnswer(answer, req, res, to.end ?? (() => res.end()))) {
          upstream.destroy()
          to.failed(new UnfitAnswer('headers that cannot be sent'), false)
        }
      })
      upstream.once('upgrade', (answer, opened, head) => {
        opened.on('error', () => {})
        answered = true
        if (to.switched === undefined) {
          opened.destroy()
          to.failed(new UnfitAnswer('a switch to a protocol that nobody asked for'), false)
        } else if (to.switched(answer, opened)) joinSwitched(answer, opened, head, res)
        else opened.destroy()
      })
      to.begun?.(upstream)
      sendHead(upstream, req, to)
    }
    // http-proxy would copy them, backwards and in lower case.
    req.headers = {}
    const target = { host: to.host, hostname: to.host, port: to.port }
    const options = { target, agent: to.agent, begin }
    this.#proxy.web(req, res, options as httpProxy.ServerOptions, failed)
  }
}

/** Our part of the options that http-proxy gives back with its event `proxyReq`. */
interface Begin {
  readonly begin: (upstream: ClientRequest) => void
}

function sendHead(upstream: ClientRequest, req: IncomingMessage, { path, headers }: Forwarding): void {
  upstream.path = path
  // Those that node:http would add.
  upstream.removeHeader('host')
  upstream.removeHeader('connection')
  try {
    const list = lengthLast(headers)
    for (let i = 0; i < list.length; i += 2) upstream.appendHeader(list[i]!, list[i + 1]!)
    const isChunked = /chunked$/i.test(String(upstream.getHeader('transfer-encoding')))
    if (!isChunked) upstream.removeHeader('trailer')
    if (upstream.hasHeader('expect')) upstream.flushHeaders()
  } catch (error) {
    upstream.destroy(error as Error)
    return
  }
  // Before the listener of http-proxy, which ends the request.
  if (upstream.hasHeader('transfer-encoding'))
    req.prependOnceListener('end', () => {
      if (req.rawTrailers.length > 0) upstream.addTrailers(passableTrailers(req.rawTrailers))
    })
  if (req.complete) return
  setImmediate(() => {
    if (!upstream.headersSent && !upstream.destroyed) upstream.flushHeaders()
  })
}

/** False when its head cannot be sent. */
function passAnswer(answer: IncomingMessage, req: IncomingMessage, res: ServerResponse, end: () => void): boolean {
  const speaksChunks = req.httpVersionMajor === 1 && req.httpVersionMinor > 0
  const status = answer.statusCode ?? 0
  const hasNoBody = req.method === 'HEAD' || status === 204 || status === 304
  const inChunks =
    speaksChunks && !(status === 204 || status === 304) && /chunked$/i.test(answer.headers['transfer-encoding'] ?? '')
  const reason = answer.statusMessage ?? ''
  const headers = endToEnd(answer.rawHeaders, inChunks ? CHUNKED : undefined)
  try {
    res.sendDate = false
    // Or node:http says `Connection: keep-alive`, which goes without saying.
    if (speaksChunks && res.shouldKeepAlive) res.removeHeader('connection')
    res.writeHead(status, REASON.test(reason) ? reason : '', lengthLast(headers) as string[])
  } catch {
    return false
  }
  answer.once('close', () => {
    if (!answer.complete) res.destroy()
  })
  answer.once('end', () => {
    if (inChunks && !hasNoBody && answer.rawTrailers.length > 0) res.addTrailers(passableTrailers(answer.rawTrailers))
  })
  answer.once('end', end)
  answer.pipe(res, { end: false })
  setImmediate(() => {
    if (!answer.readableDidRead && !res.writableEnded && !res.destroyed) res.flushHeaders()
  })
  return true
}

/** Gives the client the upstream's 101 and joins the two: what one says the other hears, and when one is gone so is the other. */
function joinSwitched(answer: IncomingMessage, opened: Duplex, head: Buffer, res: ServerResponse): void {
  const client = leave(res)
  if (client === null || client.destroyed) {
    opened.destroy()
    return
  }
  const { rawHeaders } = answer
  const lines = [`HTTP/1.1 101 ${answer.statusMessage || 'Switching Protocols'}`]
  for (let i = 0; i < rawHeaders.length; i += 2) lines.push(`${rawHeaders[i]}: ${rawHeaders[i + 1]}`)
  client.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  opened.pipe(client)
  client.pipe(opened)
  // Behind pipe: where somebody else listens already, the bytes are heard at once.
  if (head.length > 0) opened.unshift(head)
  goWith(client, opened)
  goWith(opened, client)
}

/** What has been said still leaves when `one` ended; when it was cut, so is `other`. */
function goWith(one: Duplex, other: Duplex): void {
  one.once('close', () => {
    if (one.readableEnded && !other.writableFinished) other.once('finish', () => other.destroy())
    else other.destroy()
  })
}
