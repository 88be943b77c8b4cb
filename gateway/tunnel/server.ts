/**
 * The gateway's tunnel door: a TLS 1.3 listener that serves only clients with a user certificate of this tenant (no
 * certificate, no service), speaks `steerlab/1`, and hands each flow of a session to egress. The certificate's common
 * name is the user; an agent cannot claim another.
 */

import type { AddressInfo, Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { listenFault } from '../../agent/errors.js'
import { ALPN_PROTOCOL } from '../../agent/tunnel/frame.js'
import { readAgentHello, readOpenRequest } from '../../agent/tunnel/hello.js'
import { WINDOW_BYTES } from '../../agent/tunnel/mux.js'
import { type KeepAlive, SESSION_TLS, TunnelSession } from '../../agent/tunnel/session.js'
import type { GatewayLog } from '../gateway-log.js'
import { carryToOrigin, type EgressParts } from './egress.js'

/** What the tunnel server is made of. */
export interface TunnelServerOptions extends EgressParts {
  /** Server key, PEM. */
  readonly key: string
  /** Server certificate and its chain, PEM. */
  readonly cert: string
  /** The authority whose user certificates are served, PEM. */
  readonly clientCa: string
  /** POP name told to the agent, such as `US-LAB1`. */
  readonly pop: string
  /** Address origins see, told to the agent for its status. */
  readonly egressIp: string
  readonly keepAlive: KeepAlive
}

/** Sessions at once; more are turned away. */
const MAX_SESSIONS = 256

/** Time for a TLS handshake, and then for HELLO, ms. */
const GREETING_MS = 5000

/** Time for sessions to end in order once the gateway stops, ms; a stop takes 2 s at most. */
const GOODBYE_MS = 1000

/** Listens for agents. */
export class TunnelServer {
  readonly #options: TunnelServerOptions
  readonly #log: GatewayLog
  readonly #server: Server
  /** All that is connected, also what is still shaking hands. */
  readonly #connections = new Set<Socket>()
  readonly #sessions = new Set<TunnelSession>()
  #sessionCount = 0

  constructor(options: TunnelServerOptions) {
    this.#options = options
    this.#log = options.log
    this.#server = createServer({
      ...SESSION_TLS,
      key: options.key,
      cert: options.cert,
      ca: options.clientCa,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: GREETING_MS,
    })
    this.#server.on('connection', (socket) => {
      this.#connections.add(socket)
      socket.once('close', () => this.#connections.delete(socket))
    })
    this.#server.on('secureConnection', (socket) => this.#accept(socket))
    this.#server.on('tlsClientError', (error, socket) => {
      // For a certificate of another authority Node destroys the socket without an error of its own.
      const reason = String(socket.authorizationError ?? error.message)
      this.#log({ event: 'tls-refused', from: socket.remoteAddress ?? '', reason })
      socket.destroy()
    })
  }

  /** Listens; `port` 0 takes a free one. Throws SteerError `port-in-use` or `listen-failed`. */
  async listen(host: string, port: number): Promise<AddressInfo> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error) => reject(listenFault(error, host, port)))
      this.#server.listen(port, host, resolve)
    })
    this.#server.on('error', (error) => this.#log({ event: 'server-error', reason: error.message }))
    return this.#server.address() as AddressInfo
  }

  /** Sessions and flows now. */
  get counts(): { readonly sessions: number; readonly flows: number } {
    let flows = 0
    for (const session of this.#sessions) flows += session.streamCount
    return { sessions: this.#sessions.size, flows }
  }

  /** Stops listening and ends every session in order; who does not hang up within a second is cut off. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const session of [...this.#sessions]) session.close('the gateway is stopping')
    const goodbye = setTimeout(() => {
      for (const socket of this.#connections) socket.destroy()
    }, GOODBYE_MS)
    await closed
    clearTimeout(goodbye)
  }

  #accept(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy())
    const user = String(socket.getPeerCertificate().subject?.CN ?? '')
    const from = socket.remoteAddress ?? ''
    if (socket.alpnProtocol !== ALPN_PROTOCOL || this.#sessions.size >= MAX_SESSIONS) {
      const reason = socket.alpnProtocol === ALPN_PROTOCOL ? 'too many sessions' : 'not the steerlab/1 protocol'
      this.#log({ event: 'session-refused', user, from, reason })
      return void socket.destroy()
    }
    const number = ++this.#sessionCount
    const greeting = setTimeout(() => session.close('no HELLO in time'), GREETING_MS)
    const session: TunnelSession = new TunnelSession(
      'gateway',
      socket,
      {
        hello: (payload) => {
          const hello = readAgentHello(payload)
          if (hello === undefined) return 'HELLO is malformed'
          clearTimeout(greeting)
          const { pop, egressIp } = this.#options
          session.sendHello({ protocol: 1, pop, session: number, egressIp, window: WINDOW_BYTES })
          this.#log({
            event: 'session-opened',
            session: number,
            user,
            from,
            device: hello.device,
            client: hello.client,
          })
          return hello.window
        },
        open: (stream, payload) => {
          const request = readOpenRequest(payload)
          if (request === undefined) {
            const detail = 'OPEN is malformed'
            this.#log({ event: 'refused', session: number, user, detail })
            return stream.reset('bad-request', detail)
          }
          void carryToOrigin(stream, request, user, this.#options)
        },
        ended: (reason) => {
          clearTimeout(greeting)
          this.#sessions.delete(session)
          this.#log({ event: 'session-ended', session: number, user, reason })
        },
      },
      this.#options.keepAlive,
    )
    this.#sessions.add(session)
  }
}
