// Pure: lists of hosts as the gateway's files have them. An entry `x` is x, `*.x` is x and everything below it: whoever
// blocks `*.box.com` means box.com too. (The client's exceptions may read the same text otherwise; match-domain.ts.)

import { isIP } from 'node:net'
import { textThat } from '../../../agent/config/schema/values.js'
import { canonicalAddress } from '../../../agent/steering/address.js'
import { DomainMatcher, isExceptionDomain } from '../../../agent/steering/match-domain.js'

/** The schema of one entry. */
export const hostEntry = textThat(
  'a host name, "*.example.com" for example.com and all below it, or an IP address',
  (text) => isIP(text) !== 0 || (isExceptionDomain(text) && !/^\*\.[\d.]+$/.test(text)),
)

/** A list of hosts, compiled: a look-up costs the same whatever the length of the list. */
export class HostList {
  readonly #entries: readonly string[]
  readonly #names: DomainMatcher
  /** Address in its one spelling -> index of its entry. */
  readonly #addresses = new Map<string, number>()

  /** Entries have passed `hostEntry`. */
  constructor(entries: readonly string[]) {
    this.#entries = entries
    this.#names = new DomainMatcher([], 'root-too')
    // The names themselves first: of `*.x` and `x` the second says more about x.
    for (const isWild of [false, true])
      for (const [index, entry] of entries.entries()) if (entry.startsWith('*.') === isWild) this.#add(entry, index)
  }

  /**
   * The index of the entry that covers a host, -1 for none: the host itself, else the longest `*.x`, of equal ones the
   * first. The host is in any spelling; an IPv6 address with or without brackets.
   */
  match(host: string): number {
    const address = addressOf(host)
    return address === undefined ? this.#names.match(host) : (this.#addresses.get(address) ?? -1)
  }

  /** As `match`, the text of the entry; undefined for none. */
  entryOf(host: string): string | undefined {
    return this.#entries[this.match(host)]
  }

  #add(entry: string, index: number): void {
    const address = addressOf(entry)
    if (address === undefined) this.#names.add(entry, index)
    else if (!this.#addresses.has(address)) this.#addresses.set(address, index)
  }
}

function addressOf(host: string): string | undefined {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  return isIP(bare) === 0 ? undefined : canonicalAddress(bare.replace(/%.*$/, ''))
}
