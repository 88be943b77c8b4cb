// Pure: a TCP connection rebuilt from what was relayed, as a wire without loss would have shown it: handshake, segments, an
// acknowledgement as soon as there is something to acknowledge, FIN or RST.

import type { Endpoint } from '../steering/flow.js'
import type { CaptureWriter } from './capture-writer.js'
import { TCP_FLAG, type TcpPacket } from './packet.js'
import { type PacketAddresses, packetAddresses } from './packet-addresses.js'
import { ipHeaderBytes } from './write-ip.js'

/** A side of a connection. */
export type TcpSide = 'client' | 'server'

/** What a conversation begins with. */
export interface ConversationOptions {
  readonly writer: Pick<CaptureWriter, 'tcp'>
  readonly interfaceId: number
  readonly client: Endpoint
  readonly server: Endpoint
  /** Initial sequence numbers, below 2^32. */
  readonly initial: { readonly client: number; readonly server: number }
  /** Stands with the first packet. */
  readonly comment: string
  /** Longest IP packet, bytes, 68 to 65,535; 1500 when left out. */
  readonly mtu?: number | undefined
}

/** Ethernet. */
const USUAL_MTU = 1500
const TCP_HEADER_BYTES = 20

/** Both sides' window: 65,535 in the SYN, 8 MiB by its scale (RFC 7323 section 2.2) from then on. */
const WINDOW = 65_535
const WINDOW_SCALE = 7

/** Sent at most before it is acknowledged, bytes, unless one segment is longer: less than any window, so that none is ever full. */
const MOST_IN_FLIGHT = 60_000

const NOTHING = new Uint8Array(0)

/** What one side has sent. */
interface Sender {
  readonly addresses: PacketAddresses
  /** Its next sequence number, below 2^32. */
  next: number
  hasEnded: boolean
}

/**
 * One connection; every `atUs` is in microseconds since 1970. What TCP would not let happen is not written: data of a side
 * that has ended, anything after a reset or after both ends. What was not announced is: data without a handshake is that of
 * a connection older than the capture, data after a SYN means that it was accepted.
 */
export class TcpConversation {
  readonly #writer: Pick<CaptureWriter, 'tcp'>
  readonly #sides: { readonly client: Sender; readonly server: Sender }
  readonly #segmentBytes: number
  readonly #synOptions: Uint8Array
  /** The one packet, changed for each. */
  readonly #packet: TcpPacket
  #state: 'new' | 'asked' | 'open' | 'over' = 'new'

  constructor(options: ConversationOptions) {
    const { writer, interfaceId, client, server, initial, comment, mtu = USUAL_MTU } = options
    const forth = packetAddresses(client, server)
    this.#writer = writer
    this.#sides = {
      client: { addresses: forth, next: initial.client, hasEnded: false },
      server: { addresses: packetAddresses(server, client), next: initial.server, hasEnded: false },
    }
    this.#segmentBytes = mtu - ipHeaderBytes(forth.family) - TCP_HEADER_BYTES
    this.#synOptions = synOptions(this.#segmentBytes)
    const empty = { options: NOTHING, payload: NOTHING, begin: 0, end: 0 }
    const numbers = { flags: 0, seq: 0, ack: 0, window: WINDOW }
    this.#packet = { interfaceId, atUs: 0, outbound: true, addresses: forth, comment, ...numbers, ...empty }
  }

  /** SYN. */
  begin(atUs: number): void {
    if (this.#state !== 'new') return
    this.#state = 'asked'
    this.#packet.options = this.#synOptions
    this.#send('client', TCP_FLAG.syn, atUs)
    this.#packet.options = NOTHING
  }

  /** SYN-ACK and ACK. */
  accepted(atUs: number): void {
    if (this.#state !== 'asked') return
    this.#state = 'open'
    this.#packet.options = this.#synOptions
    this.#send('server', TCP_FLAG.syn | TCP_FLAG.ack, atUs)
    this.#packet.options = NOTHING
    this.#send('client', TCP_FLAG.ack, atUs)
  }

  /** RST to the SYN. */
  refused(atUs: number): void {
    if (this.#state === 'asked') this.reset('server', atUs)
  }

  /** The connection is older than the capture: no handshake. These sides have ended already. */
  midway(ended: readonly TcpSide[] = []): void {
    if (this.#state !== 'new') return
    this.#state = 'open'
    for (const side of ended) this.#sides[side].hasEnded = true
    // Their SYNs were sent long ago.
    const { client, server } = this.#sides
    client.next = (client.next + 1) >>> 0
    server.next = (server.next + 1) >>> 0
  }

  /** Bytes of one side in segments, and the acknowledgement of the other. */
  data(from: TcpSide, bytes: Uint8Array, atUs: number): void {
    if (bytes.length === 0 || !this.#maySend(from, atUs)) return
    const packet = this.#packet
    packet.payload = bytes
    let acknowledged = 0
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(at + this.#segmentBytes, bytes.length)
      packet.begin = at
      packet.end = end
      this.#send(from, end === bytes.length ? TCP_FLAG.psh | TCP_FLAG.ack : TCP_FLAG.ack, atUs)
      at = end
      if (at === bytes.length || at + this.#segmentBytes - acknowledged > MOST_IN_FLIGHT) {
        this.#acknowledge(from, atUs)
        acknowledged = at
      }
    }
    // Nobody keeps what was relayed.
    packet.payload = NOTHING
  }

  /** FIN, acknowledged: the side sends no more. */
  end(from: TcpSide, atUs: number): void {
    if (!this.#maySend(from, atUs)) return
    this.#send(from, TCP_FLAG.fin | TCP_FLAG.ack, atUs)
    this.#acknowledge(from, atUs)
    this.#sides[from].hasEnded = true
    if (this.#sides.client.hasEnded && this.#sides.server.hasEnded) this.#state = 'over'
  }

  /** RST: nothing comes after it. */
  reset(from: TcpSide, atUs: number): void {
    this.midway()
    if (this.#state === 'over') return
    const isRefusal = this.#state === 'asked' && from === 'server'
    // A refusal has no number of its own; who takes back a SYN has nothing to acknowledge (RFC 9293 section 3.5.2).
    if (isRefusal) this.#sides.server.next = 0
    const flags = this.#state === 'open' || isRefusal ? TCP_FLAG.rst | TCP_FLAG.ack : TCP_FLAG.rst
    this.#packet.window = 0
    this.#send(from, flags, atUs)
    this.#state = 'over'
  }

  /** Whether the side may send; the connection stands from now on. */
  #maySend(from: TcpSide, atUs: number): boolean {
    this.midway()
    this.accepted(atUs)
    return this.#state === 'open' && !this.#sides[from].hasEnded
  }

  #acknowledge(sender: TcpSide, atUs: number): void {
    this.#packet.begin = 0
    this.#packet.end = 0
    this.#send(sender === 'client' ? 'server' : 'client', TCP_FLAG.ack, atUs)
  }

  #send(from: TcpSide, flags: number, atUs: number): void {
    const packet = this.#packet
    const { client, server } = this.#sides
    const [sender, receiver] = from === 'client' ? [client, server] : [server, client]
    packet.atUs = atUs
    packet.outbound = from === 'client'
    packet.addresses = sender.addresses
    packet.flags = flags
    packet.seq = sender.next
    packet.ack = (flags & TCP_FLAG.ack) === 0 ? 0 : receiver.next
    this.#writer.tcp(packet)
    packet.comment = undefined
    // SYN and FIN count as a byte each.
    const counted = packet.end - packet.begin + ((flags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0 ? 0 : 1)
    sender.next = (sender.next + counted) >>> 0
  }
}

/** Largest segment, selective acknowledgements, window scale (RFC 9293 section 3.2, RFC 2018, RFC 7323), with two NOPs. */
function synOptions(segmentBytes: number): Uint8Array {
  return Uint8Array.of(2, 4, segmentBytes >> 8, segmentBytes & 0xff, 1, 1, 4, 2, 1, 3, 3, WINDOW_SCALE)
}
