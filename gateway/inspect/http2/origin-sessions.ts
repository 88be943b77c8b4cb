/**
 * The HTTP/2 sessions with the origin of one client session: one at a time for new exchanges. One that the origin is
 * ending (GOAWAY) finishes what it has begun, while new exchanges go to the next.
 */

import { type ClientHttp2Session, connect, constants } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { OriginConnections } from '../origin-connections.js'
import { ORIGIN_SESSION, SESSION_WINDOW_BYTES } from './session-limits.js'

/** A session for the next exchange, or in words why there is none. */
export type FoundSession = ClientHttp2Session | { readonly failure: string }

/** Who hears of the origin. */
export interface OriginSessionsListener {
  /** The origin has said GOAWAY. */
  leaving(): void
  /** A connection is about to be lost: node throws away what has come of answers and has not been read. Now it still can be. */
  losing(): void
}

/** Owns all connections to the origin. */
export class OriginSessions {
  readonly #origin: OriginConnections
  readonly #listener: OriginSessionsListener
  readonly #sockets = new Set<Duplex>()
  #current: { readonly session: ClientHttp2Session; readonly socket: Duplex } | undefined
  #coming: Promise<FoundSession> | undefined
  #isOver = false

  constructor(origin: OriginConnections, listener: OriginSessionsListener) {
    this.#origin = origin
    this.#listener = listener
    this.#open(origin.first)
  }

  /** At once while there is a session; else a new connection is asked for, one for all that wait. */
  find(): FoundSession | Promise<FoundSession> {
    const { session, socket } = this.#current ?? {}
    if (session !== undefined && !session.closed && !session.destroyed && !socket?.destroyed) return session
    this.#coming ??= this.#openAnother()
    return this.#coming
  }

  /** Ends everything at once; settles when all connections are closed. */
  async end(): Promise<void> {
    this.#isOver = true
    const closed = [...this.#sockets].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
    // Not by way of the session: that would wait for an origin that does not read.
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(closed)
  }

  async #openAnother(): Promise<FoundSession> {
    const found = await this.#origin.again()
    this.#coming = undefined
    if ('failure' in found) return found
    return this.#open(found) ?? { failure: 'the origin closed the connection at once' }
  }

  #open(socket: Duplex): ClientHttp2Session | undefined {
    const losing = (): void => this.#listener.losing()
    // Before the session, whose listeners of the same names throw everything away.
    socket.on('error', losing)
    if (this.#isOver) socket.destroy()
    if (socket.destroyed) return undefined
    this.#sockets.add(socket)
    socket.once('close', () => {
      losing()
      this.#sockets.delete(socket)
    })
    // There is no half of a connection in HTTP/2; the socket may allow it.
    socket.once('end', () => socket.destroy())
    // The name is for requests that name no host, and nghttp2 refuses those.
    const session = connect('https://origin.invalid', { ...ORIGIN_SESSION, createConnection: () => socket })
    session.on('connect', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES))
    session.on('goaway', (code) => {
      // With any other code node ends the session at once.
      if (code !== constants.NGHTTP2_NO_ERROR) losing()
    })
    // Said twice by some: before the last streams end, and after.
    session.once('goaway', () => this.#listener.leaving())
    session.on('error', (error: NodeJS.ErrnoException) => {
      // From nghttp2, and not from the socket or by the origin's own GOAWAY.
      if (error.code === 'ERR_HTTP2_ERROR') this.#origin.malformed(error.message)
    })
    this.#current = { session, socket }
    return session
  }
}
