// Pure: an entry of a list and the place it stands in, so that whatever matches can be named.

import type { RuleRef } from './flow.js'

/** One entry of a file: where it stands, and what it says. */
export interface ListedRule {
  readonly ref: RuleRef
  readonly text: string
}

/** A compiled list: `rules[matcher.match(subject)]` is the rule. */
export interface RuleList<Matcher, Rule extends ListedRule = ListedRule> {
  readonly matcher: Matcher
  readonly rules: readonly Rule[]
}
