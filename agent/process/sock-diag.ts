// Pure: the sock_diag question "which socket has this 4-tuple?" and its answer, as netlink bytes (sock_diag(7),
// <linux/inet_diag.h>). Numbers are in host order, little-endian on every machine Node is built for here; ports and
// addresses are in network order.

import type { OwnedConnection } from './owner.js'

/** AF_INET and AF_INET6 of Linux. */
export const FAMILY = { ipv4: 2, ipv6: 10 } as const

/** One exact look-up. Addresses are 4 bytes for `FAMILY.ipv4`, 16 for `FAMILY.ipv6`. */
export interface SocketQuery {
  readonly family: (typeof FAMILY)[keyof typeof FAMILY]
  readonly transport: OwnedConnection['transport']
  readonly localAddress: Uint8Array
  readonly localPort: number
  readonly remoteAddress: Uint8Array
  readonly remotePort: number
  /** Comes back in the reply, 32 bits: tells it from the late reply to an earlier request. */
  readonly sequence: number
}

/** Length of a request, bytes: netlink header 16, inet_diag_req_v2 56. */
const REQUEST_BYTES = 72

/** A reply has 88 bytes and more: netlink header 16, inet_diag_msg 72, attributes. */
const REPLY_BYTES = 88

const SOCK_DIAG_BY_FAMILY = 20
const NLM_F_REQUEST = 1
const PROTOCOL = { tcp: 6, udp: 17 } as const
const ALL_STATES = 0xffff_ffff
const NO_COOKIE = 0xffff_ffff

/** The 72 bytes of the request. */
export function encodeRequest(query: SocketQuery): Buffer {
  const { family, transport, sequence } = query
  // The kernel looks UDP sockets up as it would for an incoming datagram: their local side is the destination.
  const swapped = transport === 'udp'
  const request = Buffer.alloc(REQUEST_BYTES)
  request.writeUInt32LE(REQUEST_BYTES, 0)
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4)
  request.writeUInt16LE(NLM_F_REQUEST, 6)
  request.writeUInt32LE(sequence, 8)
  request[16] = family
  request[17] = PROTOCOL[transport]
  request.writeUInt32LE(ALL_STATES, 20)
  request.writeUInt16BE(swapped ? query.remotePort : query.localPort, 24)
  request.writeUInt16BE(swapped ? query.localPort : query.remotePort, 26)
  request.set(swapped ? query.remoteAddress : query.localAddress, 28)
  request.set(swapped ? query.localAddress : query.remoteAddress, 44)
  request.writeUInt32LE(NO_COOKIE, 64)
  request.writeUInt32LE(NO_COOKIE, 68)
  return request
}

/**
 * The inode of the socket a reply tells of; 0 for anything else: an error (no such socket), a socket nobody holds open,
 * the reply to another request, a listener (the kernel offers it when the connection is gone), bytes that are no reply.
 */
export function decodeInode(reply: Buffer, query: SocketQuery): number {
  if (reply.length < REPLY_BYTES || reply.readUInt16LE(4) !== SOCK_DIAG_BY_FAMILY) return 0
  if (reply.readUInt32LE(8) !== query.sequence || reply.readUInt16BE(20) !== query.localPort) return 0
  if (query.transport === 'tcp' && reply.readUInt16BE(22) !== query.remotePort) return 0
  return reply.readUInt32LE(84)
}
