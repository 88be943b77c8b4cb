// Pure: a verdict in a few words, the same wherever verdicts are shown.

import type { Verdict } from './flow.js'

/** `bypass pinned`, `tunnel nsProxy`, `tunnel nsProxy (category)`: what happens; in brackets why no policy is applied. */
export function verdictWords(verdict: Verdict): string {
  if (verdict.action !== 'tunnel') return `${verdict.action} ${verdict.kind}`
  return `tunnel ${verdict.via}${verdict.exempt === undefined ? '' : ` (${verdict.exempt})`}`
}
