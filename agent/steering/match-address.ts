// Pure: compiled lists of IPv4 and IPv6 addresses, CIDRs and ranges; answers which entry matched, so that the rule
// can be named.

import { allSteps, type Steps } from '../stepwise.js'
import { type Address, parseAddressKey, parseAddressRange } from './address.js'
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

  private constructor(ipv4: Segments, ipv6: Segments) {
    this.#ipv4 = ipv4
    this.#ipv6 = ipv6
  }

  /** A list that was read before. */
  static *of(rules: readonly IndexedRange[]): Steps<AddressMatcher> {
    const ofFamily = (family: 4 | 6) => Segments.of(rules.filter(({ range }) => range.family === family))
    return new AddressMatcher(yield* ofFamily(4), yield* ofFamily(6))
  }

  /** A list in text; entries that are no addresses match nothing: the configuration's schema has refused them before. */
  static ofTexts(entries: readonly string[]): AddressMatcher {
    const ranges = entries.map((entry, index) => ({ index, range: parseAddressRange(entry) }))
    return allSteps(AddressMatcher.of(ranges.filter((rule): rule is IndexedRange => rule.range !== undefined)))
  }

  /** As `matchAddress`, for an address in text; what is none matches nothing. */
  match(ip: string): number {
    return this.matchAddress(parseAddressKey(ip))
  }

  /** The index of the entry that covers an address, -1 for none. The smallest range wins, of equal ones the first. */
  matchAddress(address: Address | undefined): number {
    if (address === undefined) return -1
    return (typeof address === 'number' ? this.#ipv4 : this.#ipv6).winnerAt(address)
  }
}
