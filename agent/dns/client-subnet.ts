// Pure: EDNS client subnet (RFC 7871): the part of a client's address that a resolver passes on, so that it is told what
// is near the client and not what is near the resolver. It is written by dns2 and read by ourselves: dns2 3.1.1 reads
// one byte too many of an IPv6 subnet of an odd number of bytes, such as the usual 56 bits.

import { type EcsOption, Packet } from 'dns2'
import { canonicalAddress, parseAddress, parseAddressRange } from '../steering/address.js'
import { decodeQuery, encodeQuery, TYPE } from './message.js'
import { HEADER_BYTES } from './wire.js'

/** The option of a message. */
export interface ClientSubnet {
  /** The network's address, its host bits 0; IPv6 in eight groups, none left out. */
  readonly ip: string
  /** Bits of the address that are told: up to 32, or 128. */
  readonly prefix: number
  /** Bits of the address that an answer depends on; 0 in a query. */
  readonly scope: number
}

/** Option code, and family, prefix and scope in front of the address (RFC 7871 section 6). */
const OPTION_CODE = 8
const OPTION_HEADER_BYTES = 4

/** Address families (RFC 7871 section 6, IANA address family numbers), and the bytes of their addresses. */
const FAMILY = { ipv4: 1, ipv6: 2 } as const
const ADDRESS_BYTES = new Map<number, number>([
  [FAMILY.ipv4, 4],
  [FAMILY.ipv6, 16],
])

/** Most of an address that a resolver should tell (RFC 7871 section 11.1), bits. */
const USUAL_PREFIX = { 4: 24, 6: 56 } as const

/**
 * A subnet as text: `198.51.100.7/32`, `2001:db8::/48`; without a prefix length 24 bits of an IPv4 address and 56 of an
 * IPv6 address count. Undefined when it is none.
 */
export function parseClientSubnet(text: string): ClientSubnet | undefined {
  const [ip = '', length] = text.split('/')
  const address = parseAddress(ip)
  if (address === undefined) return undefined
  const { family } = address
  const prefix = length ?? String(USUAL_PREFIX[family])
  const network = parseAddressRange(`${textOf(bytesOf(address.from, family))}/${prefix}`)
  return network && { ip: textOf(bytesOf(network.from, family)), prefix: Number(prefix), scope: 0 }
}

/** Address and scope as Google's JSON has them: `198.51.100.0/24`. */
export function scopeText({ ip, scope }: ClientSubnet): string {
  return `${canonicalAddress(ip)}/${scope}`
}

/**
 * The client subnet of a message that is readable and has one question; undefined when there is none, or one of a family
 * nobody knows; `malformed` when it is not as long as it says, or host bits are set (RFC 7871 section 6: FORMERR).
 */
export function clientSubnetOf(message: Buffer): ClientSubnet | 'malformed' | undefined {
  const options = optDataOf(message)
  for (let at = 0; at + 4 <= options.length; ) {
    const end = at + 4 + options.readUInt16BE(at + 2)
    if (options.readUInt16BE(at) === OPTION_CODE) {
      return end <= options.length ? subnetOf(options.subarray(at + 4, end)) : 'malformed'
    }
    at = end
  }
  return undefined
}

/** Puts a client subnet into the OPT record of a message, which gets one if it has none. */
export function addClientSubnet(message: Packet, { ip, prefix, scope }: ClientSubnet): void {
  const family = ip.includes(':') ? FAMILY.ipv6 : FAMILY.ipv4
  const option: EcsOption = {
    ednsCode: OPTION_CODE,
    family,
    sourcePrefixLength: prefix,
    scopePrefixLength: scope,
    ip,
  }
  const opt = message.additionals.find(({ type }) => type === TYPE.opt)
  if (opt === undefined) message.additionals.push(Packet.Resource.EDNS([option]))
  else opt.rdata = [...(opt.rdata ?? []), option]
}

/** A recursive query of our own on behalf of a client, as `encodeQuery` makes one; ID 0. Throws when `name` is not encodable. */
export function encodeSubnetQuery(name: string, type: number, subnet: ClientSubnet): Buffer {
  // What we have encoded is readable.
  const { packet } = decodeQuery(encodeQuery(name, type))!
  addClientSubnet(packet, subnet)
  return packet.toBuffer()
}

function subnetOf(option: Buffer): ClientSubnet | 'malformed' | undefined {
  if (option.length < OPTION_HEADER_BYTES) return 'malformed'
  const size = ADDRESS_BYTES.get(option.readUInt16BE(0))
  if (size === undefined) return undefined
  const prefix = option.readUInt8(2)
  const scope = option.readUInt8(3)
  const told = option.subarray(OPTION_HEADER_BYTES)
  const hostBits = (told.at(-1) ?? 0) & (0xff >> (prefix % 8 || 8))
  const isSound = prefix <= size * 8 && scope <= size * 8 && told.length === Math.ceil(prefix / 8) && hostBits === 0
  return isSound ? { ip: textOf(Buffer.concat([told], size)), prefix, scope } : 'malformed'
}

/** The data of the first OPT record; empty when there is none. */
function optDataOf(message: Buffer): Buffer {
  let records = message.readUInt16BE(6) + message.readUInt16BE(8) + message.readUInt16BE(10)
  let at = nameEnd(message, HEADER_BYTES) + 4
  for (; records > 0; records -= 1) {
    const fixed = nameEnd(message, at)
    const data = fixed + 10
    if (data > message.length) break
    at = data + message.readUInt16BE(fixed + 8)
    if (message.readUInt16BE(fixed) === TYPE.opt) return message.subarray(data, at)
  }
  return Buffer.alloc(0)
}

/** Offset behind a name; pointers are stepped over, not followed. */
function nameEnd(message: Buffer, start: number): number {
  let at = start
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    if (length >= 0xc0) return at + 2
    at += 1 + length
  }
  return at + 1
}

function bytesOf(address: bigint, family: 4 | 6): Buffer {
  return Buffer.from(address.toString(16).padStart(family === 4 ? 8 : 32, '0'), 'hex')
}

function textOf(address: Buffer): string {
  if (address.length === 4) return address.join('.')
  return Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2).toString(16)).join(':')
}
