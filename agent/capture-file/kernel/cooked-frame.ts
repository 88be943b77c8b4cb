// Pure: the link headers that Linux gives frames of the interface `any` ("cooked"), versions 1 and 2.
// Fields: https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL.html and LINKTYPE_LINUX_SLL2.html.

/** LINKTYPE values of the two versions. */
export const COOKED = { v1: 113, v2: 276 } as const

/** Longest of the two headers, in bytes. */
export const COOKED_HEADER_BYTES = 20

const ETHERTYPE = { ipv4: 0x0800, ipv6: 0x86dd } as const
const ARPHRD_LOOPBACK = 772
const OUTGOING = 4

/**
 * The IP packet in a frame; undefined when it holds none, or is the first of the two sights of a packet on loopback, as
 * it leaves and as it arrives. libpcap itself leaves that one out; this is for those that do not.
 */
export function ipInCooked(linkType: number, frame: Buffer): Buffer | undefined {
  const isV2 = linkType === COOKED.v2
  const headerBytes = isV2 ? COOKED_HEADER_BYTES : 16
  if (frame.length < headerBytes) return undefined
  const protocol = frame.readUInt16BE(isV2 ? 0 : 14)
  if (protocol !== ETHERTYPE.ipv4 && protocol !== ETHERTYPE.ipv6) return undefined
  const isLoopback = frame.readUInt16BE(isV2 ? 8 : 2) === ARPHRD_LOOPBACK
  const direction = isV2 ? frame[10] : frame.readUInt16BE(0)
  return isLoopback && direction === OUTGOING ? undefined : frame.subarray(headerBytes)
}
