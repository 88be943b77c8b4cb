// Pure: a rule that somebody may have meant, and why it is not the one.

import type { RuleRef } from './flow.js'

/** A rule that nearly covers a flow. */
export interface NearMiss {
  readonly rule: RuleRef
  /** Why it does not, in words, without a full stop. */
  readonly sentence: string
  /** The smaller, the likelier it was meant. */
  readonly rank: number
}
