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
  /** Addresses of the last conversations, oldest first. */
  readonly #pairs = new Set<string>()

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
    const shownAs = this.#unusedClient(client, server)
    const moved = shownAs === client ? '' : `\nport: shown as ${shownAs.port}; another flow has ${client.port} too`
    const words = comment() + moved
    return new TcpConversation({ writer, interfaceId, client: shownAs, server, initial, comment: words })
  }

  /** The requests of one client of the HTTP proxy are flows of their own and have the client's address all the same. */
  #unusedClient(client: Endpoint, server: Endpoint): Endpoint {
    const pairOf = (port: number) => `${client.ip} ${port} ${server.ip} ${server.port}`
    let { port } = client
    while (this.#pairs.has(pairOf(port))) port = (port % LAST_PORT) + 1
    this.#pairs.add(pairOf(port))
    if (this.#pairs.size > MOST_PAIRS) this.#pairs.delete(this.#pairs.values().next().value!)
    return port === client.port ? client : { ip: client.ip, port }
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

const LAST_PORT = 65_535

/** Conversations whose addresses are remembered: systems use their ports in turn, and come to one again after 28,000. */
const MOST_PAIRS = 10_000
