// Pure: which packets of this machine are the agent's own: those of its sockets, and nothing else. The mock gateway runs
// here too, and its packets hold what the tunnel hides.
//
// A packet may be read before the agent knows that the connection is its own: TCP of unknown pairs waits, in order per
// pair, so that the connection's SYN is there. What stays unknown is somebody else's.

import type { Endpoint } from '../../steering/flow.js'
import type { IpPacket } from '../ip-packet.js'
import { TCP_FLAG } from '../packet.js'

/** Where the agent's own packets are known by, and go to. */
export interface OwnPacketsOptions {
  /** Whether a socket of the agent's talks so, the tunnel's included, or did until lately; asked for each packet. */
  readonly sockets: { has(local: Endpoint, remote: Endpoint): boolean }
  /** Bytes of an IP packet that are kept. */
  readonly snapLength: number
  /** Takes one of the agent's packets; `ipPacket` holds until it returns. */
  readonly packet: (atUs: number, ipPacket: Uint8Array, originalLength: number, outbound: boolean) => void
}

/** How long packets of an unknown pair wait, ms, and how many bytes of memory: of all pairs, and of one. */
export const UNKNOWN_PAIRS = { waitMs: 2000, mostBytes: 8 * 1024 * 1024, mostBytesEach: 1024 * 1024 } as const

/** What a packet costs that waits, beside its bytes. */
const PACKET_COST_BYTES = 300

/** Pairs remembered as somebody else's; then all are forgotten, and wait once more. */
const REMEMBERED_PAIRS = 10_000

/** A packet that waits. */
interface Waiting {
  readonly source: Endpoint
  readonly destination: Endpoint
  readonly atUs: number
  readonly bytes: Uint8Array
  readonly originalLength: number
}

interface UnknownPair {
  readonly sinceMs: number
  readonly packets: Waiting[]
  bytes: number
}

/** Sorts packets. Times are `nowMs` of one clock that never goes back. */
export class OwnPackets {
  readonly #options: OwnPacketsOptions
  /** Oldest first. */
  readonly #unknown = new Map<string, UnknownPair>()
  readonly #foreign = new Set<string>()
  #waitingBytes = 0

  constructor(options: OwnPacketsOptions) {
    this.#options = options
  }

  /** Bytes of memory that what waits takes. */
  get waitingBytes(): number {
    return this.#waitingBytes
  }

  /** Takes a packet: what was read of it, and its bytes from the IP header on. */
  take(read: IpPacket, atUs: number, bytes: Uint8Array, originalLength: number, nowMs: number): void {
    const packet = {
      source: { ip: read.source, port: read.sourcePort },
      destination: { ip: read.destination, port: read.destinationPort },
      atUs,
      bytes: bytes.subarray(0, this.#options.snapLength),
      originalLength,
    }
    const isOwn = this.#isOwn(packet)
    if (isOwn && this.#unknown.size === 0) return this.#handOn(packet)
    const pair = pairOf(packet)
    const waiting = this.#unknown.get(pair)
    if (isOwn) {
      if (waiting !== undefined) this.#release(pair, waiting)
      return this.#handOn(packet)
    }
    if (read.tcp === undefined) return
    const isNew = (read.tcp.flags & (TCP_FLAG.syn | TCP_FLAG.ack)) === TCP_FLAG.syn
    if (isNew) this.#foreign.delete(pair)
    else if (this.#foreign.has(pair)) return
    this.#wait(pair, waiting ?? { sinceMs: nowMs, packets: [], bytes: 0 }, packet)
  }

  /** Looks again at what waits: to be called a few times a second. */
  lookAgain(nowMs: number): void {
    for (const [pair, unknown] of this.#unknown) {
      const [first] = unknown.packets
      if (first !== undefined && this.#isOwn(first)) this.#release(pair, unknown)
      else if (nowMs - unknown.sinceMs >= UNKNOWN_PAIRS.waitMs) this.#giveUp(pair, unknown)
    }
  }

  #isOwn({ source, destination }: Waiting): boolean {
    const { sockets } = this.#options
    return sockets.has(source, destination) || sockets.has(destination, source)
  }

  #handOn({ source, destination, atUs, bytes, originalLength }: Waiting): void {
    const { sockets, packet } = this.#options
    packet(atUs, bytes, originalLength, sockets.has(source, destination))
  }

  #wait(pair: string, unknown: UnknownPair, packet: Waiting): void {
    // Not slice(): of a Buffer it is a view.
    const bytes = new Uint8Array(packet.bytes)
    this.#unknown.set(pair, unknown)
    unknown.packets.push({ ...packet, bytes })
    unknown.bytes += bytes.length + PACKET_COST_BYTES
    this.#waitingBytes += bytes.length + PACKET_COST_BYTES
    if (unknown.bytes > UNKNOWN_PAIRS.mostBytesEach) this.#giveUp(pair, unknown)
    for (const [oldest, given] of this.#unknown) {
      if (this.#waitingBytes <= UNKNOWN_PAIRS.mostBytes) break
      this.#giveUp(oldest, given)
    }
  }

  #release(pair: string, unknown: UnknownPair): void {
    this.#forget(pair, unknown)
    for (const packet of unknown.packets) this.#handOn(packet)
  }

  #giveUp(pair: string, unknown: UnknownPair): void {
    this.#forget(pair, unknown)
    if (this.#foreign.size >= REMEMBERED_PAIRS) this.#foreign.clear()
    this.#foreign.add(pair)
  }

  #forget(pair: string, unknown: UnknownPair): void {
    this.#unknown.delete(pair)
    this.#waitingBytes -= unknown.bytes
  }
}

/** One name for both directions. */
function pairOf({ source, destination }: Waiting): string {
  const one = `${source.ip} ${source.port}`
  const other = `${destination.ip} ${destination.port}`
  return one < other ? `${one} ${other}` : `${other} ${one}`
}
