/**
 * The general way of HTTP/1.1, for whatever may come: between client and origin stands a server of node:http that listens
 * nowhere, with its strict parser, and is handed connections; client-connection.ts takes what it reads from there.
 */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { withoutUpgrade } from '../../../agent/outbound/http-forward/without-upgrade.js'
import type { ConnectionJudge } from '../exchange.js'
import type { OriginConnections } from '../origin-connections.js'
import { ClientConnection } from './client-connection.js'
import { HTTP1_LIMITS, type Http1Limits } from './limits.js'

/** How often node:http looks for heads that take too long, ms. */
const CHECK_MS = 1_000

const connections = new WeakMap<Duplex, ClientConnection>()

/** For all connections with the usual limits. */
let usualServer: Server | undefined

/**
 * Speaks HTTP/1.1 on a client's connection until it is over, and asks `judge` about every request. `origin` undefined: the
 * judge answers everything itself. Owns both sides. Resolves when both are closed; never rejects.
 */
export async function serveParsed(
  client: Duplex,
  origin: OriginConnections | undefined,
  judge: ConnectionJudge,
  limits: Http1Limits,
): Promise<void> {
  const isUsual = limits === HTTP1_LIMITS
  usualServer ??= http1Server(HTTP1_LIMITS)
  const server = isUsual ? usualServer : http1Server(limits)
  const connection = new ClientConnection(client, origin, judge, limits)
  connections.set(client, connection)
  server.emit('connection', client)
  // node:http lets a paused stream be.
  client.resume()
  await connection.over
  if (!isUsual) server.close()
}

function http1Server({ headBytes, headMs }: Http1Limits): Server {
  const server = createServer({
    maxHeaderSize: headBytes,
    headersTimeout: headMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, headMs),
    requestTimeout: 0,
    keepAliveTimeout: 0,
    requireHostHeader: false,
    insecureHTTPParser: false,
  })
  // No bound on how many headers, or the rest would be dropped silently, framing and all: the head has one.
  server.maxHeadersCount = 0
  const request = (req: IncomingMessage, res: ServerResponse) => connections.get(req.socket)?.request(req, res)
  server.on('request', request)
  // Or node:http would answer these itself.
  server.on('checkContinue', request)
  server.on('checkExpectation', request)
  server.on('upgrade', (req, socket, head) => {
    if (connections.get(socket)?.upgrade(req, head) !== false) return
    socket.unshift(Buffer.concat([Buffer.from(withoutUpgrade(req), 'latin1'), head]))
    server.emit('connection', socket)
  })
  server.on('connect', (_req, socket) => connections.get(socket)?.connect())
  server.on('clientError', (error, socket) => connections.get(socket)?.failed(error))
  // The word on which node:http begins to watch how long heads take; this server never listens.
  server.emit('listening')
  return server
}
