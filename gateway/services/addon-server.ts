/**
 * The add-on service, `addon-<tenant>.goskope.com`: HTTPS on loopback, from which clients download their configuration
 * and to which they post their status. What is answered is in addon-routes; here are the bounds of size, time and number,
 * and the log: one entry a request, without its keys.
 */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { listenFault, messageOf } from '../../agent/errors.js'
import type { GatewayLog } from '../gateway-log.js'
import { type AddonAnswer, type AddonCertificates, type AddonRequest, answerTo, failure } from './addon-routes.js'
import { ClientStatusFile } from './client-status-file.js'
import { TenantStore } from './tenant-store.js'

/** What the service is started with. */
export interface AddonServerOptions extends AddonCertificates {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** Server key, PEM. */
  readonly key: string
  /** Server certificate and its chain, PEM. */
  readonly cert: string
  /** The tenant's directory; it may be missing. */
  readonly tenantDirectory: string
  readonly now: () => Date
  readonly log: GatewayLog
  /** Time for a whole request, ms; default 10 s, after which a client gives up (client-behaviour 1.1). */
  readonly requestMs?: number
}

/** A running service. */
export interface AddonServer {
  readonly port: number
  /** Ends every connection and stops listening; resolves when nothing is at work any more. */
  close(): Promise<void>
}

/** A status has some hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024

/** Connections at once; more are turned away. */
const MAX_CONNECTIONS = 256

/** Time for a TLS handshake, and for the header of a request, ms. */
const GREETING_MS = 5000

/** Silence after which a connection is ended, ms: a client that does not read, or does not ask again. */
const IDLE_MS = 30_000

/** How often node:http looks for requests that take too long, ms. */
const CHECK_MS = 1000

/** Longest path in the log, characters. */
const MAX_LOGGED = 200

/** Starts the service; throws SteerError `port-in-use` or `listen-failed`. */
export async function startAddonServer(options: AddonServerOptions): Promise<AddonServer> {
  const { requestMs = 10_000, tenantDirectory, now, log } = options
  const store = new TenantStore({ directory: tenantDirectory, now, log })
  const statuses = new ClientStatusFile(tenantDirectory)
  const server = createServer({
    key: options.key,
    cert: options.cert,
    minVersion: 'TLSv1.2',
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: GREETING_MS,
    headersTimeout: Math.min(GREETING_MS, requestMs),
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, requestMs),
  })
  server.maxConnections = MAX_CONNECTIONS
  server.timeout = IDLE_MS
  server.on('clientError', refuseClient)
  const connections = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
    socket.on('error', () => {})
  })

  const answer = async (request: AddonRequest): Promise<AddonAnswer> => {
    const given = answerTo(request, await store.current(), options)
    if (given.clientStatus !== undefined && given.user !== undefined) {
      await statuses.append(now(), given.user, given.clientStatus)
      log({ event: 'client-status', user: given.user, status: given.clientStatus.event })
    }
    return given
  }
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request
    const [path = '', query = ''] = splitOnce(url, '?')
    const logged = { event: 'addon-request', method, path: path.slice(0, MAX_LOGGED) }
    const body = await bodyOf(request)
    if (body === 'broken-off') return
    const given =
      body === 'too-large'
        ? failure(413, `A body has ${MAX_BODY_BYTES} bytes at most`)
        : await answer({ method, path, query: new URLSearchParams(query), body: body.toString() }).catch((error) => {
            log({ event: 'addon-failed', path: logged.path, reason: reasonOf(error) })
            return failure(500, 'The service has failed')
          })
    const headers = { ...given.headers, 'content-length': Buffer.byteLength(given.body), 'cache-control': 'no-store' }
    response.writeHead(given.status, headers).end(given.body)
    log({ ...logged, status: given.status, ...(given.user === undefined ? {} : { user: given.user }) })
  }
  const atWork = new Set<Promise<void>>()
  server.on('request', (request, response) => {
    response.on('error', () => {})
    const work = serve(request, response)
    atWork.add(work)
    void work.finally(() => atWork.delete(work))
  })

  const port = await listen(server, options.host, options.port)
  server.on('error', (error) => log({ event: 'server-error', reason: error.message }))
  return {
    port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of connections) socket.destroy()
      await closed
      await Promise.all(atWork)
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenFault(error, host, port)))
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

/**
 * The body of a request, unless it is over 64 KiB or its client hangs up. What is over is read and thrown away, for as
 * long as a request may take: a client that is still sending would not hear the answer.
 */
async function bodyOf(request: IncomingMessage): Promise<Buffer | 'too-large' | 'broken-off'> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request) {
      bytes += chunk.length
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
    }
  } catch {
    return 'broken-off'
  }
  return bytes > MAX_BODY_BYTES ? 'too-large' : Buffer.concat(chunks)
}

/** What becomes of a client that does not speak HTTP, or too slowly; a failed handshake has nothing to be answered on. */
function refuseClient(error: NodeJS.ErrnoException, socket: Duplex): void {
  const status = statusOf(error.code ?? '')
  if (status === undefined || !socket.writable) return void socket.destroy()
  const { body } = failure(status, 'The request is not readable, too large or too slow')
  const head = `HTTP/1.1 ${status} \r\nconnection: close\r\ncontent-type: application/json\r\n`
  socket.end(`${head}content-length: ${body.length}\r\n\r\n${body}`, () => socket.destroy())
}

function statusOf(code: string): number | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code.startsWith('HPE_') ? 400 : undefined
}

/** What the log may say of a fault: problems of tenant.json show what was found there, which may be a key. */
function reasonOf(error: unknown): string {
  const isTenants = (error as { readonly code?: unknown }).code === 'tenant-unreadable'
  return isTenants ? 'tenant.json cannot be used' : messageOf(error)
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}
