/**
 * HTTPS to the add-on host, which has the tenant's configuration. What it answers and how it fails are values; each
 * request has one deadline and each answer a bound. Redirects are not followed: the host is the one in nsbranding.json.
 */

import type { ClientRequest, IncomingMessage } from 'node:http'
import { request as httpsRequest, Agent as KeepAliveAgent } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { faultOf } from './answer.js'
import { type AddonRequest, keysOf, MAX_DOWNLOAD_BYTES } from './endpoints.js'
import { type AddonFailure, CLOSED, failureOf, type RequestStage, withoutKeys } from './failure.js'

/** Where the add-on host is, and how it is told from others. */
export interface AddonClientOptions {
  /** `addon-<tenant>.goskope.com`: what its certificate must be for. */
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

/** A good answer, or why there is none. */
export type AddonAnswer =
  | {
      readonly body: Buffer
      /** Version of the configuration the answer belongs to, where it says so. */
      readonly version: string | undefined
    }
  | AddonFailure

/** Whoever answers requests; never rejects. `posted` is sent as JSON. */
export interface Addon {
  readonly host: string
  ask(request: AddonRequest, posted?: unknown): Promise<AddonAnswer>
}

/** API time-out (C752), ms. */
const TIMEOUT_MS = 10_000

const VERSION_HEADER = 'x-steerlab-config-version'

/** The one HTTPS client; it keeps its connection between the requests of a download. */
export class AddonClient implements Addon {
  readonly #options: AddonClientOptions
  readonly #timeoutMs: number
  readonly #maxBytes: number
  readonly #agent = new KeepAliveAgent({ keepAlive: true })
  #closed = false

  constructor(options: AddonClientOptions) {
    this.#options = options
    this.#timeoutMs = options.timeoutMs ?? TIMEOUT_MS
    this.#maxBytes = options.maxBytes ?? MAX_DOWNLOAD_BYTES
  }

  get host(): string {
    return this.#options.host
  }

  async ask(request: AddonRequest, posted?: unknown): Promise<AddonAnswer> {
    const first = await this.#exchange(request, posted)
    // A kept connection may have been closed by the other side at the moment we used it: then a new one has to tell.
    const answer = first === 'stale' ? await this.#exchange(request, posted) : first
    if (answer === 'stale') return { failure: 'cut-off', detail: 'each connection was closed', curlCode: 52 }
    if (!('failure' in answer)) return answer
    return { ...answer, detail: withoutKeys(answer.detail, keysOf(request)) }
  }

  /** Ends what is under way (it fails as `closed`); later requests fail at once. */
  close(): void {
    this.#closed = true
    this.#agent.destroy()
  }

  #exchange(wanted: AddonRequest, posted: unknown): Promise<AddonAnswer | 'stale'> {
    if (this.#closed) return Promise.resolve(CLOSED)
    return new Promise((resolve) => {
      let stage: RequestStage = 'connecting'
      const request = this.#open(wanted, posted)
      const settle = (answer: AddonAnswer | 'stale'): void => {
        clearTimeout(deadline)
        resolve(this.#closed ? CLOSED : answer)
      }
      const giveUp = (failure: AddonFailure): void => {
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
        this.#read(response, giveUp, (body) => {
          const version = response.headers[VERSION_HEADER]
          const fault = faultOf(wanted.answer, response.statusCode ?? 0, body)
          settle(fault ?? { body, version: typeof version === 'string' ? version : undefined })
        })
      })
      request.end(posted === undefined ? undefined : JSON.stringify(posted))
    })
  }

  #open({ path, query }: AddonRequest, posted: unknown): ClientRequest {
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
      path: `${path}?${new URLSearchParams(query)}`,
      headers: { host, ...(posted === undefined ? {} : { 'content-type': 'application/json' }) },
    })
  }

  #read(response: IncomingMessage, giveUp: (failure: AddonFailure) => void, done: (body: Buffer) => void): void {
    const tooLarge: AddonFailure = {
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

function isCertificateRefused({ socket }: ClientRequest): boolean {
  return ((socket as TLSSocket | null)?.authorizationError ?? null) !== null
}
