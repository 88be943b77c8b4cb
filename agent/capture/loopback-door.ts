/**
 * What the explicit doors are: a listener on loopback that knows its clients and hands their flows over. For each accepted
 * connection it attaches the error listener, asks at once who owns it (the owner may exit), and bounds how many
 * connections may be open without having said yet what they want.
 */

import { isIPv4, type Server, type Socket } from 'node:net'
import { listenFault, SteerError, userMistake } from '../errors.js'
import type { Owner, OwnerFinder } from '../process/owner.js'
import type { Endpoint } from '../steering/flow.js'
import type { DoorName, FlowHandler } from './door.js'
import type { FlowTarget } from './flow-target.js'
import { answerOnce, type DoorWords } from './last-words.js'

/** Bounds on clients that have connected and not yet asked for anything. */
export interface DoorLimits {
  /** Connections that may be in this state at a time; one more is closed at once. */
  readonly greetings: number
  /** Longest time in this state, in ms. */
  readonly greetingMs: number
}

/** Enough for a browser that opens everything at once, far below the file descriptors of a process. */
export const DOOR_LIMITS: DoorLimits = { greetings: 1_024, greetingMs: 10_000 }

/** What every explicit door needs. */
export interface LoopbackDoorOptions {
  readonly handle: FlowHandler
  readonly owners: OwnerFinder
  readonly limits: DoorLimits
}

/** A client's request for a flow, understood. */
export interface FlowRequest {
  readonly door: DoorName
  readonly socket: Socket
  readonly client: Client
  readonly target: FlowTarget
  /** Bytes that came behind the request. */
  readonly head: Uint8Array
  readonly words: DoorWords
}

/** The application at the other end of an accepted connection. */
export interface Client {
  /** Its own address, as it sees it. */
  readonly source: Endpoint
  readonly owner: Promise<Owner>
}

/** A net.Server or http.Server that listens on loopback only and can be closed with everything it accepted. */
export class LoopbackDoor {
  readonly #server: Server
  readonly #handle: FlowHandler
  readonly #owners: OwnerFinder
  readonly #limits: DoorLimits
  readonly #clients = new Map<Socket, Client>()
  readonly #greeting = new Set<Socket>()

  constructor(server: Server, { handle, owners, limits }: LoopbackDoorOptions) {
    this.#server = server
    this.#handle = handle
    this.#owners = owners
    this.#limits = limits
    server.prependListener('connection', (socket: Socket) => this.#accept(socket))
  }

  /**
   * Listens on `host` (127.0.0.0/8, ::1 or localhost) and `port` (0 = any free one).
   * @throws SteerError `not-loopback`, `port-in-use` or `listen-failed`
   */
  listen({ host, port }: { readonly host: string; readonly port: number }): Promise<void> {
    const loopback = host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
    if (!loopback)
      return Promise.reject(
        userMistake('not-loopback', `${host} is not a loopback address; a proxy listens on no other`),
      )
    return new Promise((resolve, reject) => {
      const failed = (error: NodeJS.ErrnoException) => reject(listenFault(error, host, port))
      this.#server.once('error', failed)
      this.#server.listen(port, host, () => {
        this.#server.off('error', failed)
        resolve()
      })
    })
  }

  /** Where it listens. @throws SteerError `not-listening` before `listen` and after `close` */
  address(): Endpoint {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new SteerError('not-listening', 'the door is not open')
    return { ip: address.address, port: address.port }
  }

  /** Stops listening and destroys every connection it accepted, and with it what was made for it; settles when all are gone. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve())
      for (const socket of this.#clients.keys()) socket.destroy()
    })
  }

  /** The client behind `socket`; undefined when the connection was not let in or is over. */
  protected clientOf(socket: Socket): Client | undefined {
    return this.#clients.get(socket)
  }

  /** The client has said what it wants, and no longer counts against `limits.greetings`. */
  protected greeted(socket: Socket): void {
    this.#greeting.delete(socket)
  }

  /** Makes the request a flow: the handler owns the socket, which is paused, from here on. */
  protected handOver({ door, socket, client, target, head, words }: FlowRequest): void {
    const { source, owner } = client
    socket.pause()
    void this.#handle({ door, socket, source, ...target, head, owner: () => owner, ...answerOnce(socket, words) })
  }

  #accept(socket: Socket): void {
    // The HTTP door hands a connection in again when its upgrade is declined.
    if (this.#clients.has(socket)) return
    socket.on('error', () => {})
    const { remoteAddress, remotePort, localAddress, localPort } = socket
    const alreadyReset = remoteAddress === undefined || remotePort === undefined
    if (alreadyReset || this.#greeting.size >= this.#limits.greetings) {
      socket.destroy()
      return
    }
    const source = { ip: remoteAddress, port: remotePort }
    const here = { ip: localAddress ?? '', port: localPort ?? 0 }
    const owner = this.#owners.find({ transport: 'tcp', local: source, remote: here })
    this.#clients.set(socket, { source, owner })
    this.#greeting.add(socket)
    socket.once('close', () => {
      this.#clients.delete(socket)
      this.#greeting.delete(socket)
    })
  }
}
