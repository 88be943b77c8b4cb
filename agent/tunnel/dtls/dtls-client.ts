/** The agent's side of a DTLS tunnel: one connected UDP socket, one connection. */

import { messageOf } from '../../errors.js'
import type { Endpoint } from '../../steering/flow.js'
import type { DatagramLink } from '../datagram-link.js'
import type { DatagramTap } from '../tunnel-wire.js'
import { type ConnectionEnd, DtlsConnection } from './dtls-connection.js'
import { type ClientCredentials, clientContext, type DtlsContext } from './dtls-context.js'
import { DtlsEngine } from './dtls-engine.js'
import { loadOpenSsl, type OpenSsl } from './openssl.js'
import { hasRoom, newUdpSocket, payloadBytes } from './udp-socket.js'

/** Whom to connect to, as whom, and how long to try. */
export interface DtlsClientOptions extends ClientCredentials {
  /** IP address of the gateway. */
  readonly ip: string
  readonly port: number
  /** The name its certificate must be for. */
  readonly servername: string
  /** Bytes of an IP packet, `mtu` of nsconfig.json; at least 576. */
  readonly mtu: number
  /** Time for the handshake, ms. */
  readonly timeoutMs: number
  /** Gives the handshake up: it fails as `timed-out`. */
  readonly signal?: AbortSignal
  /** Shown what is sent and received from an address and port of ours. */
  readonly tap?: ((local: Endpoint) => DatagramTap) | undefined
}

/** Why there is no link. */
export interface DtlsFailure {
  /**
   * `timed-out`: no answer, or not enough of them (UDP blocked); `refused`: the network or the host said no, see `errno`;
   * `certificate`: one side did not accept the other's, or ours cannot be read; `handshake`: all else between the two;
   * `unavailable`: no DTLS on this machine.
   */
  readonly failure: 'timed-out' | 'refused' | 'certificate' | 'handshake' | 'unavailable'
  /** One sentence or OpenSSL's words, for a log. */
  readonly detail: string
  /** errno(3), positive. */
  readonly errno?: number
}

/** Connects; never rejects. The link's `maxBytes` is 65 bytes less than the MTU, over IPv6 85. */
export async function connectDtls(options: DtlsClientOptions): Promise<{ readonly link: DatagramLink } | DtlsFailure> {
  const openssl = await loadOpenSsl()
  if ('unavailable' in openssl) return { failure: 'unavailable', detail: openssl.unavailable }
  let engine: DtlsEngine
  try {
    engine = newEngine(openssl, options)
  } catch (error) {
    return { failure: 'certificate', detail: messageOf(error) }
  }
  return dial(engine, options)
}

function newEngine(openssl: OpenSsl, options: DtlsClientOptions): DtlsEngine {
  let context: DtlsContext | undefined
  try {
    context = clientContext(openssl, options)
    return new DtlsEngine(context, payloadBytes(options.mtu, options.ip))
  } finally {
    context?.free()
  }
}

function dial(engine: DtlsEngine, options: DtlsClientOptions): Promise<{ readonly link: DatagramLink } | DtlsFailure> {
  const { ip, port, servername, timeoutMs, signal } = options
  return new Promise((resolve) => {
    const socket = newUdpSocket(ip)
    let isOpen = false
    let tap: DatagramTap | undefined
    const refused = (error: NodeJS.ErrnoException | null): void => {
      if (error === null) return
      // Of a link that is open, one datagram was lost; but where nobody listens any more there is no link.
      if (isOpen && error.code !== 'ECONNREFUSED') return
      connection.fail({ kind: 'refused', detail: error.message, errno: Math.abs(error.errno ?? 0) })
    }
    const connection = new DtlsConnection({
      engine,
      transmit: (datagram) => {
        if (!hasRoom(socket)) return
        tap?.sent(datagram)
        socket.send(datagram, refused)
      },
      handshakeMs: timeoutMs,
      opened: () => {
        isOpen = true
        signal?.removeEventListener('abort', givenUp)
        resolve({ link: connection })
      },
      ended: (end) => {
        signal?.removeEventListener('abort', givenUp)
        socket.close()
        resolve(failureOf(end))
      },
    })
    const givenUp = (): void => connection.fail({ kind: 'timed-out', detail: 'given up' })
    signal?.addEventListener('abort', givenUp)
    socket.on('error', refused)
    socket.on('message', (datagram) => {
      tap?.received(datagram)
      connection.take(datagram)
    })
    socket.once('connect', () => {
      const { address, port } = socket.address()
      tap = options.tap?.({ ip: address, port })
      engine.connect(servername)
      connection.start()
    })
    try {
      socket.connect(port, ip)
    } catch (error) {
      refused(error as NodeJS.ErrnoException)
    }
  })
}

function failureOf({ kind, detail, errno }: ConnectionEnd): DtlsFailure {
  const failure = kind === 'closed' || kind === 'broken' ? 'handshake' : kind
  return errno === undefined ? { failure, detail } : { failure, detail, errno }
}
