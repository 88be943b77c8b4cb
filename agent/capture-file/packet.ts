// Pure: packets as the capture writer takes them. Not readonly: who sends many keeps one object and changes it.

import type { PacketAddresses } from './packet-addresses.js'

/** Bits of the TCP header (RFC 9293 section 3.1). */
export const TCP_FLAG = { fin: 0x01, syn: 0x02, rst: 0x04, psh: 0x08, ack: 0x10 } as const

/** What every packet has. */
interface Packet {
  /** Index in `CaptureWriterOptions.interfaces`. */
  interfaceId: number
  /** Microseconds since 1970, UTC. */
  atUs: number
  /** Whether it leaves the machine, or the program whose traffic is captured. */
  outbound: boolean
  addresses: PacketAddresses
  /** Shown by Wireshark with the packet; pcapng only, at most 65,535 bytes. */
  comment?: string | undefined
}

/** One TCP segment. */
export interface TcpPacket extends Packet {
  /** Of `TCP_FLAG`. */
  flags: number
  /** Below 2^32, as `ack`. */
  seq: number
  ack: number
  /** As it stands in the header, not scaled, below 2^16. */
  window: number
  /** TCP options: a multiple of 4 bytes, at most 40. */
  options: Uint8Array
  /** The segment carries `payload` from `begin` to before `end`. */
  payload: Uint8Array
  begin: number
  end: number
}

/** One UDP datagram. */
export interface UdpPacket extends Packet {
  payload: Uint8Array
}

/** Why a datagram was refused: nobody listens there, or a rule says no. */
export type UnreachableReason = 'port' | 'prohibited'
