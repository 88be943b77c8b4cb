// Pure: IP addresses, CIDRs and ranges from text, as numbers that can be compared. An IPv4-mapped IPv6 address
// (`::ffff:10.0.0.1`) is the IPv4 address it stands for.

import { isIPv4, SocketAddress } from 'node:net'

/** The addresses `from` to `to`, both included; an IPv4 address is a number below 2^32, an IPv6 address below 2^128. */
export interface AddressRange {
  readonly family: 4 | 6
  readonly from: bigint
  readonly to: bigint
}

interface RawAddress {
  readonly bits: 32 | 128
  readonly value: bigint
}

const OCTET = '(0|[1-9]\\d{0,2})'
const IPV4 = new RegExp(`^${OCTET}\\.${OCTET}\\.${OCTET}\\.${OCTET}$`)
const GROUP = /^[0-9a-f]{1,4}$/i
// Longest IPv6 text (with an embedded IPv4 tail) is 45 characters; a zone (`%eth0`) may follow.
const MAX_TEXT = 45
const MAPPED_FIRST = 0xffff_0000_0000n
const MAPPED_LAST = 0xffff_ffff_ffffn

/** One address as a range of one; undefined when `text` is none. A zone (`fe80::1%eth0`) is ignored. */
export function parseAddress(text: string): AddressRange | undefined {
  const address = parseRaw(text)
  return address && unmapped(address.bits, address.value, address.value)
}

/** An address to be looked up: IPv4 as a number below 2^32, IPv6 as a bigint below 2^128. */
export type Address = number | bigint

/** Reads an address for a look-up, as `parseAddress` reads it; IPv4 costs no bigint. */
export function parseAddressKey(text: string): Address | undefined {
  if (!text.includes(':')) return parseIpv4(text)
  const address = parseAddress(text)
  return address?.family === 4 ? Number(address.from) : address?.from
}

/** An address as flows carry it: what Node writes `::ffff:10.0.0.1`, a peer of a dual-stack listener, is `10.0.0.1`. */
export function plainAddress(text: string): string {
  return text.startsWith('::ffff:') && text.includes('.') ? text.slice('::ffff:'.length) : text
}

/** Whether an address (canonical text) is the machine's own. */
export function isLoopback(ip: string): boolean {
  return ip === '::1' || /^(?:::ffff:)?127\./.test(ip)
}

/** An IP address, however it is written (no brackets, no zone), as the system writes it, so that it compares equal to those of sockets. */
export function canonicalAddress(ip: string): string {
  return isIPv4(ip) ? ip : plainAddress(new SocketAddress({ family: 'ipv6', address: ip }).address)
}

/** An address, a CIDR (`10.0.0.0/8`; host bits are ignored) or a range (`10.0.0.1-10.0.0.9`); undefined when `text` is none. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const slash = text.indexOf('/')
  if (slash !== -1) return parseCidr(text.slice(0, slash), text.slice(slash + 1))
  const dash = text.indexOf('-')
  if (dash === -1) return parseAddress(text)
  const from = parseRaw(text.slice(0, dash).trim())
  const to = parseRaw(text.slice(dash + 1).trim())
  if (from === undefined || to === undefined || from.bits !== to.bits || from.value > to.value) return undefined
  return unmapped(from.bits, from.value, to.value)
}

/** Whether a text is an address, a CIDR or a range. */
export function isAddressRange(text: string): boolean {
  return parseAddressRange(text) !== undefined
}

function parseCidr(addressText: string, lengthText: string): AddressRange | undefined {
  const address = parseRaw(addressText)
  if (address === undefined || !/^\d{1,3}$/.test(lengthText) || Number(lengthText) > address.bits) return undefined
  const hostBits = BigInt(address.bits - Number(lengthText))
  const from = (address.value >> hostBits) << hostBits
  return unmapped(address.bits, from, from + (1n << hostBits) - 1n)
}

function unmapped(bits: 32 | 128, from: bigint, to: bigint): AddressRange {
  if (bits === 32) return { family: 4, from, to }
  if (from >= MAPPED_FIRST && to <= MAPPED_LAST) return { family: 4, from: from - MAPPED_FIRST, to: to - MAPPED_FIRST }
  return { family: 6, from, to }
}

function parseRaw(text: string): RawAddress | undefined {
  if (text.includes(':')) {
    const value = parseIpv6(text)
    return value === undefined ? undefined : { bits: 128, value }
  }
  const value = parseIpv4(text)
  return value === undefined ? undefined : { bits: 32, value: BigInt(value) }
}

function parseIpv4(text: string): number | undefined {
  const octets = IPV4.exec(text)
  if (octets === null) return undefined
  let value = 0
  for (let i = 1; i <= 4; i++) {
    const octet = Number(octets[i])
    if (octet > 255) return undefined
    value = value * 256 + octet
  }
  return value
}

function parseIpv6(zoned: string): bigint | undefined {
  const zone = zoned.indexOf('%')
  const text = zone === -1 ? zoned : zoned.slice(0, zone)
  if (text.length > MAX_TEXT) return undefined
  const [head = '', tail, ...more] = text.split('::')
  if (more.length > 0) return undefined
  const before = groupsOf(head, tail === undefined)
  const after = tail === undefined ? [] : groupsOf(tail, true)
  if (before === undefined || after === undefined) return undefined
  const missing = 8 - before.length - after.length
  // `::` stands for one group or more (RFC 4291, 2.2).
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  const groups = [...before, ...Array<string>(missing).fill('0'), ...after]
  return BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`)
}

function groupsOf(text: string, mayEndInIpv4: boolean): string[] | undefined {
  if (text === '') return []
  const groups = text.split(':')
  const last = groups.at(-1) ?? ''
  if (mayEndInIpv4 && last.includes('.')) {
    const ipv4 = parseIpv4(last)
    if (ipv4 === undefined) return undefined
    groups.splice(-1, 1, Math.floor(ipv4 / 65536).toString(16), (ipv4 % 65536).toString(16))
  }
  return groups.every((group) => GROUP.test(group)) ? groups : undefined
}

/** `ip:port` as URLs have it: IPv6 in brackets (RFC 3986 section 3.2.2). */
export function authority({ ip, port }: { readonly ip: string; readonly port: number }): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`
}
