// Pure: what a lint finds: something that loads, and hardly says what was meant.

import type { RuleRef } from '../../steering/flow.js'

/** What is wrong with an entry; `unseen` = a log has nothing for it. */
export type FindingKind =
  | 'duplicate'
  | 'shadowed'
  | 'root-missed'
  | 'never-matches'
  | 'looks-wrong'
  | 'not-asked'
  | 'unseen'

/** One finding. A `warning` is an entry that does nothing, or not what it says; a `hint` is one to think about. */
export interface Finding {
  readonly severity: 'warning' | 'hint'
  readonly kind: FindingKind
  readonly rule: RuleRef
  /** In words, without a full stop. */
  readonly sentence: string
}
