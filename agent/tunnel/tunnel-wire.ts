// Pure: who wants to see what the tunnel's sockets carry, encrypted: an outer packet capture.

import type { RelayTap } from '../relay/relay-tap.js'
import type { Endpoint } from '../steering/flow.js'

/** Sees the way to the gateway. */
export interface TunnelWire {
  /** Whether the bytes of the next TLS session are to be shown. They pass through our hands then, which costs time. */
  readonly wantsBytes: boolean
  /** Told the bytes of a TCP connection from `local`; `gateway` has its public address. It was dialled at `dialledAt`, microseconds since 1970. */
  tcp(local: Endpoint, gateway: Endpoint, dialledAt: number): RelayTap
  /** Told the datagrams of a UDP socket. */
  udp(local: Endpoint, gateway: Endpoint): DatagramTap
  /** A session is about to be opened to this endpoint, where the gateway really listens. */
  dialling(endpoint: Endpoint): void
  /** Microseconds since 1970. */
  now(): number
}

/** Told datagrams. Must not keep their memory, nor throw. */
export interface DatagramTap {
  sent(datagram: Uint8Array): void
  received(datagram: Uint8Array): void
}
