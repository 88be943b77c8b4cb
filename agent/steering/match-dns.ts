// Pure: compiled DNS exceptions: a domain with record types, or for PTR addresses and ranges (client-behaviour 2.3). They
// say which queries are not steered where DNS is.

import type { Steps } from '../stepwise.js'
import { parseAddressRange } from './address.js'
import type { DnsQuestion } from './flow.js'
import { AddressMatcher } from './match-address.js'
import { DomainMatcher, type DomainReading } from './match-domain.js'
import type { ListedRule, RuleList } from './rule-list.js'
import type { IndexedRange } from './segments.js'

/** One DNS exception; `types` empty = all record types. */
export interface DnsRule extends ListedRule {
  readonly types: readonly string[]
  /** Whether `text` is an address or range, whose PTR queries are meant. */
  readonly isAddress: boolean
}

const ANY_TYPE = ''

/** Rules read in one step: about a millisecond. */
const STEP = 500

/** A list that is still being made. */
interface OpenList {
  readonly rules: DnsRule[]
  readonly matcher: DomainMatcher
}

/** DNS exceptions, compiled once. */
export class DnsMatcher {
  /** In the order of the file. */
  readonly rules: readonly DnsRule[]
  readonly #byType: ReadonlyMap<string, OpenList>
  readonly #addresses: RuleList<AddressMatcher>

  private constructor(
    rules: readonly DnsRule[],
    byType: ReadonlyMap<string, OpenList>,
    addresses: RuleList<AddressMatcher>,
  ) {
    this.rules = rules
    this.#byType = byType
    this.#addresses = addresses
  }

  /** Compiles rules. */
  static *of(entries: Iterable<DnsRule>, reading: DomainReading): Steps<DnsMatcher> {
    const rules: DnsRule[] = []
    const byType = new Map<string, OpenList>()
    const addresses: DnsRule[] = []
    const ranges: IndexedRange[] = []
    for (const rule of entries) {
      if (rules.push(rule) % STEP === 0) yield
      if (rule.isAddress) {
        const range = parseAddressRange(rule.text)
        if (range !== undefined) ranges.push({ index: addresses.length, range })
        addresses.push(rule)
        continue
      }
      for (const type of rule.types.length === 0 ? [ANY_TYPE] : rule.types) {
        const list = byType.get(type) ?? { rules: [], matcher: new DomainMatcher([], reading) }
        byType.set(type, list)
        list.matcher.add(rule.text, list.rules.length)
        list.rules.push(rule)
      }
    }
    return new DnsMatcher(rules, byType, { rules: addresses, matcher: yield* AddressMatcher.of(ranges) })
  }

  /** The rule that covers a question; one for its type before one for all types. */
  match({ name, type }: DnsQuestion): ListedRule | undefined {
    for (const key of [type.toUpperCase(), ANY_TYPE]) {
      const list = this.#byType.get(key)
      const rule = list?.rules[list.matcher.match(name)]
      if (rule !== undefined) return rule
    }
    return type.toUpperCase() === 'PTR'
      ? this.#addresses.rules[this.#addresses.matcher.match(reversed(name))]
      : undefined
  }
}

/** The address a PTR query asks about (RFC 1035 section 3.5, RFC 3596 section 2.5); '' when it asks about none. */
function reversed(name: string): string {
  const lower = name.toLowerCase().replace(/\.$/, '')
  const ipv4 = /^((?:\d{1,3}\.){3}\d{1,3})\.in-addr\.arpa$/.exec(lower)?.[1]
  if (ipv4 !== undefined) return ipv4.split('.').reverse().join('.')
  const ipv6 = /^((?:[\da-f]\.){32})ip6\.arpa$/.exec(lower)?.[1]
  if (ipv6 === undefined) return ''
  const digits = ipv6.split('.').reverse().join('')
  return (digits.match(/.{4}/g) ?? []).join(':')
}
