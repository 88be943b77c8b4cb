/**
 * The gateway's side of DTLS tunnels: one UDP socket, peers told apart by their addresses. Nobody gets memory here before
 * a cookie has shown that the address is really theirs (RFC 6347 4.2.1), and no link without a user certificate. A client
 * that starts anew from the same address gets a new connection; the old one stays until the new one has proved itself, so
 * that nobody can end it with a forged hello (RFC 6347 4.2.8).
 */

import { randomBytes } from 'node:crypto'
import type { RemoteInfo, Socket } from 'node:dgram'
import { once } from 'node:events'
import { listenFault, SteerError } from '../../errors.js'
import type { DatagramLink } from '../datagram-link.js'
import { type ConnectionEnd, DtlsConnection } from './dtls-connection.js'
import { type DtlsContext, type ServerCredentials, serverContext } from './dtls-context.js'
import { DtlsEngine } from './dtls-engine.js'
import { type ClientHello, helloVerifyRequest, isEpochZero, readClientHello } from './dtls-record.js'
import { bringsCookie, cookieFor } from './hello-cookie.js'
import { loadOpenSsl } from './openssl.js'
import { hasRoom, newUdpSocket, payloadBytes } from './udp-socket.js'

/** What a DTLS server is made of. */
export interface DtlsServerOptions extends ServerCredentials {
  /** IP address to listen on. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** Bytes of an IP packet; at least 576. */
  readonly mtu: number
  /** Takes a new link. The owner ends links that have gone silent. */
  readonly accept: (link: DatagramLink, peer: DtlsPeer) => void
  /** Links at once; left out, 256. */
  readonly mostLinks?: number
  /** Whether what arrives now is lost on the way, unread. */
  readonly isDeaf?: () => boolean
  /** Hears of handshakes that failed and of faults of the socket. */
  readonly log?: (entry: { readonly event: string; readonly from: string; readonly reason: string }) => void
}

/** Who is at the other end of a link. */
export interface DtlsPeer {
  /** Common name of the client's certificate. */
  readonly user: string
  /** IP address. */
  readonly from: string
}

/** A server that listens. */
export interface DtlsServer {
  readonly port: number
  /** Ends all links and closes the socket. */
  close(): Promise<void>
}

/** Links at once, unless told. */
const MOST_LINKS = 256
/** Handshakes at once: beyond it new clients are not answered, and try again by themselves. */
const MOST_HANDSHAKES = 128
/** Time for a handshake from the hello with the cookie on, ms. */
const HANDSHAKE_MS = 5000
const SECRET_BYTES = 32

const BEGAN_ANEW: ConnectionEnd = { kind: 'closed', detail: 'the client began anew' }

/** Listens. Throws SteerError `dtls-unavailable`, `dtls-credentials`, `port-in-use` or `listen-failed`. */
export async function startDtlsServer(options: DtlsServerOptions): Promise<DtlsServer> {
  const openssl = await loadOpenSsl()
  if ('unavailable' in openssl) throw new SteerError('dtls-unavailable', openssl.unavailable)
  const context = serverContext(openssl, options)
  const socket = newUdpSocket(options.host)
  try {
    const listening = once(socket, 'listening')
    socket.bind(options.port, options.host)
    await listening
  } catch (error) {
    context.free()
    socket.close()
    throw listenFault(error, options.host, options.port)
  }
  return new Server(options, context, socket)
}

/** A connection, and the random of its hello, by which a hello that comes twice is known. */
interface Connection {
  readonly dtls: DtlsConnection
  readonly random: Buffer
}

class Server implements DtlsServer {
  readonly port: number
  readonly #options: DtlsServerOptions
  readonly #context: DtlsContext
  readonly #socket: Socket
  readonly #secret = randomBytes(SECRET_BYTES)
  // By the peer's address and port: the link in use, and the handshake that may take its place.
  readonly #links = new Map<string, Connection>()
  readonly #handshakes = new Map<string, Connection>()

  constructor(options: DtlsServerOptions, context: DtlsContext, socket: Socket) {
    this.#options = options
    this.#context = context
    this.#socket = socket
    this.port = socket.address().port
    socket.on('error', (error) => this.#log('dtls-fault', '', error.message))
    socket.on('message', (datagram, from) => {
      if (options.isDeaf?.() !== true) this.#take(datagram, from)
    })
  }

  async close(): Promise<void> {
    const closed = once(this.#socket, 'close')
    for (const { dtls } of [...this.#handshakes.values(), ...this.#links.values()]) dtls.close()
    this.#context.free()
    this.#socket.close()
    await closed
  }

  #take(datagram: Buffer, from: RemoteInfo): void {
    const address = `${from.address} ${from.port}`
    const link = this.#links.get(address)
    const known = [this.#handshakes.get(address), link]
    const hello = readClientHello(datagram)
    if (hello !== undefined && !known.some((connection) => connection?.random.equals(hello.random)))
      return this.#meet(datagram, hello, address, from)
    // Whose it is only the keys can tell; OpenSSL drops what is not for it.
    for (const connection of known) connection?.dtls.take(datagram)
    if (isEpochZero(datagram)) link?.dtls.repeatLastFlight()
  }

  #meet(datagram: Buffer, hello: ClientHello, address: string, from: RemoteInfo): void {
    if (!bringsCookie(this.#secret, address, hello))
      return this.#send(helloVerifyRequest(hello.recordSequence, cookieFor(this.#secret, address, hello)), from)
    this.#handshakes.get(address)?.dtls.fail(BEGAN_ANEW)
    if (this.#handshakes.size >= MOST_HANDSHAKES) return
    const engine = new DtlsEngine(this.#context, payloadBytes(this.#options.mtu, from.address))
    const dtls = new DtlsConnection({
      engine,
      transmit: (bytes) => this.#send(bytes, from),
      handshakeMs: HANDSHAKE_MS,
      opened: () => {
        this.#handshakes.delete(address)
        this.#links.get(address)?.dtls.fail(BEGAN_ANEW)
        if (this.#links.size >= (this.#options.mostLinks ?? MOST_LINKS)) {
          this.#log('dtls-refused', from.address, 'too many links')
          return dtls.close()
        }
        this.#links.set(address, connection)
        this.#options.accept(dtls, { user: engine.peerName, from: from.address })
      },
      ended: ({ detail }) => {
        if (this.#links.get(address) === connection) this.#links.delete(address)
        if (this.#handshakes.get(address) !== connection) return
        this.#handshakes.delete(address)
        this.#log('dtls-refused', from.address, detail)
      },
    })
    const connection: Connection = { dtls, random: Buffer.from(hello.random) }
    this.#handshakes.set(address, connection)
    engine.accept(datagram)
    dtls.start()
  }

  #send(datagram: Uint8Array, { address, port }: RemoteInfo): void {
    if (hasRoom(this.#socket)) this.#socket.send(datagram, port, address, ignoreLoss)
  }

  #log(event: string, from: string, reason: string): void {
    this.#options.log?.({ event, from, reason })
  }
}

/** A datagram that could not be sent is a lost datagram. */
function ignoreLoss(): void {}
