/**
 * The agent's side of the tunnel's life: connect, say HELLO, serve streams, and when the session ends for whatever
 * reason connect again with jittered back-off, until closed. Flows ask for the session and wait a bounded time for one.
 */

import { connect, type TLSSocket } from 'node:tls'
import type { EventLog } from '../log/event.js'
import { type BackoffLimits, backoffMs } from './backoff.js'
import { ALPN_PROTOCOL } from './frame.js'
import { type GatewayHello, readGatewayHello } from './hello.js'
import { WINDOW_BYTES } from './mux.js'
import { type KeepAlive, SESSION_TLS, TunnelSession } from './session.js'

/** What the tunnel client is made of. */
export interface TunnelClientOptions {
  /** Gateway's host name (checked against its certificate) and where it listens. */
  readonly gateway: { readonly host: string; readonly ip: string; readonly port: number }
  /** Authority the gateway's certificate must come from, PEM. */
  readonly ca: string
  /** User certificate and key, PKCS#12. */
  readonly userCertificate: { readonly pfx: Buffer; readonly passphrase: string }
  readonly client: string
  readonly device: string
  readonly log: EventLog
  /** The tunnel is up, or no longer. */
  readonly changed?: (isUp: boolean) => void
  readonly random: () => number
  readonly backoff: BackoffLimits
  readonly keepAlive: KeepAlive
}

/** The tunnel as `steerlab status` shows it. */
export interface TunnelStatus {
  readonly state: 'connecting' | 'connected' | 'disconnected'
  readonly gateway: string
  readonly ip: string
  readonly port: number
  readonly pop: string
  readonly egressIp: string
  /** Number of the current or last session of this agent; the `[sessId n]` of the log. */
  readonly sessionId: number
  readonly flows: number
  /** Why the last session or attempt ended, '' when none has. */
  readonly lastEnd: string
}

/** A session ready for flows. */
export interface ReadySession {
  readonly session: TunnelSession
  readonly sessionId: number
}

/** How long a TLS handshake with HELLO may take, ms. */
const CONNECT_MS = 5000

/** Keeps one session to the gateway alive. */
export class TunnelClient {
  readonly #options: TunnelClientOptions
  #ready: ReadySession | undefined
  #hello: GatewayHello | undefined
  #socket: TLSSocket | undefined
  #attempt = 0
  #sessions = 0
  #lastEnd = ''
  #closed = false
  #retry: NodeJS.Timeout | undefined
  readonly #waiting = new Set<(session: ReadySession | undefined) => void>()

  constructor(options: TunnelClientOptions) {
    this.#options = options
  }

  /** Starts connecting; returns at once. */
  start(): void {
    const { gateway, log } = this.#options
    log.report({ type: 'tunnel-connecting', transport: 'TLS', gateway: gateway.host, port: gateway.port })
    const socket = this.#connect()
    let session: TunnelSession | undefined
    let over = false
    const failed = (reason: string): void => {
      if (over) return
      over = true
      clearTimeout(deadline)
      // A session ends its own socket, after its last words.
      if (session === undefined) socket.destroy()
      const wasReady = this.#ready !== undefined && this.#ready.session === session
      this.#ended(reason, wasReady)
    }
    const deadline = setTimeout(() => {
      failed('no connection in time')
      socket.destroy()
    }, CONNECT_MS)
    socket.on('error', (error) => failed(error.message))
    socket.on('close', () => failed('closed'))
    socket.once('secureConnect', () => {
      if (socket.alpnProtocol !== ALPN_PROTOCOL) return failed('the gateway does not speak steerlab/1')
      const { client, device, keepAlive } = this.#options
      session = new TunnelSession(
        'agent',
        socket,
        {
          hello: (payload) => {
            const hello = readGatewayHello(payload)
            if (hello === undefined) return 'HELLO is malformed'
            clearTimeout(deadline)
            if (!over && !this.#closed) this.#connected(session!, hello)
            return hello.window
          },
          ended: failed,
        },
        keepAlive,
      )
      session.sendHello({ protocol: 1, client, device, window: WINDOW_BYTES })
    })
  }

  /** The session, waiting up to `withinMs` for one; `undefined` when there is none by then. */
  session(withinMs: number): Promise<ReadySession | undefined> {
    if (this.#ready !== undefined) return Promise.resolve(this.#ready)
    if (this.#closed) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const settle = (session: ReadySession | undefined): void => {
        clearTimeout(timer)
        this.#waiting.delete(settle)
        resolve(session)
      }
      const timer = setTimeout(() => settle(undefined), withinMs)
      this.#waiting.add(settle)
    })
  }

  get status(): TunnelStatus {
    const { host, ip, port } = this.#options.gateway
    return {
      state: this.#ready !== undefined ? 'connected' : this.#closed ? 'disconnected' : 'connecting',
      gateway: host,
      ip,
      port,
      pop: this.#hello?.pop ?? '',
      egressIp: this.#hello?.egressIp ?? '',
      sessionId: this.#sessions,
      flows: this.#ready?.session.streamCount ?? 0,
      lastEnd: this.#lastEnd,
    }
  }

  /** Ends the session in order and stops reconnecting; flows still open are reset. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#retry)
    if (this.#ready !== undefined)
      this.#options.log.report({
        type: 'tunnel-disconnecting',
        transport: 'TLS',
        context: 'NSTUNNEL_DISCONNECTED_BYUSER',
      })
    const ready = this.#ready
    this.#ready = undefined
    if (ready !== undefined) ready.session.close('the agent is stopping')
    else this.#socket?.destroy()
    for (const settle of [...this.#waiting]) settle(undefined)
  }

  #connect(): TLSSocket {
    const { gateway, ca, userCertificate } = this.#options
    const socket = connect({
      ...SESSION_TLS,
      host: gateway.ip,
      port: gateway.port,
      servername: gateway.host,
      ca,
      pfx: userCertificate.pfx,
      passphrase: userCertificate.passphrase,
    })
    this.#socket = socket
    return socket
  }

  #connected(session: TunnelSession, hello: GatewayHello): void {
    const { gateway, log } = this.#options
    const { host, ip, port } = gateway
    this.#attempt = 0
    this.#sessions += 1
    this.#hello = hello
    this.#ready = { session, sessionId: this.#sessions }
    log.report({ type: 'tunnel-connected', transport: 'TLS', gateway: host, ip, port })
    log.report({ type: 'tunnel-established', transport: 'TLS', gateway: host, pop: hello.pop })
    this.#options.changed?.(true)
    for (const settle of [...this.#waiting]) settle(this.#ready)
  }

  #ended(reason: string, wasReady: boolean): void {
    this.#lastEnd = reason
    this.#ready = undefined
    if (this.#closed) return
    const { gateway, log, random, backoff } = this.#options
    if (wasReady) {
      log.report({ type: 'tunnel-closed', transport: 'TLS' })
      this.#options.changed?.(false)
    } else {
      const { host, port } = gateway
      log.report({ type: 'tunnel-connect-failed', transport: 'TLS', gateway: host, port, error: -1 })
    }
    this.#attempt += 1
    this.#retry = setTimeout(() => this.start(), backoffMs(this.#attempt, random(), backoff))
  }
}
