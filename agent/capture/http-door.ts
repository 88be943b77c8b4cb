/**
 * The HTTP proxy door on one loopback port: CONNECT opens a flow, absolute-form requests are forwarded, and the port
 * itself serves only the proxy auto-configuration file. It says to a browser or a curl why a flow was refused.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { withoutUpgrade } from '../outbound/http-forward/without-upgrade.js'
import { parseConnectTarget } from './flow-target.js'
import { type Forwarder, HttpProxyForwarder } from './forwarder.js'
import { type HttpRefusal, refusalMessage, refusalOf, refusalText } from './http-refusal.js'
import { sayLastWords } from './last-words.js'
import { LoopbackDoor, type LoopbackDoorOptions } from './loopback-door.js'

/** What the door needs; `pac` is asked for each download of the auto-configuration file. */
export interface HttpDoorOptions extends LoopbackDoorOptions {
  readonly pac: () => string
}

/** How long a client may keep an idle connection to the door, in ms: as the big browsers keep theirs. */
const IDLE_CLIENT_MS = 300_000

/** How often node:http looks for clients that are too slow, in ms. */
const CHECK_MS = 1_000

const PAC_PATHS = ['/proxy.pac', '/wpad.dat']
const NOTHING_HERE: HttpRefusal = {
  status: 404,
  why: 'this is a proxy; it serves only /proxy.pac and /wpad.dat itself',
}
const BAD_CONNECT: HttpRefusal = {
  status: 400,
  why: 'CONNECT needs host:port, such as box.com:443 or [2001:db8::1]:443',
}

/** An HTTP proxy whose connections are flows. */
export class HttpDoor extends LoopbackDoor {
  readonly #pac: () => string
  readonly #server: Server
  readonly #forwarder: Forwarder

  constructor(options: HttpDoorOptions) {
    const { handle, pac, limits } = options
    const server = createServer({
      headersTimeout: limits.greetingMs,
      connectionsCheckingInterval: Math.min(CHECK_MS, limits.greetingMs),
      requestTimeout: 0,
      keepAliveTimeout: IDLE_CLIENT_MS,
    })
    super(server, options)
    this.#pac = pac
    this.#server = server
    this.#forwarder = new HttpProxyForwarder({ handle, clientOf: (socket) => this.clientOf(socket) })
    server.on('request', (req, res) => this.#request(req, res))
    server.on('connect', (req, socket, head) => this.#connect(req, socket as Socket, head))
    server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket as Socket, head))
  }

  #request(req: IncomingMessage, res: ServerResponse): void {
    this.greeted(req.socket)
    if (req.url?.startsWith('/') === true) this.#serve(req.url, req, res)
    else this.#forwarder.forward(req, res)
  }

  #serve(url: string, req: IncomingMessage, res: ServerResponse): void {
    const isRead = req.method === 'GET' || req.method === 'HEAD'
    if (isRead && PAC_PATHS.includes(url.split('?', 1)[0]!)) {
      res.writeHead(200, { 'content-type': 'application/x-ns-proxy-autoconfig', 'cache-control': 'no-cache' })
      res.end(this.#pac())
    } else {
      res.writeHead(NOTHING_HERE.status, { 'content-type': 'text/plain; charset=utf-8' })
      res.end(refusalText(NOTHING_HERE))
    }
  }

  #connect(req: IncomingMessage, socket: Socket, head: Buffer): void {
    const client = this.clientOf(socket)
    this.greeted(socket)
    if (client === undefined) return
    const authority = req.url ?? ''
    const target = parseConnectTarget(authority)
    if (target === undefined) {
      sayLastWords(socket, refusalMessage(BAD_CONNECT))
      return
    }
    socket.setTimeout(0)
    this.handOver({
      door: 'http-connect',
      socket,
      client,
      target,
      head,
      words: {
        yes: 'HTTP/1.1 200 Connection Established\r\n\r\n',
        no: (failure) => refusalMessage(refusalOf(failure, authority)),
      },
    })
  }

  #upgrade(req: IncomingMessage, socket: Socket, head: Buffer): void {
    this.greeted(socket)
    const isWebSocket = req.method === 'GET' && req.headers.upgrade?.toLowerCase() === 'websocket'
    if (isWebSocket) {
      this.#forwarder.upgrade(req, socket, head)
      return
    }
    // Another protocol (h2c, as `curl --http2` offers) may be declined by ignoring the offer (RFC 9110 7.8), but
    // node:http has already left the connection: the request goes in again without it.
    socket.unshift(Buffer.concat([Buffer.from(withoutUpgrade(req), 'latin1'), head]))
    this.#server.emit('connection', socket)
  }
}
