// Pure: between whom packets go, read once per conversation: the addresses as the bytes that IP headers have.

import { parseAddress } from '../steering/address.js'
import type { Endpoint } from '../steering/flow.js'

/** One direction of a conversation. */
export interface PacketAddresses {
  readonly family: 4 | 6
  /** Source and destination one behind the other, as in both IP headers: 4 bytes each, or 16. */
  readonly bytes: Uint8Array
  readonly sourcePort: number
  readonly destinationPort: number
}

/**
 * Addresses of packets from one endpoint to another. Where the families differ, the IPv4 one is written as the IPv6 address
 * that stands for it; what is no address ('' of a flow of which only a name is known) is the unspecified one.
 */
export function packetAddresses(source: Endpoint, destination: Endpoint): PacketAddresses {
  const from = parseAddress(source.ip)
  const to = parseAddress(destination.ip)
  const family = from?.family === 6 || to?.family === 6 ? 6 : 4
  const size = family === 4 ? 4 : 16
  const bytes = new Uint8Array(2 * size)
  for (const [address, at] of [
    [from, 0],
    [to, size],
  ] as const) {
    if (address === undefined) continue
    const value = address.family === 4 && family === 6 ? address.from + 0xffff_0000_0000n : address.from
    const digits = value.toString(16).padStart(2 * size, '0')
    for (let i = 0; i < size; i++) bytes[at + i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16)
  }
  return { family, bytes, sourcePort: source.port, destinationPort: destination.port }
}
