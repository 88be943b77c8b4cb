/** One capture that runs: a file, and what of flows and datagrams is written there as packets. */

import type { Endpoint } from '../steering/flow.js'
import type { CaptureWriter } from './capture-writer.js'
import type { UdpPacket } from './packet.js'
import { type PacketAddresses, packetAddresses } from './packet-addresses.js'
import type { ConversationFacts } from './tapped-conversation.js'
import { TcpConversation } from './tcp-conversation.js'

/** What it is made of. */
export interface PacketCaptureParts {
  readonly writer: CaptureWriter
  /** Names of the file's interfaces, in their order. */
  readonly interfaces: readonly string[]
  /** Microseconds since 1970. */
  readonly now: () => number
  /** Uniform in [0, 2^32): initial sequence numbers. */
  readonly random32: () => number
}

/** A datagram: which interface it passes, between whom, and whether it leaves. */
export interface DatagramFacts {
  readonly interfaceName: string
  readonly from: Endpoint
  readonly to: Endpoint
  readonly outbound: boolean
  readonly comment?: string
}

/** The capture. */
export class PacketCapture {
  readonly #parts: PacketCaptureParts

  constructor(parts: PacketCaptureParts) {
    this.#parts = parts
  }

  /** Microseconds since 1970. */
  now(): number {
    return this.#parts.now()
  }

  /** A conversation in it, to be begun or joined. */
  conversation({ interfaceName, client, server, comment }: ConversationFacts): TcpConversation {
    const { writer, random32 } = this.#parts
    const interfaceId = this.#interfaceId(interfaceName)
    const initial = { client: random32(), server: random32() }
    return new TcpConversation({ writer, interfaceId, client, server, initial, comment: comment() })
  }

  /** A datagram as it was. */
  datagram(facts: DatagramFacts, payload: Uint8Array): void {
    this.#parts.writer.udp(this.#packet(facts, payload))
  }

  /** A datagram of which only the addresses are known, and the answer that nobody listens. */
  refusedDatagram(facts: DatagramFacts): void {
    const { writer, now } = this.#parts
    const packet = this.#packet(facts, NOTHING)
    writer.udp(packet)
    writer.icmpUnreachable(packet, 'port', now())
  }

  /** TLS secrets, ahead of the packets they open. */
  secrets(keyLogText: string): void {
    this.#parts.writer.secrets(keyLogText)
  }

  #packet({ interfaceName, from, to, outbound, comment }: DatagramFacts, payload: Uint8Array): UdpPacket {
    const addresses: PacketAddresses = packetAddresses(from, to)
    return { interfaceId: this.#interfaceId(interfaceName), atUs: this.now(), outbound, addresses, comment, payload }
  }

  #interfaceId(name: string): number {
    return Math.max(0, this.#parts.interfaces.indexOf(name))
  }
}

const NOTHING = new Uint8Array(0)
