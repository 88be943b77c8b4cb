// Pure: what an IP packet says of itself: between whom, which protocol, TCP's numbers, and the payload.

import { canonicalAddress } from '../steering/address.js'

/** TCP's part of a packet; `flags` are of `TCP_FLAG`. */
export interface TcpNumbers {
  readonly seq: number
  readonly ack: number
  readonly flags: number
  /** As it stands in the header, not scaled. */
  readonly window: number
}

/** One IP packet, in short. */
export interface IpPacket {
  readonly family: 4 | 6
  /** Textual addresses as sockets have them. */
  readonly source: string
  readonly destination: string
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'other'
  /** 0 where there is none. */
  readonly sourcePort: number
  readonly destinationPort: number
  /** Of a TCP segment. */
  readonly tcp?: TcpNumbers
  /** A view of what is behind the last header that is read here, as far as it was captured. */
  readonly payload: Uint8Array
}

const TCP = 6
const UDP = 17
const ICMP = 1
const ICMPV6 = 58
const FRAGMENT = 44

/** IPv6 extension headers that are 8 bytes long and as many times 8 more as they say (RFC 8200 section 4): hop-by-hop, routing, destination. */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60])

const IPV4_BYTES = 20
const IPV6_BYTES = 40
const TCP_BYTES = 20
const UDP_BYTES = 8
const FRAGMENT_BYTES = 8

/** What an IP header leads to. */
interface Carried {
  readonly family: 4 | 6
  readonly protocol: number
  /** A later fragment begins in the middle of what is carried: it has no header of it. */
  readonly isLaterFragment: boolean
  readonly content: Uint8Array
}

/** Reads a packet that begins with an IP header; undefined when it is none, or was cut within its headers. */
export function readIpPacket(bytes: Uint8Array): IpPacket | undefined {
  const version = (bytes[0] ?? 0) >> 4
  const carried = version === 4 ? readIpv4(bytes) : version === 6 ? readIpv6(bytes) : undefined
  if (carried === undefined) return undefined
  const { family, protocol, isLaterFragment, content } = carried
  const addresses =
    family === 4
      ? { family, source: bytes.subarray(12, 16).join('.'), destination: bytes.subarray(16, 20).join('.') }
      : { family, source: ipv6Text(bytes.subarray(8, 24)), destination: ipv6Text(bytes.subarray(24, 40)) }
  if (!isLaterFragment && protocol === TCP) return withTcp(addresses, content)
  if (!isLaterFragment && protocol === UDP) return withUdp(addresses, content)
  const isIcmp = protocol === (family === 4 ? ICMP : ICMPV6)
  return { ...addresses, protocol: isIcmp ? 'icmp' : 'other', sourcePort: 0, destinationPort: 0, payload: content }
}

type Addresses = Pick<IpPacket, 'family' | 'source' | 'destination'>

function withTcp(addresses: Addresses, content: Uint8Array): IpPacket | undefined {
  if (content.length < TCP_BYTES) return undefined
  const view = viewOf(content)
  const headerBytes = (content[12]! >> 4) * 4
  if (headerBytes < TCP_BYTES) return undefined
  return {
    ...addresses,
    protocol: 'tcp',
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    tcp: { seq: view.getUint32(4), ack: view.getUint32(8), flags: content[13]!, window: view.getUint16(14) },
    payload: content.subarray(headerBytes),
  }
}

function withUdp(addresses: Addresses, content: Uint8Array): IpPacket | undefined {
  if (content.length < UDP_BYTES) return undefined
  const view = viewOf(content)
  return {
    ...addresses,
    protocol: 'udp',
    sourcePort: view.getUint16(0),
    destinationPort: view.getUint16(2),
    payload: content.subarray(UDP_BYTES),
  }
}

function readIpv4(bytes: Uint8Array): Carried | undefined {
  if (bytes.length < IPV4_BYTES) return undefined
  const view = viewOf(bytes)
  const headerBytes = (bytes[0]! & 0x0f) * 4
  if (headerBytes < IPV4_BYTES || bytes.length < headerBytes) return undefined
  // A captured packet that the network card has yet to cut into segments can have the length 0.
  const end = view.getUint16(2) || bytes.length
  const isLaterFragment = (view.getUint16(6) & 0x1fff) !== 0
  return { family: 4, protocol: bytes[9]!, isLaterFragment, content: bytes.subarray(headerBytes, end) }
}

function readIpv6(bytes: Uint8Array): Carried | undefined {
  if (bytes.length < IPV6_BYTES) return undefined
  const view = viewOf(bytes)
  const length = view.getUint16(4)
  const end = length === 0 ? bytes.length : IPV6_BYTES + length
  let protocol = bytes[6]!
  let isLaterFragment = false
  let at = IPV6_BYTES
  while (EXTENSIONS.has(protocol) || protocol === FRAGMENT) {
    if (at + FRAGMENT_BYTES > bytes.length) return undefined
    if (protocol === FRAGMENT) isLaterFragment ||= view.getUint16(at + 2) >> 3 !== 0
    const headerBytes = protocol === FRAGMENT ? FRAGMENT_BYTES : 8 * (bytes[at + 1]! + 1)
    protocol = bytes[at]!
    at += headerBytes
    // What follows a later fragment's header is in the first.
    if (isLaterFragment) break
  }
  if (at > bytes.length) return undefined
  return { family: 6, protocol, isLaterFragment, content: bytes.subarray(at, Math.max(at, end)) }
}

function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16))
  return canonicalAddress(groups.join(':'))
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
