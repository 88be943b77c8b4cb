// Pure: a textual IP address as the 4 or 16 bytes it stands for, in network order.

import { parseAddress } from '../steering/address.js'

/** The bytes of an address, 4 for IPv4 and for IPv4-mapped IPv6, else 16; undefined when `ip` is none. */
export function ipBytes(ip: string): Uint8Array | undefined {
  const address = parseAddress(ip)
  if (address === undefined) return undefined
  return Buffer.from(address.from.toString(16).padStart(address.family === 4 ? 8 : 32, '0'), 'hex')
}

/** The 16 bytes of `::ffff:a.b.c.d` for the 4 bytes of `a.b.c.d` (RFC 4291 section 2.5.5.2). */
export function mappedBytes(ipv4: Uint8Array): Uint8Array {
  return Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...ipv4)
}
