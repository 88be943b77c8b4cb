// Pure: compiled lists of IPv4 and IPv6 addresses, CIDRs and ranges; answers which entry matched, so that the rule
// can be named.

import { parseAddress, parseAddressRange } from './address.js'
import { type IndexedRange, Segments } from './segments.js'

/**
 * What `Local IP address range` stands for: RFC 1918, loopback, link-local (RFC 3927, RFC 4291) and unique local
 * addresses (RFC 4193). Not 100.64.0.0/10: the client itself gives private apps synthetic addresses from it
 * (client-behaviour 2.8), so a flow to it is not a flow that stays local.
 */
export const PRIVATE_RANGES: readonly string[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '::1',
  'fe80::/10',
  'fc00::/7',
]

/** A list of addresses, CIDRs and ranges, compiled once. */
export class AddressMatcher {
  readonly #ipv4: Segments
  readonly #ipv6: Segments

  /** Entries that are no addresses match nothing: the configuration's schema has refused them before. */
  constructor(entries: readonly string[]) {
    const rules: IndexedRange[] = []
    for (const [index, entry] of entries.entries()) {
      const range = parseAddressRange(entry)
      if (range !== undefined) rules.push({ index, range })
    }
    this.#ipv4 = new Segments(rules.filter(({ range }) => range.family === 4))
    this.#ipv6 = new Segments(rules.filter(({ range }) => range.family === 6))
  }

  /** The index of the entry that covers `ip`, -1 for none. The smallest range wins, of equal ones the first. */
  match(ip: string): number {
    const address = parseAddress(ip)
    if (address === undefined) return -1
    return (address.family === 4 ? this.#ipv4 : this.#ipv6).winnerAt(address.from)
  }
}
