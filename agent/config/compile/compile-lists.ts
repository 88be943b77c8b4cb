// Pure: lists of rules compiled into matchers, in steps: a generator that pauses every few hundred entries.

import { parseAddressRange } from '../../steering/address.js'
import { AddressMatcher } from '../../steering/match-address.js'
import { DomainMatcher, type DomainReading } from '../../steering/match-domain.js'
import { type PinnedEntry, PinnedMatcher } from '../../steering/match-pinned.js'
import type { ListedRule, RuleList } from '../../steering/rule-list.js'
import type { IndexedRange } from '../../steering/segments.js'
import type { Steps } from '../../stepwise.js'

/** Entries of one step: about a millisecond. */
export const STEP = 500

/** Pinned apps of one step: compiling an expression takes some 20 us, a hostile one up to milliseconds. */
const PINNED_STEP = 10

/** A list of domains. */
export function* domainList<Rule extends ListedRule>(
  entries: Iterable<Rule>,
  reading: DomainReading,
): Steps<RuleList<DomainMatcher, Rule>> {
  const matcher = new DomainMatcher([], reading)
  const rules: Rule[] = []
  for (const rule of entries) {
    matcher.add(rule.text, rules.length)
    rules.push(rule)
    if (rules.length % STEP === 0) yield
  }
  return { rules, matcher }
}

/** A list of pinned apps. */
export function* pinnedList(entries: Iterable<PinnedEntry>, reading: DomainReading): Steps<PinnedMatcher> {
  const matcher = new PinnedMatcher([], reading)
  let count = 0
  for (const entry of entries) {
    matcher.add(entry)
    if (++count % PINNED_STEP === 0) yield
  }
  return matcher
}

/** A list of addresses, CIDRs and ranges. */
export function* addressList(entries: Iterable<ListedRule>): Steps<RuleList<AddressMatcher>> {
  const rules: ListedRule[] = []
  const ranges: IndexedRange[] = []
  for (const rule of entries) {
    const range = parseAddressRange(rule.text)
    if (range !== undefined) ranges.push({ index: rules.length, range })
    rules.push(rule)
    if (rules.length % STEP === 0) yield
  }
  yield
  return { rules, matcher: yield* AddressMatcher.of(ranges) }
}
