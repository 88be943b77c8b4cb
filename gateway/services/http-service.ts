/**
 * What the cloud's HTTP services have in common (HTTP/1.1 on loopback, with TLS or without): bounds, the faults that a
 * demo asks for, and the log: one entry a request, without its query. What is answered is the service's own matter. DNS
 * over HTTPS, which speaks HTTP/2 too, is not among them.
 */

import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { messageOf } from '../../agent/errors.js'
import type { FaultSource, ServiceFault, ServiceName } from '../faults/fault.js'
import { listenUnlessRefusing } from '../faults/open-listener.js'
import type { GatewayLog } from '../gateway-log.js'
import { failure, type HttpAnswer, type HttpRequest, text } from './http-answer.js'
import {
  boundedBody,
  CHECK_MS,
  GREETING_MS,
  IDLE_MS,
  MAX_CONNECTIONS,
  MAX_LOGGED,
  pathAndQuery,
  refuseUnreadable,
} from './http-bounds.js'

/** Answers a request; what it rejects with is logged, and the client is told that the service has failed. */
export type Answerer = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>

/** What a service is started with. */
export interface HttpServiceOptions {
  /** Its log entries begin with it: `gslb-request`, `gslb-failed`. */
  readonly name: ServiceName
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Server key and certificate chain, PEM; left out, it is plain HTTP. */
  readonly tls?: { readonly key: string; readonly cert: string }
  readonly answer: Answerer
  /** What it answers under the faults that are not the same for all services. */
  readonly faulty: Readonly<Partial<Record<ServiceFault['kind'], Answerer>>>
  readonly fault: FaultSource<ServiceFault>
  readonly log: GatewayLog
  /** What the log may say of a path; left out, all. */
  readonly loggedPath?: (path: string) => string
  /** Time for a whole request, ms; default 10 s, after which a client gives up (client-behaviour 1.1). */
  readonly requestMs?: number | undefined
}

/** A running service. */
export interface HttpService {
  readonly port: number
  /** Ends every connection and stops listening; resolves when nothing is at work any more. */
  close(): Promise<void>
}

/** A client's status has some hundred bytes, the round trips of its POPs a few thousand. */
const MAX_BODY_BYTES = 64 * 1024

/** Neither text (it is no UTF-8) nor JSON nor anything else. */
const GARBAGE = Buffer.from('fffe00c1d3adbeef8091a2b3c0f5', 'hex')

/** Faults that are the same for all services. */
const ALIKE: HttpServiceOptions['faulty'] = {
  garbage: () => text(GARBAGE, 'application/octet-stream'),
  'http-500': () => failure(500, 'The service has failed'),
}

/** Starts a service; throws SteerError `port-in-use` or `listen-failed`. */
export async function startHttpService(options: HttpServiceOptions): Promise<HttpService> {
  const { name, tls, fault, log, loggedPath = (path) => path, requestMs = 10_000 } = options
  const bounds = {
    headersTimeout: Math.min(GREETING_MS, requestMs),
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, requestMs),
  }
  const secure = { minVersion: 'TLSv1.2', ALPNProtocols: ['http/1.1'], handshakeTimeout: GREETING_MS } as const
  const server = tls === undefined ? createHttpServer(bounds) : createHttpsServer({ ...bounds, ...secure, ...tls })
  server.maxConnections = MAX_CONNECTIONS
  server.timeout = IDLE_MS
  server.on('clientError', refuseUnreadable)
  server.on('connection', (socket: Socket) => socket.on('error', () => {}))

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', socket } = request
    const { path, query } = pathAndQuery(url)
    const body = await boundedBody(request, MAX_BODY_BYTES, requestMs)
    if (body === 'broken-off') return
    const holds = fault.current
    const entry = { method, path: loggedPath(path).slice(0, MAX_LOGGED), ...(holds && { fault: holds.kind }) }
    if (holds?.kind === 'time-out') return log({ event: `${name}-request`, ...entry })
    const answer = (holds && { ...ALIKE, ...options.faulty }[holds.kind]) ?? options.answer
    const clientIp = socket.remoteAddress ?? ''
    let given: HttpAnswer
    try {
      given =
        body === 'too-large'
          ? failure(413, `A body has ${MAX_BODY_BYTES} bytes at most`)
          : await answer({ method, path, query: new URLSearchParams(query), body: body.toString(), clientIp })
    } catch (error) {
      log({ event: `${name}-failed`, path: entry.path, reason: reasonOf(error) })
      given = failure(500, 'The service has failed')
    }
    const { status, user } = given
    log({ event: `${name}-request`, ...entry, status, ...(user === undefined ? {} : { user }) })
    if (holds?.kind === 'slow' && !(await isThereAfter(holds.ms, response))) return
    send(given, response)
  }
  const atWork = new Set<Promise<void>>()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => {})
    const work = serve(request, response)
    atWork.add(work)
    void work.finally(() => atWork.delete(work))
  })

  const listener = await listenUnlessRefusing(server, options, fault, (kind) => kind === 'refuse')
  server.on('error', (error) => log({ event: 'server-error', reason: error.message }))
  return {
    port: listener.port,
    async close() {
      await listener.close()
      await Promise.all(atWork)
    },
  }
}

function send({ status, headers, body }: HttpAnswer, response: ServerResponse): void {
  // RFC 9110, 8.6: a 204 has no Content-Length.
  const length = status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }
  response.writeHead(status, { ...headers, ...length, 'cache-control': 'no-store' }).end(body)
}

/** Whether a client that is kept waiting is still there in the end. */
function isThereAfter(ms: number, response: ServerResponse): Promise<boolean> {
  if (response.destroyed) return Promise.resolve(false)
  response.setTimeout(ms + IDLE_MS)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms)
    response.once('close', () => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}

/** What the log may say of a fault: problems of tenant.json show what was found there, which may be a key. */
function reasonOf(error: unknown): string {
  const isTenants = (error as { readonly code?: unknown }).code === 'tenant-unreadable'
  return isTenants ? 'tenant.json cannot be used' : messageOf(error)
}
