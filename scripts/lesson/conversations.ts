// Pure: the TCP conversations of a capture: who began, what each side sent, and what can be seen of it.

import { type IpPacket, readIpPacket } from '../../agent/capture-file/ip-packet.js'
import { TCP_FLAG } from '../../agent/capture-file/packet.js'
import type { CapturedPacket } from '../../agent/capture-file/pcapng-reader.js'
import { authority } from '../../agent/steering/address.js'
import { parseClientHello } from '../../agent/steering/client-hello.js'
import type { Endpoint } from '../../agent/steering/flow.js'

/** A packet, read. */
export interface SeenPacket {
  /** Microseconds since 1970. */
  readonly atUs: number
  readonly comment: string
  readonly ip: IpPacket
}

/** One segment of a conversation. */
export interface Segment {
  readonly atUs: number
  readonly fromClient: boolean
  /** Of `TCP_FLAG`. */
  readonly flags: number
  /** What of it was not sent before. */
  readonly payload: Uint8Array
}

/** A conversation. */
export interface Conversation {
  readonly client: Endpoint
  readonly server: Endpoint
  /** Of its first packet. */
  readonly comment: string
  readonly segments: readonly Segment[]
  /** All that each side sent, in order, as far as the capture has it. */
  readonly sent: Buffer
  readonly received: Buffer
  /** The host that its first bytes name in the clear, '' for none. */
  readonly sni: string
}

/** The IP packets of a capture in its order; what cannot be read is left out. */
export function packetsOf(packets: readonly CapturedPacket[]): readonly SeenPacket[] {
  return packets.flatMap(({ atUs, comment, bytes }) => {
    const ip = readIpPacket(bytes)
    return ip === undefined ? [] : [{ atUs, comment, ip }]
  })
}

/** The TCP conversations among packets, in the order they began. */
export function conversationsOf(packets: readonly SeenPacket[]): readonly Conversation[] {
  const building = new Map<string, Building>()
  const all: Building[] = []
  for (const packet of packets) {
    const { ip } = packet
    if (ip.tcp === undefined) continue
    const key = [authority(sourceOf(ip)), authority(destinationOf(ip))].toSorted().join(' ')
    const begins = (ip.tcp.flags & TCP_FLAG.syn) !== 0 && (ip.tcp.flags & TCP_FLAG.ack) === 0
    let one = building.get(key)
    if (one === undefined || (begins && one.segments.length > 0)) {
      one = new Building(packet)
      building.set(key, one)
      all.push(one)
    }
    one.add(packet)
  }
  return all.map((one) => one.done())
}

function sourceOf(ip: IpPacket): Endpoint {
  return { ip: ip.source, port: ip.sourcePort }
}

function destinationOf(ip: IpPacket): Endpoint {
  return { ip: ip.destination, port: ip.destinationPort }
}

/** A conversation while its packets are read. Who is seen first is the client, unless it answers. */
class Building {
  readonly segments: Segment[] = []
  readonly #client: Endpoint
  readonly #server: Endpoint
  readonly #comment: string
  /** The sequence number that each side goes on with. */
  readonly #next = new Map<boolean, number>()

  constructor({ ip, comment }: SeenPacket) {
    const answers = (ip.tcp!.flags & TCP_FLAG.syn) !== 0 && (ip.tcp!.flags & TCP_FLAG.ack) !== 0
    this.#client = answers ? destinationOf(ip) : sourceOf(ip)
    this.#server = answers ? sourceOf(ip) : destinationOf(ip)
    this.#comment = comment
  }

  add({ atUs, ip }: SeenPacket): void {
    const { seq, flags } = ip.tcp!
    const fromClient = ip.source === this.#client.ip && ip.sourcePort === this.#client.port
    const begin = flags & TCP_FLAG.syn ? (seq + 1) >>> 0 : seq
    const next = this.#next.get(fromClient) ?? begin
    // What was sent again is cut off; the difference counts modulo 2^32.
    const known = (next - begin) | 0
    const payload = ip.payload.subarray(Math.max(0, Math.min(known, ip.payload.length)))
    if (payload.length > 0 || next === begin) this.#next.set(fromClient, (begin + ip.payload.length) >>> 0)
    this.segments.push({ atUs, fromClient, flags, payload })
  }

  done(): Conversation {
    const bytesOf = (fromClient: boolean): Buffer =>
      Buffer.concat(this.segments.filter((one) => one.fromClient === fromClient).map(({ payload }) => payload))
    const sent = bytesOf(true)
    const hello = parseClientHello(sent)
    return {
      client: this.#client,
      server: this.#server,
      comment: this.#comment,
      segments: this.segments,
      sent,
      received: bytesOf(false),
      sni: typeof hello === 'string' ? '' : hello.sni,
    }
  }
}
