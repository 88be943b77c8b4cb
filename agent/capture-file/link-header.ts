// Pure: the Ethernet header that packets have in a capture file. LINKTYPE_RAW would do without, but libpcap reads no pcapng
// file with several interfaces of it: it compares its own number for the first one's with the file's for the next one's.

import type { BlockMemory } from './block-memory.js'

/** Link type of frames that begin with an Ethernet header (tcpdump.org/linktypes.html). */
export const LINKTYPE_ETHERNET = 1

/** Destination, source, type. */
export const LINK_HEADER_BYTES = 14

/** What both addresses begin with, 02:00:00:00:00: given by nobody but us (the bit "locally administered"). */
const LOCAL = 0x0200_0000
/** What they end with: ours is the program whose traffic is captured, or the agent. */
const OURS = 1
const THEIRS = 2

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const

/** Writes the header at `at`, ahead of an IP packet that is there already. */
export function writeLinkHeader({ bytes, view }: BlockMemory, at: number, outbound: boolean): void {
  const isIpv6 = bytes[at + LINK_HEADER_BYTES]! >> 4 === 6
  view.setUint32(at, LOCAL)
  view.setUint32(at + 4, ((outbound ? THEIRS : OURS) << 16) | (LOCAL >>> 16))
  view.setUint32(at + 8, outbound ? OURS : THEIRS)
  view.setUint16(at + 12, isIpv6 ? ETHERTYPE.ipv6 : ETHERTYPE.ipv4)
}

/** Bytes ahead of the IP packet in a frame of that link type: none where it begins with it (LINKTYPE_RAW). */
export function linkHeaderBytes(linkType: number): number {
  return linkType === LINKTYPE_ETHERNET ? LINK_HEADER_BYTES : 0
}
