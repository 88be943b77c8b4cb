/**
 * The tunnel door of one POP: a TLS 1.3 listener that serves only clients with a user certificate of this tenant (no
 * certificate, no service), speaks `steerlab/1`, and hands each flow of a session to egress. The certificate's common
 * name is the user; an agent cannot claim another.
 *
 * A connection is TLS's only after the POP's round trip: on loopback it is the one place where a SYN can seem to travel.
 */

import { createServer as createTcpServer, type Socket } from 'node:net'
import { createServer, type Server, TLSSocket } from 'node:tls'
import { ALPN_PROTOCOL } from '../../agent/tunnel/frame.js'
import { readAgentHello, readOpenRequest } from '../../agent/tunnel/hello.js'
import type { KeepAlive } from '../../agent/tunnel/keep-alive.js'
import { WINDOW_BYTES } from '../../agent/tunnel/mux.js'
import type { Road } from '../../agent/tunnel/road.js'
import { type SessionSocket, TunnelSession } from '../../agent/tunnel/session.js'
import { SESSION_TLS } from '../../agent/tunnel/session-tls.js'
import { FAULTLESS, type FaultSource, type PopFault } from '../faults/fault.js'
import { listenUnlessRefusing, type OpenListener } from '../faults/open-listener.js'
import type { GatewayLog } from '../gateway-log.js'
import { DEFAULT_CAPACITY } from '../pops/default-pops.js'
import { isLost } from '../pops/round-trip.js'
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
  /** Sessions at once; more are turned away. Left out, 256. */
  readonly capacity?: number
  /** The way to the POP; left out, it has no length. */
  readonly road?: Road
  /** Left out, the POP is never faulty. */
  readonly fault?: FaultSource<PopFault>
}

/** Connections at once that are not yet sessions; more are hung up on. */
const MAX_GREETING = 256

/** Time for a TLS handshake, and then for HELLO, ms. */
const GREETING_MS = 5000

/** Time for sessions to end in order once the gateway stops, ms; a stop takes 2 s at most. */
const GOODBYE_MS = 1000

/** Listens for agents. */
export class TunnelServer {
  readonly #options: TunnelServerOptions
  readonly #log: GatewayLog
  /** Listens nowhere: connections are handed to it. */
  readonly #tls: Server
  readonly #sessions = new Set<TunnelSession>()
  #listener: OpenListener | undefined
  #sessionCount = 0

  constructor(options: TunnelServerOptions) {
    this.#options = options
    this.#log = options.log
    this.#tls = createServer({
      ...SESSION_TLS,
      key: options.key,
      cert: options.cert,
      ca: options.clientCa,
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: GREETING_MS,
    })
    this.#tls.on('secureConnection', (socket) => this.#accept(socket))
    this.#tls.on('tlsClientError', (error, socket) => {
      // For a certificate of another authority Node destroys the socket without an error of its own.
      const reason = String(socket.authorizationError ?? error.message)
      this.#log({ event: 'tls-refused', from: socket.remoteAddress ?? '', reason })
      socket.destroy()
    })
  }

  /** Listens, unless the POP is down; `port` 0 takes a free one. Throws SteerError `port-in-use` or `listen-failed`. */
  async listen(host: string, port: number): Promise<{ readonly port: number }> {
    const { capacity = DEFAULT_CAPACITY, fault = FAULTLESS } = this.#options
    const server = createTcpServer({ pauseOnConnect: true }, (socket) => this.#arrive(socket))
    server.maxConnections = capacity + MAX_GREETING
    this.#listener = await listenUnlessRefusing(server, { host, port }, fault, (kind) => kind === 'down')
    server.on('error', (error) => this.#log({ event: 'server-error', reason: error.message }))
    server.on('drop', (socket) => {
      this.#log({ event: 'session-refused', from: socket?.remoteAddress ?? '', reason: 'too many connections' })
    })
    return this.#listener
  }

  /** Sessions and flows now. */
  get counts(): { readonly sessions: number; readonly flows: number } {
    let flows = 0
    for (const session of this.#sessions) flows += session.streamCount
    return { sessions: this.#sessions.size, flows }
  }

  /** Destroys every connection, as a POP that has lost its clients. */
  cutOff(): void {
    this.#listener?.cutOff()
  }

  /** Stops listening and ends every session in order; who does not hang up within a second is cut off. */
  async close(): Promise<void> {
    const closed = this.#listener?.close(this.#sessions.size > 0 ? GOODBYE_MS : 0)
    for (const session of [...this.#sessions]) session.close('the gateway is stopping')
    await closed
  }

  /** Takes a new TCP connection, paused, to TLS as soon as it seems to have come. */
  #arrive(socket: Socket): void {
    socket.on('error', () => {})
    const { road } = this.#options
    const enter = () => {
      // Where packets are lost nobody answers; reading only tells when the peer has given up.
      if (isLost(road)) socket.resume()
      else this.#tls.emit('connection', socket)
    }
    const delayMs = road?.delayMs() ?? 0
    if (delayMs === 0 || delayMs === Number.POSITIVE_INFINITY) return enter()
    const travel = setTimeout(enter, delayMs)
    socket.once('close', () => clearTimeout(travel))
  }

  #accept(socket: TLSSocket): void {
    socket.on('error', () => socket.destroy())
    const user = String(socket.getPeerCertificate().subject?.CN ?? '')
    const from = socket.remoteAddress ?? ''
    if (socket.alpnProtocol === ALPN_PROTOCOL) return this.serve(socket, user, from)
    this.#log({ event: 'session-refused', user, from, reason: 'not the steerlab/1 protocol' })
    socket.destroy()
  }

  /** Serves a client over an authenticated socket: `user` is its certificate's common name, `from` its address. */
  serve(socket: SessionSocket, user: string, from: string): void {
    const { capacity = DEFAULT_CAPACITY, road } = this.#options
    if (this.#sessions.size >= capacity) {
      this.#log({ event: 'session-refused', user, from, reason: 'too many sessions' })
      return void socket.destroy()
    }
    // The handshake was under way when the road was lost.
    if (isLost(road)) return void socket.resume()
    const number = ++this.#sessionCount
    const { pop, egressIp } = this.#options
    const transport = socket instanceof TLSSocket ? 'TLS' : 'DTLS'
    let device = ''
    const greeting = setTimeout(() => {
      session.close('no HELLO in time')
    }, GREETING_MS)
    const session: TunnelSession = new TunnelSession(
      'gateway',
      socket,
      {
        hello: (payload) => {
          const hello = readAgentHello(payload)
          if (hello === undefined) return 'HELLO is malformed'
          clearTimeout(greeting)
          device = hello.device
          session.sendHello({ protocol: 1, pop, session: number, egressIp, window: WINDOW_BYTES })
          this.#log({
            event: 'session-opened',
            session: number,
            user,
            from,
            device,
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
          const client = { user, device, clientIp: from, pop, session: number, transport, egressIp } as const
          void carryToOrigin(stream, request, client, this.#options)
        },
        ended: (reason) => {
          clearTimeout(greeting)
          this.#sessions.delete(session)
          this.#log({ event: 'session-ended', session: number, user, reason })
        },
      },
      this.#options.keepAlive,
      road,
    )
    this.#sessions.add(session)
  }
}
