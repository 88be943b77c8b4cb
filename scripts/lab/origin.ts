/**
 * The lab's origins: three listeners on loopback that stand for every host of the zone. HTTPS (HTTP/2 and HTTP/1.1, a
 * certificate per server name), plain HTTP, and raw TCP that greets like an SSH server and echoes.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createSecureServer, type Http2SecureServer, type SecureServerOptions } from 'node:http2'
import { createServer as createTcpServer, type Socket } from 'node:net'
import type { LeafContexts } from '../../certs/leaf-contexts.js'
import { type Listener, listenOnLoopback } from './listen.js'
import { serveSite } from './site/site.js'
import { visitOf } from './site/visit.js'
import { upgradeHandler } from './site/websocket.js'

/** What the raw listener says first; a real SSH server starts so too (RFC 4253 4.2). */
export const RAW_GREETING = 'SSH-2.0-steerlab\r\n'

/** An origin waits as long as its test does: uploads of hours, thousands of idle connections. */
export const NO_TIMEOUTS = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 }
/** Of a connection and of an HTTP/2 stream: uploads would otherwise wait for credit every 64 KiB. */
const HTTP2_WINDOW_BYTES = 4 * 1024 * 1024

/** The origins' listeners. */
export interface Origins {
  readonly https: Listener
  readonly http: Listener
  readonly raw: Listener
}

/** Starts all three on free ports of 127.0.0.1. Clients that name no server get a certificate for `localhost`. */
export async function startOrigins(leaves: LeafContexts): Promise<Origins> {
  const [https, http, raw] = await Promise.all([startHttps(leaves), startHttp(), startRaw()])
  return { https, http, raw }
}

function startHttps(leaves: LeafContexts): Promise<Listener> {
  const tls = { ...leaves.issue(['localhost', '127.0.0.1', '::1']), SNICallback: leaves.sniCallback }
  return listenOnLoopback(secureSite(tls))
}

/** The lab's site over TLS, HTTP/2 and HTTP/1.1. */
export function secureSite(tls: SecureServerOptions): Http2SecureServer {
  const server = createSecureServer({
    minVersion: 'TLSv1.2',
    ...tls,
    ...NO_TIMEOUTS,
    allowHTTP1: true,
    settings: { initialWindowSize: HTTP2_WINDOW_BYTES },
  })
  server.on('session', (session) => session.setLocalWindowSize(HTTP2_WINDOW_BYTES))
  // A session's fault is its client's; it ends by itself.
  server.on('sessionError', () => {})
  // HTTP/2's compatibility objects have the shape of HTTP/1.1's.
  server.on('request', (request, response) =>
    serve(request as unknown as IncomingMessage, response as unknown as ServerResponse),
  )
  server.on('upgrade', upgradeHandler())
  return server
}

function startHttp(): Promise<Listener> {
  const server = createServer({ ...NO_TIMEOUTS, noDelay: true }, serve)
  server.on('upgrade', upgradeHandler())
  return listenOnLoopback(server)
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  serveSite(visitOf(request, response))
}

function startRaw(): Promise<Listener> {
  // Half-open, so that a client that has ended still gets its echo.
  const server = createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket: Socket) => {
    socket.write(RAW_GREETING)
    socket.pipe(socket)
  })
  return listenOnLoopback(server)
}
