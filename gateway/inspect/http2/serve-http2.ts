/**
 * HTTP/2 of an inspected flow: the session with the client, and its end.
 *
 * The session ends when the client ends it, when nothing was said for too long, when the client floods us with requests
 * that are malformed or that it does not want answered (CVE-2023-44487), or after the origin has said GOAWAY: then the
 * client is told that it should go (RFC 9113 6.8), what is on its way is still served, and one round trip later the door
 * is shut.
 */

import {
  constants,
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { ConnectionJudge } from '../exchange.js'
import type { OriginConnections } from '../origin-connections.js'
import { ExchangeStreams } from './exchange-streams.js'
import { faultOf } from './header-fields.js'
import { OriginSessions } from './origin-sessions.js'
import { sendOwnAnswer } from './send-own-answer.js'
import { CLIENT_SESSION, MAX_STREAMS, SESSION_WINDOW_BYTES } from './session-limits.js'

/** The highest number a stream can have: GOAWAY with it says "soon". */
const LAST_STREAM = 2 ** 31 - 1

/**
 * Requests refused, and those reset before their answer began, that are borne beyond those answered. Twice what a client can
 * have open at once: who leaves a page resets all of it.
 */
const MAX_UNWANTED = 2 * MAX_STREAMS

/** Silence after which a session without an origin ends, ms. */
const OWN_IDLE_MS = 60_000

/** Time a client has to take its last bytes and close, ms. */
const LINGER_MS = 5_000

/** The session with the client. */
class ClientSession {
  readonly #socket: Duplex
  readonly #judge: ConnectionJudge
  readonly #origins: OriginSessions | undefined
  readonly #session: ServerHttp2Session
  readonly #exchanges = new Set<ExchangeStreams>()
  #unwanted = 0
  /** The client knows that it should go. */
  #isLeaving = false
  #linger: NodeJS.Timeout | undefined

  constructor(socket: Duplex, origin: OriginConnections | undefined, judge: ConnectionJudge) {
    this.#socket = socket
    this.#judge = judge
    this.#session = performServerHandshake(socket, CLIENT_SESSION)
    this.#origins =
      origin &&
      new OriginSessions(origin, {
        leaving: () => this.#leave(),
        losing: () => {
          for (const exchange of this.#exchanges) exchange.takeWhatCame()
        },
      })
    // There is no half of a connection in HTTP/2; the socket may allow it.
    socket.once('end', () => socket.destroy())
    const session = this.#session
    session.setTimeout(origin?.idleMs ?? OWN_IDLE_MS, () => this.#onIdle())
    session.on('connect', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES))
    session.on('error', (error: NodeJS.ErrnoException) => {
      // From nghttp2: what the client sends is no HTTP/2. No answer would reach it.
      if (error.code === 'ERR_HTTP2_ERROR') judge.refused(400, error.message)
    })
    session.on('stream', (stream: ServerHttp2Stream, parsed: IncomingHttpHeaders, flags: number, raw: string[]) =>
      this.#onStream(stream, { parsed, flags, raw }),
    )
  }

  /** Settles when both sides are closed. */
  async ended(): Promise<void> {
    await new Promise((resolve) => this.#session.once('close', resolve))
    clearTimeout(this.#linger)
    this.#socket.destroy()
    await this.#origins?.end()
  }

  #onStream(stream: ServerHttp2Stream, request: { parsed: IncomingHttpHeaders; flags: number; raw: string[] }): void {
    stream.on('error', () => {})
    // Reset in the same breath.
    if (stream.closed || stream.destroyed) return this.#onUnwanted()
    const fault = faultOf(request, this.#judge.connection.scheme)
    if (fault !== undefined) {
      const answer = this.#judge.refused(fault.status, fault.why)
      this.#onUnwanted()
      // Nothing is sent where that has ended the session.
      return sendOwnAnswer(stream, answer, stream.endAfterHeaders)
    }
    const exchange = new ExchangeStreams(stream, request, this.#judge, (over, unanswered) =>
      this.#onOver(over, unanswered),
    )
    this.#exchanges.add(exchange)
    exchange.start(this.#origins)
  }

  #onOver(exchange: ExchangeStreams, unanswered: boolean): void {
    this.#exchanges.delete(exchange)
    if (unanswered) this.#onUnwanted()
    else this.#unwanted = Math.max(0, this.#unwanted - 1)
    if (this.#isLeaving && this.#exchanges.size === 0) this.#close()
  }

  #onUnwanted(): void {
    this.#unwanted += 1
    if (this.#unwanted <= MAX_UNWANTED || this.#session.destroyed) return
    const why = 'The client sends malformed requests, or does not wait for answers, too often.'
    this.#judge.refused(400, why)
    this.#session.destroy(new Error(why), constants.NGHTTP2_ENHANCE_YOUR_CALM)
    this.#lingerOn()
  }

  /** The origin has said GOAWAY. */
  #leave(): void {
    const session = this.#session
    if (session.destroyed || session.closed) return
    // nghttp2 stops reading after GOAWAY when there is no stream: no ping would be answered.
    if (this.#isLeaving || this.#exchanges.size === 0) return this.#close()
    this.#isLeaving = true
    session.goaway(constants.NGHTTP2_NO_ERROR, LAST_STREAM)
    session.ping(() => this.#close())
  }

  #onIdle(): void {
    for (const exchange of this.#exchanges) exchange.timeOut()
    this.#close()
    this.#lingerOn()
  }

  /** Takes no more requests; closes when those there are have been answered. */
  #close(): void {
    this.#isLeaving = true
    this.#session.close()
    if (this.#exchanges.size === 0) this.#lingerOn()
  }

  /** node waits for the client to take everything and to close: not for ever. */
  #lingerOn(): void {
    if (!this.#socket.destroyed) this.#linger ??= setTimeout(() => this.#socket.destroy(), LINGER_MS)
  }
}

/** Serves HTTP/2 on `client`, which has agreed on it, until both sides are closed; owns both. Without `origin` every exchange must have an answer of our own. Never rejects. */
export async function serveHttp2(
  client: Duplex,
  origin: OriginConnections | undefined,
  judge: ConnectionJudge,
): Promise<void> {
  for (const socket of [client, origin?.first]) socket?.on('error', () => {})
  // A server's TLSSocket that no tls.Server has made says for ever that it is connecting, and node:http2 would wait.
  if (client instanceof TLSSocket) Object.assign(client, { secureConnecting: false })
  if (client.destroyed) origin?.first.destroy()
  else await new ClientSession(client, origin, judge).ended()
}
