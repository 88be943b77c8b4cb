/**
 * HTTPS to the services of the cloud. What a host answers and how it fails are values; each request has one deadline and
 * each answer a bound. Redirects are not followed: the host is the one that was configured.
 */

import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { request as httpsRequest, Agent as KeepAliveAgent } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { CLOSED, failureOf, type HttpsFailure, type RequestStage } from './https-failure.js'

/** Where the host is, and how it is told from others. */
export interface HttpsClientOptions {
  /** The name its certificate must be for. */
  readonly host: string
  /** Where it is dialled: an address (or a name the system resolves) and a port. */
  readonly ip: string
  readonly port: number
  /** Authority its certificate must come from, PEM. */
  readonly ca: string
  /** Longest a request may take, ms; default 10 s (C752). */
  readonly timeoutMs?: number
  /** Largest answer, bytes; default 1 MiB. */
  readonly maxBytes?: number
}

/** What to ask. `posted` is sent as JSON; without it the request is a GET. */
export interface HttpsRequest {
  /** With its query. */
  readonly path: string
  readonly posted?: unknown
}

/** A whole answer, of whatever status. */
export interface HttpsAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** API time-out of the add-on host (C752); that it is every host's is ours, ms. */
const TIMEOUT_MS = 10_000

const MAX_BYTES = 1_048_576

/** The one HTTPS client; it keeps its connection between requests. */
export class HttpsClient {
  readonly #options: HttpsClientOptions
  readonly #timeoutMs: number
  readonly #maxBytes: number
  readonly #agent = new KeepAliveAgent({ keepAlive: true })
  #closed = false

  constructor(options: HttpsClientOptions) {
    this.#options = options
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS
    this.#maxBytes = options.maxBytes ?? MAX_BYTES
  }

  /** Never rejects. */
  async ask(request: HttpsRequest): Promise<HttpsAnswer | HttpsFailure> {
    const first = await this.#exchange(request)
    // A kept connection may have been closed by the other side at the moment we used it: then a new one has to tell.
    const answer = first === 'stale' ? await this.#exchange(request) : first
    return answer === 'stale' ? { failure: 'cut-off', detail: 'each connection was closed', curlCode: 52 } : answer
  }

  /** Ends what is under way (it fails as `closed`); later requests fail at once. */
  close(): void {
    this.#closed = true
    this.#agent.destroy()
  }

  #exchange(wanted: HttpsRequest): Promise<HttpsAnswer | HttpsFailure | 'stale'> {
    if (this.#closed) return Promise.resolve(CLOSED)
    return new Promise((resolve) => {
      let stage: RequestStage = 'connecting'
      const request = this.#open(wanted)
      const settle = (answer: HttpsAnswer | HttpsFailure | 'stale'): void => {
        clearTimeout(deadline)
        resolve(this.#closed ? CLOSED : answer)
      }
      const giveUp = (failure: HttpsFailure): void => {
        settle(failure)
        request.destroy()
      }
      const broken = (error: NodeJS.ErrnoException): void => {
        const isStale = request.reusedSocket && stage === 'waiting' && error.code === 'ECONNRESET'
        settle(isStale ? 'stale' : failureOf(error, stage, isCertificateRefused(request)))
      }
      const deadline = setTimeout(
        () => giveUp({ failure: 'timed-out', detail: `no answer within ${this.#timeoutMs} ms`, curlCode: 28 }),
        this.#timeoutMs,
      )
      request.on('error', broken)
      request.once('socket', (socket: TLSSocket) => {
        if (request.reusedSocket) stage = 'waiting'
        else socket.once('secureConnect', () => (stage = 'waiting'))
      })
      request.once('response', (response) => {
        stage = 'reading'
        response.on('error', broken)
        const { statusCode: status = 0, headers } = response
        this.#read(response, giveUp, (body) => settle({ status, headers, body }))
      })
      request.end(wanted.posted === undefined ? undefined : JSON.stringify(wanted.posted))
    })
  }

  #open({ path, posted }: HttpsRequest): ClientRequest {
    const { host, ip, port, ca } = this.#options
    return httpsRequest({
      agent: this.#agent,
      host: ip,
      port,
      servername: host,
      ca,
      // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED in the environment would change the default.
      rejectUnauthorized: true,
      method: posted === undefined ? 'GET' : 'POST',
      path,
      headers: { host, ...(posted === undefined ? {} : { 'content-type': 'application/json' }) },
    })
  }

  #read(response: IncomingMessage, giveUp: (failure: HttpsFailure) => void, done: (body: Buffer) => void): void {
    const tooLarge: HttpsFailure = {
      failure: 'too-large',
      detail: `the answer is larger than ${this.#maxBytes} bytes`,
      curlCode: 63,
    }
    if (Number(response.headers['content-length']) > this.#maxBytes) return giveUp(tooLarge)
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > this.#maxBytes) giveUp(tooLarge)
      else chunks.push(chunk)
    })
    response.once('end', () => done(Buffer.concat(chunks)))
  }
}

/** One request on a connection of its own, which is gone afterwards. An abort ends it as `closed`. */
export async function askOnce(
  options: HttpsClientOptions,
  request: HttpsRequest,
  signal?: AbortSignal,
): Promise<HttpsAnswer | HttpsFailure> {
  const client = new HttpsClient(options)
  const stop = () => client.close()
  if (signal?.aborted === true) stop()
  signal?.addEventListener('abort', stop)
  const answer = await client.ask(request)
  signal?.removeEventListener('abort', stop)
  stop()
  return answer
}

function isCertificateRefused({ socket }: ClientRequest): boolean {
  return ((socket as TLSSocket | null)?.authorizationError ?? null) !== null
}
