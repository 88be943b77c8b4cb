/**
 * Opens one tunnel session: TLS 1.3 with the user certificate (or a reliable stream over DTLS, see open-dtls.ts), ALPN,
 * HELLO both ways. How it ends is a value; a session that opened tells its owner when it is over.
 */

import { connect as connectTcp } from 'node:net'
import { connect } from 'node:tls'
import { messageOf } from '../errors.js'
import { localEndpoint } from '../relay/endpoints.js'
import type { Endpoint } from '../steering/flow.js'
import { ALPN_PROTOCOL } from './frame.js'
import { type GatewayHello, readGatewayHello } from './hello.js'
import type { KeepAlive } from './keep-alive.js'
import { WINDOW_BYTES } from './mux.js'
import { type SessionSocket, TunnelSession } from './session.js'
import { SESSION_TLS } from './session-tls.js'
import { TappedSocket } from './tapped-socket.js'
import type { TunnelWire } from './tunnel-wire.js'

/** Who we are, and whom we believe. */
export interface TunnelCredentials {
  /** Authority the gateway's certificate must come from, PEM. */
  readonly ca: string
  /** User certificate and key, PKCS#12. */
  readonly pfx: Buffer
  readonly passphrase: string
  /** Told to the gateway, for its log. */
  readonly client: string
  readonly device: string
}

/** One attempt. */
export interface TunnelAttempt extends TunnelCredentials {
  /** Host the gateway's certificate must be for. */
  readonly gateway: string
  /** Where it is dialled. */
  readonly endpoint: Endpoint
  /** Its public address, where that is another. */
  readonly shownAs?: Endpoint | undefined
  readonly keepAlive: KeepAlive
  /** Longest for connect, handshake and HELLO together, ms. */
  readonly withinMs: number
  /** Who wants to see what is carried. */
  readonly wire?: TunnelWire | undefined
  /** Gives the attempt up. */
  readonly signal: AbortSignal
}

/** A session with the gateway's HELLO; `ended` settles with the reason when it is over. */
export interface OpenTunnel {
  readonly session: TunnelSession
  readonly hello: GatewayHello
  readonly ended: Promise<string>
}

/** Why there is no session. */
export interface TunnelFailure {
  /** One line for people. */
  readonly failure: string
  /** Node's error code, '' where there is none. */
  readonly code: string
}

/** Opens a session over TLS. Never rejects. */
export function openTls(attempt: TunnelAttempt): Promise<OpenTunnel | TunnelFailure> {
  const { gateway, ca, pfx, passphrase } = attempt
  const socket = connect({
    ...SESSION_TLS,
    ...way(attempt),
    servername: gateway,
    ca,
    pfx,
    passphrase,
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED in the environment would change the default.
    rejectUnauthorized: true,
  })
  const ready = new Promise<undefined | TunnelFailure>((resolve) => {
    socket.once('secureConnect', () =>
      resolve(
        socket.alpnProtocol === ALPN_PROTOCOL ? undefined : failure('the gateway does not speak steerlab/1', 'EPROTO'),
      ),
    )
  })
  return greet(socket, ready, attempt)
}

/** What the TLS runs over: a connection of its own, or one whose bytes are shown to who wants to see them. */
function way({ endpoint, shownAs = endpoint, wire }: TunnelAttempt) {
  const to = { host: endpoint.ip, port: endpoint.port }
  if (!wire?.wantsBytes) return to
  const dialledAt = wire.now()
  const socket = connectTcp({ ...to, noDelay: true, allowHalfOpen: true })
  return { socket: new TappedSocket(socket, () => wire.tcp(localEndpoint(socket), shownAs, dialledAt)) }
}

/** Exchanges HELLO over a socket once it is `ready`, and owns it from the start. Never rejects. */
export function greet(
  socket: SessionSocket,
  ready: Promise<undefined | TunnelFailure>,
  attempt: TunnelAttempt,
): Promise<OpenTunnel | TunnelFailure> {
  const { client, device, keepAlive, withinMs, signal } = attempt
  return new Promise((resolve) => {
    let session: TunnelSession | undefined
    let settled = false
    const settle = (outcome: OpenTunnel | TunnelFailure): void => {
      if (settled) return
      settled = true
      clearTimeout(deadline)
      signal.removeEventListener('abort', aborted)
      resolve(outcome)
    }
    const fail = (reason: TunnelFailure): void => {
      if (settled) return
      settle(reason)
      // A session ends its own socket, after its last words.
      if (session === undefined) socket.destroy()
      else session.close(reason.failure)
    }
    const aborted = (): void => fail(failure('given up', 'ECANCELED'))
    const deadline = setTimeout(() => {
      fail(failure('no connection in time', 'ETIMEDOUT'))
      socket.destroy()
    }, withinMs)
    signal.addEventListener('abort', aborted)
    socket.on('error', (error: NodeJS.ErrnoException) => fail(failure(messageOf(error), error.code ?? '')))
    socket.on('close', () => fail(failure('closed', 'ECONNRESET')))
    if (signal.aborted) return aborted()
    void ready.then((refused) => {
      if (refused !== undefined) return fail(refused)
      if (settled) return
      let over = (_reason: string): void => {}
      const ended = new Promise<string>((resolve) => {
        over = resolve
      })
      const greeted = new TunnelSession(
        'agent',
        socket,
        {
          hello: (payload) => {
            const hello = readGatewayHello(payload)
            if (hello === undefined) return 'HELLO is malformed'
            settle({ session: greeted, hello, ended })
            return hello.window
          },
          ended: (reason) => {
            over(reason)
            fail(failure(reason, 'ECONNRESET'))
          },
        },
        keepAlive,
      )
      session = greeted
      greeted.sendHello({ protocol: 1, client, device, window: WINDOW_BYTES })
    })
  })
}

function failure(text: string, code: string): TunnelFailure {
  return { failure: text, code }
}
