// Pure: the names a certificate may carry. A subjectAltName holds ASCII DNS names or IP addresses (RFC 5280 4.2.1.6), so
// international names become punycode, and anything that is neither a DNS name nor an address is refused.

import { isIP, isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?'
const DNS_NAME = new RegExp(`^(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*$`)
/** RFC 1035 2.3.4, in textual form without the trailing dot. */
const LONGEST_NAME = 253
/** Characters at which domainToASCII, a URL host parser, would cut the name or decode it instead of refusing it. */
const URL_SYNTAX = /[\s/\\?#@:%[\]]/

/** A subjectAltName entry: a DNS name, or the 4 or 16 bytes of an address. */
export type HostName = { readonly dns: string } | { readonly ip: Buffer }

/**
 * Reads a name as certificates carry it: lower case, punycode, no trailing dot, at most one leading `*.`; or an IPv4 or
 * IPv6 address without brackets or zone. Undefined when it is neither.
 */
export function hostName(name: string): HostName | undefined {
  if (isIPv4(name)) return { ip: Buffer.from(name.split('.').map(Number)) }
  if (isIP(name) !== 0) return name.includes('%') ? undefined : { ip: ipv6Bytes(name) }
  if (URL_SYNTAX.test(name)) return undefined
  const ascii = domainToASCII(name).replace(/\.$/, '')
  // The URL parser reads `1.2.3` and `0x7f.1` as addresses; as DNS names they would be lies.
  if (ascii.length > LONGEST_NAME || !DNS_NAME.test(ascii) || isIP(ascii) !== 0) return undefined
  return { dns: ascii }
}

/** The same text for all spellings of a name. No DNS name has a colon. */
export function hostKey(name: HostName): string {
  return 'dns' in name ? name.dns : `ip:${name.ip.toString('hex')}`
}

function ipv6Bytes(ip: string): Buffer {
  // The URL parser writes every spelling (also `::ffff:1.2.3.4`) as hexadecimal groups with at most one `::`.
  const [left = '', right = ''] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split('::')
  const bytes = Buffer.alloc(16)
  const before = groupBytes(left)
  const after = groupBytes(right)
  before.copy(bytes)
  after.copy(bytes, 16 - after.length)
  return bytes
}

function groupBytes(groups: string): Buffer {
  return Buffer.from(
    groups
      .split(':')
      .filter((group) => group !== '')
      .map((group) => group.padStart(4, '0'))
      .join(''),
    'hex',
  )
}
