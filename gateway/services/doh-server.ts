/**
 * DNS over HTTPS, `dns.google`: one TLS listener on loopback for HTTP/1.1 and HTTP/2. What is answered is in doh-routes;
 * here are the bounds of size, time and number, the faults that are not of content, and the log: one entry a request.
 */

import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../../agent/errors.js'
import type { FaultSource, ServiceFault } from '../faults/fault.js'
import { listenUnlessRefusing } from '../faults/open-listener.js'
import type { GatewayLog } from '../gateway-log.js'
import type { CloudAnswerer } from './dns-answers.js'
import { type DohAnswer, dohAnswer } from './doh-routes.js'
import { failure } from './http-answer.js'
import {
  boundedBody,
  CHECK_MS,
  GREETING_MS,
  MAX_CONNECTIONS,
  MAX_LOGGED,
  pathAndQuery,
  refuseUnreadable,
} from './http-bounds.js'

/** What the service is started with. */
export interface DohServerOptions {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Server key, PEM. */
  readonly key: string
  /** Server certificate and its chain, PEM. */
  readonly cert: string
  readonly answer: CloudAnswerer
  readonly fault: FaultSource<ServiceFault>
  readonly log: GatewayLog
  /** Time for a whole request, ms; default 10 s. */
  readonly requestMs?: number
}

/** A running service. */
export interface DohServer {
  readonly port: number
  /** Ends every connection and stops listening. */
  close(): Promise<void>
}

/** A DNS message has 65,535 bytes at most (RFC 8484 section 6). */
const MAX_BODY_BYTES = 65_535

/** Silence after which a connection is ended, ms: more than the longest delay that a fault can be. */
const SILENCE_MS = 150_000

/** Header of a request over HTTP/2, bytes; as node:http has it for HTTP/1.1. */
const MAX_HEADER_BYTES = 16 * 1024

/** Requests at once of one HTTP/2 connection: what RFC 9113 section 6.5.2 asks for at least. */
const MAX_STREAMS = 100

/** What one HTTP/2 connection may make us hold, MB: room for all its requests at their usual size. */
const MAX_SESSION_MB = 1

/** Starts the service; throws SteerError `port-in-use` or `listen-failed`. */
export async function startDohServer(options: DohServerOptions): Promise<DohServer> {
  const { requestMs = 10_000, answer, fault, log } = options
  const server = createSecureServer({
    key: options.key,
    cert: options.cert,
    minVersion: 'TLSv1.2',
    allowHTTP1: true,
    handshakeTimeout: GREETING_MS,
    maxSessionMemory: MAX_SESSION_MB,
    settings: { maxConcurrentStreams: MAX_STREAMS, maxHeaderListSize: MAX_HEADER_BYTES },
  })
  server.maxConnections = MAX_CONNECTIONS
  server.setTimeout(SILENCE_MS)
  // Read by node's HTTP/1.1 half, and missing in the types of node:http2.
  Object.assign(server, {
    headersTimeout: Math.min(GREETING_MS, requestMs),
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, requestMs),
  })
  server.on('clientError', refuseUnreadable)
  server.on('connection', (socket: Socket) => socket.on('error', () => {}))

  const serve = async (
    request: Http2ServerRequest,
    response: Http2ServerResponse,
    gone: AbortSignal,
  ): Promise<void> => {
    const { method = '', url = '', httpVersion, socket } = request
    const { path, query } = pathAndQuery(url)
    const clientIp = socket.remoteAddress ?? ''
    const body = await boundedBody(request, MAX_BODY_BYTES, requestMs)
    if (body === 'broken-off') return void response.destroy()
    const holds = fault.current
    const entry = {
      event: 'doh-request',
      http: httpVersion,
      method,
      path: path.slice(0, MAX_LOGGED),
      ...(holds && { fault: holds.kind }),
    }
    if (holds?.kind === 'time-out') return log(entry)
    const contentType = request.headers['content-type'] ?? ''
    const asked = { method, path, query: new URLSearchParams(query), contentType, clientIp }
    const given: DohAnswer =
      body === 'too-large'
        ? failure(413, `A body has ${MAX_BODY_BYTES} bytes at most`)
        : dohAnswer({ ...asked, body }, answer, holds?.kind)
    log({ ...entry, status: given.status, ...given.question })
    if (holds?.kind === 'slow') await sleep(holds.ms, undefined, { signal: gone })
    const length = Buffer.byteLength(given.body)
    response.writeHead(given.status, { ...given.headers, 'content-length': length }).end(given.body)
  }
  server.on('request', (request, response) => {
    request.on('error', () => {})
    response.on('error', () => {})
    const gone = new AbortController()
    response.once('close', () => gone.abort())
    serve(request, response, gone.signal).catch((error: unknown) => {
      if (!gone.signal.aborted) log({ event: 'doh-failed', reason: messageOf(error) })
      response.destroy()
    })
  })

  const listener = await listenUnlessRefusing(server, options, fault, (kind) => kind === 'refuse')
  server.on('error', (error) => log({ event: 'server-error', reason: error.message }))
  return { port: listener.port, close: () => listener.close() }
}
