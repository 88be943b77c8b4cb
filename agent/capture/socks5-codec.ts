// Pure: the bytes of SOCKS5 as a server reads and writes them (RFC 1928): greeting, request, replies. A parser gets
// everything received so far, never more than a greeting (257 bytes) or a request (262 bytes) can be.

import { type FlowTarget, flowTarget } from './flow-target.js'

/** The bytes are wrong or not served: why, and what to answer before closing (empty when it is not SOCKS5 at all). */
export interface SocksRefusal {
  readonly error: string
  readonly reply: Uint8Array
}

/** A complete greeting that offers "no authentication"; `length` is what it took of the bytes. */
export interface SocksGreeting {
  readonly length: number
}

/** A complete CONNECT request; `length` is what it took of the bytes. */
export interface SocksRequest {
  readonly target: FlowTarget
  readonly length: number
}

/** What a parser answers; `need-more` = complete so far, but not yet whole. */
export type Parsed<T> = T | 'need-more' | SocksRefusal

/** Reply codes, RFC 1928 section 6. */
export const REPLY = {
  succeeded: 0x00,
  generalFailure: 0x01,
  notAllowed: 0x02,
  networkUnreachable: 0x03,
  hostUnreachable: 0x04,
  connectionRefused: 0x05,
  ttlExpired: 0x06,
  commandNotSupported: 0x07,
  addressTypeNotSupported: 0x08,
} as const

/** One of the reply codes. */
export type ReplyCode = (typeof REPLY)[keyof typeof REPLY]

const VERSION = 5
const NO_AUTHENTICATION = 0
const NONE_ACCEPTABLE = 0xff
const CONNECT = 1
const IPV4 = 1
const DOMAIN = 3
const IPV6 = 4
const ADDRESS_AT = 4
const NOTHING = new Uint8Array(0)

/** The answer to a good greeting: no authentication. */
export const METHOD_CHOSEN = Uint8Array.of(VERSION, NO_AUTHENTICATION)

/** `VER NMETHODS METHODS` (RFC 1928 section 3). */
export function parseGreeting(bytes: Uint8Array): Parsed<SocksGreeting> {
  const [version, count] = bytes
  if (version === undefined) return 'need-more'
  if (version !== VERSION) return { error: `SOCKS version ${version} is not spoken here`, reply: NOTHING }
  if (count === undefined || bytes.length < 2 + count) return 'need-more'
  if (!bytes.subarray(2, 2 + count).includes(NO_AUTHENTICATION))
    return {
      error: 'the client offers no method without authentication',
      reply: Uint8Array.of(VERSION, NONE_ACCEPTABLE),
    }
  return { length: 2 + count }
}

/** `VER CMD RSV ATYP DST.ADDR DST.PORT` (RFC 1928 section 4); anything but CONNECT is refused with reply 7. */
export function parseRequest(bytes: Uint8Array): Parsed<SocksRequest> {
  const [version, command, , type, firstOfAddress] = bytes
  if (version === undefined) return 'need-more'
  if (version !== VERSION) return refused(REPLY.generalFailure, `a request of SOCKS version ${version}`)
  if (command === undefined) return 'need-more'
  if (command !== CONNECT) return refused(REPLY.commandNotSupported, `command ${command} is not supported`)
  if (type === undefined) return 'need-more'
  if (type !== IPV4 && type !== DOMAIN && type !== IPV6)
    return refused(REPLY.addressTypeNotSupported, `address type ${type} is not supported`)
  if (firstOfAddress === undefined) return 'need-more'
  const addressLength = type === IPV4 ? 4 : type === IPV6 ? 16 : 1 + firstOfAddress
  const portAt = ADDRESS_AT + addressLength
  const length = portAt + 2
  if (bytes.length < length) return 'need-more'
  const target = flowTarget(
    hostText(type, bytes.subarray(ADDRESS_AT, portAt)),
    bytes[portAt]! * 256 + bytes[portAt + 1]!,
  )
  if (target === undefined) return refused(REPLY.hostUnreachable, 'the destination is no host name or has port 0')
  return { target, length }
}

/** A reply; the address our side is bound to is not told (0.0.0.0:0), as nothing uses it for CONNECT. */
export function encodeReply(code: ReplyCode): Uint8Array {
  return Uint8Array.of(VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0)
}

function refused(code: ReplyCode, error: string): SocksRefusal {
  return { error, reply: encodeReply(code) }
}

function hostText(type: typeof IPV4 | typeof DOMAIN | typeof IPV6, address: Uint8Array): string {
  if (type === IPV4) return address.join('.')
  if (type === DOMAIN) return String.fromCharCode(...address.subarray(1))
  return Array.from({ length: 8 }, (_, i) => (address[2 * i]! * 256 + address[2 * i + 1]!).toString(16)).join(':')
}
