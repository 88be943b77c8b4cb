// Pure: IP packets written into memory with their checksums right: TCP segments, UDP datagrams, and the ICMP message that
// refuses a datagram. Headers are those of RFC 791, 8200, 9293, 768, 792 and 4443.

import type { BlockMemory } from './block-memory.js'
import { checksumOf, sumOf, swapped } from './internet-checksum.js'
import type { TcpPacket, UdpPacket, UnreachableReason } from './packet.js'
import type { PacketAddresses } from './packet-addresses.js'

const TCP = 6
const UDP = 17
const ICMP = 1
const ICMPV6 = 58

const TCP_BYTES = 20
const UDP_BYTES = 8
const ICMP_BYTES = 8

/** How much of the refused packet an ICMP error quotes: the error is 576 bytes at most (RFC 1812 section 4.3.2.3), or 1,280 (RFC 4443 section 2.4). */
const MOST_ICMP_BYTES = { 4: 576, 6: 1280 } as const

/** ICMP types and codes (RFC 792, RFC 1812 section 5.2.7.1; RFC 4443 section 3.1), as they begin the message. */
const UNREACHABLE = {
  4: { port: 0x0303_0000, prohibited: 0x030d_0000 },
  6: { port: 0x0104_0000, prohibited: 0x0101_0000 },
} as const

/** Don't fragment, and so no identification (RFC 6864 section 4.1). */
const DONT_FRAGMENT = 0x4000
const HOPS = 64

/** Longest IPv4 packet; longer IPv6 ones need an extension that nobody uses. */
export const MOST_PACKET_BYTES = 65_535

/** Bytes of an IP header without options. */
export function ipHeaderBytes(family: 4 | 6): number {
  return family === 4 ? 20 : 40
}

/** Length of a segment with all its headers, bytes. */
export function tcpPacketBytes({ addresses, options, begin, end }: TcpPacket): number {
  return ipHeaderBytes(addresses.family) + TCP_BYTES + options.length + end - begin
}

/** Length of a datagram with all its headers, bytes. */
export function udpPacketBytes({ addresses, payload }: UdpPacket): number {
  return ipHeaderBytes(addresses.family) + UDP_BYTES + payload.length
}

/** Length of the ICMP message that refuses a datagram, bytes. */
export function unreachableBytes(refused: UdpPacket): number {
  return Math.min(unreachableRoom(refused), MOST_ICMP_BYTES[refused.addresses.family])
}

/** What writing it takes, bytes: the datagram that it quotes is written whole. */
export function unreachableRoom(refused: UdpPacket): number {
  return ipHeaderBytes(refused.addresses.family) + ICMP_BYTES + udpPacketBytes(refused)
}

/** Writes a segment of `tcpPacketBytes` at `at`. */
export function writeTcp(memory: BlockMemory, at: number, packet: TcpPacket): void {
  const { addresses, options, payload, begin, end } = packet
  const { bytes, view } = memory
  const length = TCP_BYTES + options.length + end - begin
  writeIpHeader(memory, at, addresses, TCP, length)
  const tcp = at + ipHeaderBytes(addresses.family)
  const header = TCP_BYTES + options.length
  view.setUint16(tcp, addresses.sourcePort)
  view.setUint16(tcp + 2, addresses.destinationPort)
  view.setUint32(tcp + 4, packet.seq)
  view.setUint32(tcp + 8, packet.ack)
  view.setUint16(tcp + 12, (header << 10) | packet.flags)
  view.setUint16(tcp + 14, packet.window)
  view.setUint32(tcp + 16, 0)
  if (options.length > 0) bytes.set(options, tcp + TCP_BYTES)
  if (end > begin)
    bytes.set(begin === 0 && end === payload.length ? payload : payload.subarray(begin, end), tcp + header)
  view.setUint16(
    tcp + 16,
    checksumOf(sumOf(view, tcp, tcp + length) + pseudoSum(view, tcp, addresses, TCP, length)),
    true,
  )
}

/** Writes a datagram of `udpPacketBytes` at `at`. */
export function writeUdp(memory: BlockMemory, at: number, { addresses, payload }: UdpPacket): void {
  const { bytes, view } = memory
  const length = UDP_BYTES + payload.length
  writeIpHeader(memory, at, addresses, UDP, length)
  const udp = at + ipHeaderBytes(addresses.family)
  view.setUint16(udp, addresses.sourcePort)
  view.setUint16(udp + 2, addresses.destinationPort)
  view.setUint32(udp + 4, length << 16)
  bytes.set(payload, udp + UDP_BYTES)
  const sum = sumOf(view, udp, udp + length) + pseudoSum(view, udp, addresses, UDP, length)
  // 0 would say that there is no checksum (RFC 768).
  view.setUint16(udp + 6, checksumOf(sum) || 0xffff, true)
}

/**
 * Writes the ICMP message of `unreachableBytes` at `at`: from where the datagram was sent to, quoting it. Memory behind it
 * is written over, as far as the whole datagram would reach (`unreachableRoom`).
 */
export function writeUnreachable(memory: BlockMemory, at: number, refused: UdpPacket, reason: UnreachableReason): void {
  const { view } = memory
  const addresses = reverse(refused.addresses)
  const { family } = addresses
  const protocol = family === 4 ? ICMP : ICMPV6
  const length = unreachableBytes(refused) - ipHeaderBytes(family)
  writeIpHeader(memory, at, addresses, protocol, length)
  const icmp = at + ipHeaderBytes(family)
  writeUdp(memory, icmp + ICMP_BYTES, refused)
  view.setUint32(icmp, UNREACHABLE[family][reason])
  view.setUint32(icmp + 4, 0)
  const pseudo = family === 4 ? 0 : pseudoSum(view, icmp, addresses, protocol, length)
  view.setUint16(icmp + 2, checksumOf(sumOf(view, icmp, icmp + length) + pseudo), true)
}

function writeIpHeader(
  { bytes, view }: BlockMemory,
  at: number,
  addresses: PacketAddresses,
  protocol: number,
  length: number,
): void {
  if (addresses.family === 4) {
    view.setUint32(at, 0x4500_0000 | (length + 20))
    view.setUint32(at + 4, DONT_FRAGMENT)
    view.setUint32(at + 8, (HOPS << 24) | (protocol << 16))
    bytes.set(addresses.bytes, at + 12)
    view.setUint16(at + 10, checksumOf(sumOf(view, at, at + 20)), true)
  } else {
    view.setUint32(at, 0x6000_0000)
    view.setUint32(at + 4, (length << 16) | (protocol << 8) | HOPS)
    bytes.set(addresses.bytes, at + 8)
  }
}

/** What the pseudo header adds: the addresses right ahead of the payload at `at`, protocol and length. */
function pseudoSum(view: DataView, at: number, addresses: PacketAddresses, protocol: number, length: number): number {
  return sumOf(view, at - addresses.bytes.length, at) + swapped(protocol) + swapped(length)
}

function reverse({ family, bytes, sourcePort, destinationPort }: PacketAddresses): PacketAddresses {
  const half = bytes.length / 2
  const back = new Uint8Array(bytes.length)
  back.set(bytes.subarray(half))
  back.set(bytes.subarray(0, half), half)
  return { family, bytes: back, sourcePort: destinationPort, destinationPort: sourcePort }
}
