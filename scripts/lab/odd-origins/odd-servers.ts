/** The odd origins that are no web sites: what they answer is, to whoever expects one, a fault. */

import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import type { Http2SecureServer } from 'node:http2'
import { createServer, type Server } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { NO_TIMEOUTS } from '../origin.js'

/** A TLS record of the fatal alert handshake_failure (RFC 8446 6). */
const HANDSHAKE_FAILURE = Buffer.of(0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28)

/** What `not-http` says first. */
export const LINE_GREETING = '+OK steerlab line service\r\n'

/** What `malformed-http` answers. */
export const MALFORMED_ANSWER = 'HTCPCP/1.0 418 I am no web site\r\n\r\n'

/** How long `late-tickets` keeps its first words back, ms: longer than a gateway waits for a ticket. */
const TICKET_DELAY_MS = 300

/** Refuses whatever is said first. */
export function refusingServer(): Server {
  return createServer((socket) => void socket.once('data', () => socket.end(HANDSHAKE_FAILURE)))
}

/** TLS that promises HTTP/1.1 and does not keep to it. */
export function malformedServer(tls: TlsOptions): Server {
  return createTlsServer({ ...tls, ALPNProtocols: ['http/1.1'] }, (socket) => {
    socket.on('error', () => {})
    socket.once('data', () => socket.end(MALFORMED_ANSWER))
  })
}

/** TLS with a protocol in which the server speaks first; it sends back what it is sent. */
export function lineServer(tls: TlsOptions): Server {
  return createTlsServer(tls, (socket) => {
    socket.on('error', () => {})
    socket.write(LINE_GREETING)
    socket.pipe(socket)
  })
}

/**
 * Makes a server's session tickets late. node:tls cannot do without them in TLS 1.3 (SSL_OP_NO_TICKET does not suppress
 * them), but it holds all it has to say until the new session is stored.
 */
export function withLateTickets(server: Http2SecureServer): Http2SecureServer {
  const waiting = new Set<NodeJS.Timeout>()
  server.on('newSession', (_id, _session, stored: () => void) => {
    const timer = setTimeout(() => {
      waiting.delete(timer)
      stored()
    }, TICKET_DELAY_MS)
    waiting.add(timer)
  })
  server.once('close', () => {
    for (const timer of waiting) clearTimeout(timer)
  })
  return server
}

/** Plain HTTP that answers one path, anew each time. */
export function fileServer(path: string, type: string, content: () => string | Buffer): HttpServer {
  return createHttpServer(NO_TIMEOUTS, (request, response) => {
    if (request.url === path) response.writeHead(200, { 'content-type': type }).end(content())
    else response.writeHead(404).end()
  })
}
