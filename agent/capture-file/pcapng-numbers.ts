// Pure: the numbers of pcapng that both writing and reading take (IETF draft-ietf-opsawg-pcapng, sections 3 and 4).

/** Types of blocks. */
export const BLOCK = {
  section: 0x0a0d_0d0a,
  interface: 1,
  statistics: 5,
  packet: 6,
  secrets: 10,
} as const

/** In the section header, as it reads in the byte order that we write. */
export const BYTE_ORDER_MAGIC = 0x1a2b_3c4d

/** Codes of options. 1 and 0 mean the same in every block. */
export const OPTION = {
  end: 0,
  comment: 1,
  sectionOs: 3,
  sectionApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  interfaceTimeUnit: 9,
  packetFlags: 2,
  statisticsReceived: 4,
  statisticsDropped: 5,
} as const

/** Secrets in the NSS key log format ("TLSK"). */
export const TLS_KEY_LOG = 0x544c_534b

/** Low two bits of a packet's flags. */
export const DIRECTION = { unknown: 0, inbound: 1, outbound: 2 } as const

/** Every block and option is padded to a multiple of 4 bytes. */
export function padded(bytes: number): number {
  return (bytes + 3) & ~3
}
