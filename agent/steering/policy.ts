// Pure: what `decide` asks: each list of the configuration is a matcher, and beside it the rules by the same index.
// config/compile-policy.ts makes it from the files, once for each version of them; a flow costs look-ups only.

import type { RuleRef } from './flow.js'
import type { AddressMatcher } from './match-address.js'
import type { DomainMatcher } from './match-domain.js'
import type { PinnedMatcher } from './match-pinned.js'

/** One entry of a file: where it stands, and what it says. */
export interface ListedRule {
  readonly ref: RuleRef
  readonly text: string
}

/** A compiled list: `rules[matcher.match(subject)]` is the rule. */
export interface RuleList<Matcher> {
  readonly matcher: Matcher
  readonly rules: readonly ListedRule[]
}

/** The configuration, compiled. */
export interface Policy {
  readonly trafficMode: 'web' | 'all'
  /** Decide by SNI instead of the host map (nsconfig.json checkSNI). */
  readonly checkSni: boolean
  readonly pinned: PinnedMatcher
  readonly exceptionHosts: RuleList<DomainMatcher>
  readonly exceptionAddresses: RuleList<AddressMatcher>
  /** What counts as local: `local` exceptions, and in web mode every private address. */
  readonly localAddresses: RuleList<AddressMatcher>
  /** Port -> the domains of domain_ports that are steered as web on it. */
  readonly webPorts: ReadonlyMap<number, RuleList<DomainMatcher>>
}
