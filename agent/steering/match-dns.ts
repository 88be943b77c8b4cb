// Pure: compiled DNS exceptions: a domain with record types, or for PTR addresses and ranges (client-behaviour 2.3). They
// say which queries are not steered where DNS is.

import type { DnsQuestion } from './flow.js'
import { AddressMatcher } from './match-address.js'
import { DomainMatcher, type DomainReading } from './match-domain.js'
import type { ListedRule, RuleList } from './rule-list.js'

/** One DNS exception; `types` empty = all record types. */
export interface DnsRule extends ListedRule {
  readonly types: readonly string[]
  /** Whether `text` is an address or range, whose PTR queries are meant. */
  readonly isAddress: boolean
}

const ANY_TYPE = ''

/** DNS exceptions, compiled once. */
export class DnsMatcher {
  readonly #byType = new Map<string, RuleList<DomainMatcher>>()
  readonly #addresses: RuleList<AddressMatcher>

  constructor(rules: readonly DnsRule[], reading: DomainReading) {
    const names = rules.filter(({ isAddress }) => !isAddress)
    const types = new Set(names.flatMap((rule) => (rule.types.length === 0 ? [ANY_TYPE] : rule.types)))
    for (const type of types) {
      const ofType = names.filter((rule) => (rule.types.length === 0 ? type === ANY_TYPE : rule.types.includes(type)))
      const texts = ofType.map(({ text }) => text)
      this.#byType.set(type, { rules: ofType, matcher: new DomainMatcher(texts, reading) })
    }
    const addresses = rules.filter(({ isAddress }) => isAddress)
    this.#addresses = { rules: addresses, matcher: AddressMatcher.ofTexts(addresses.map(({ text }) => text)) }
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
