/** A DatagramLink over plain UDP on loopback, for tests: no encryption; an empty datagram says that the link is over. */

import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import type { DatagramLink, DatagramReceiver } from '../../agent/tunnel/datagram-link.js'

/** A UDP socket with one peer. */
export class UdpLink implements DatagramLink {
  readonly maxBytes = 1400
  readonly #socket: Socket
  readonly #isLost: () => boolean
  #receiver: DatagramReceiver | undefined
  #early: Uint8Array[] = []
  #closed = false
  #cut = false

  /** `socket` is bound and connected; `isLost` is asked for each datagram sent. */
  constructor(socket: Socket, isLost: () => boolean = () => false) {
    this.#socket = socket
    this.#isLost = isLost
    socket.on('message', (bytes) => {
      if (this.#cut) return
      if (bytes.length === 0) this.#end('closed by the peer')
      else if (this.#receiver === undefined) this.#early.push(bytes)
      else this.#receiver.datagram(bytes)
    })
    socket.on('error', (error) => this.#end(error.message))
  }

  /** Whether it has ended, from this side or the other. */
  get closed(): boolean {
    return this.#closed
  }

  send(bytes: Uint8Array): void {
    // The kernel may take it later than now, the memory is the caller's again at once: a copy.
    if (!this.#closed && !this.#cut && !this.#isLost()) this.#socket.send(Buffer.from(bytes), ignore)
  }

  receive(receiver: DatagramReceiver): void {
    this.#receiver = receiver
    for (const bytes of this.#early) receiver.datagram(bytes)
    this.#early = []
  }

  close(): void {
    if (this.#closed) return
    this.#socket.send(Buffer.alloc(0), () => this.#end('closed'))
  }

  /** As if the network had vanished: nothing is sent and nothing heard any more. */
  cut(): void {
    this.#cut = true
  }

  #end(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#socket.close()
    this.#receiver?.ended(reason)
  }
}

// A refused datagram (the peer's socket is gone) is a lost one.
const ignore = () => {}

/** A UDP socket on a free port of loopback. */
export async function udpSocket(): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return socket
}

/** Connects a socket to the other end's port. */
export async function connected(socket: Socket, port: number): Promise<Socket> {
  socket.connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Two links to each other. */
export async function udpLinks(isLost?: () => boolean): Promise<[UdpLink, UdpLink]> {
  const [one, other] = await Promise.all([udpSocket(), udpSocket()])
  await Promise.all([connected(one, other.address().port), connected(other, one.address().port)])
  return [new UdpLink(one, isLost), new UdpLink(other, isLost)]
}
