// Pure: what happens to a flow, in words that hold for a line of the log and for a verdict, and what of it differs.

import type { BlockKind, BypassKind, Exempt, Verdict } from '../../steering/flow.js'
import type { FlowVerdict } from '../report/report.js'

/** What happens to a flow. A line of the log leaves `via` out in early releases, and `exempt` but for pinned apps. */
export type Outcome =
  | { readonly action: 'tunnel'; readonly via?: 'nsProxy' | 'app-fw'; readonly exempt?: Exempt }
  | { readonly action: 'bypass'; readonly kind: BypassKind }
  | { readonly action: 'block'; readonly kind: BlockKind }

/** The outcome a line of the log tells. */
export const LOGGED_OUTCOME: Readonly<Record<FlowVerdict, Outcome>> = {
  nsProxy: { action: 'tunnel', via: 'nsProxy' },
  'app-fw': { action: 'tunnel', via: 'app-fw' },
  tunneled: { action: 'tunnel' },
  'pinned-tunnel': { action: 'tunnel', exempt: 'pinned' },
  'exception-host': { action: 'bypass', kind: 'exception-host' },
  'exception-ip': { action: 'bypass', kind: 'exception-ip' },
  'firewall-ip': { action: 'bypass', kind: 'exception-ip' },
  'private-ip': { action: 'bypass', kind: 'private-ip' },
  'pinned-direct': { action: 'bypass', kind: 'pinned' },
  'blocked-pinned': { action: 'block', kind: 'pinned' },
  'blocked-udp': { action: 'block', kind: 'udp' },
}

/** The outcome of a verdict. */
export function outcomeOf(verdict: Verdict): Outcome {
  switch (verdict.action) {
    case 'tunnel':
      return { action: 'tunnel', via: verdict.via, ...(verdict.exempt && { exempt: verdict.exempt }) }
    case 'bypass':
      return { action: 'bypass', kind: verdict.kind }
    case 'block':
      return { action: 'block', kind: verdict.kind }
  }
}

/**
 * What becomes of a flow whose outcome was one and is another: `untold` = tunnelled both times and now exempt, of which
 * lines say nothing; `kind` = the same happens to it for another kind of reason.
 */
export type Difference = 'same' | 'kind' | 'untold' | 'changed'

/** The difference between the outcomes of two verdicts. */
export function difference(before: Outcome, after: Outcome): Exclude<Difference, 'untold'> {
  if (before.action !== 'tunnel' || after.action !== 'tunnel') return withoutTunnel(before, after)
  if (before.via !== after.via || isExempt(before) !== isExempt(after)) return 'changed'
  return before.exempt === after.exempt ? 'same' : 'kind'
}

/** The difference between what a line tells and the outcome of a verdict. */
export function differenceFromLog(logged: FlowVerdict, after: Outcome): Difference {
  const before = LOGGED_OUTCOME[logged]
  if (before.action !== 'tunnel' || after.action !== 'tunnel') return withoutTunnel(before, after)
  if (before.via !== undefined && before.via !== after.via) return 'changed'
  if (before.exempt === after.exempt) return 'same'
  // A pinned app in tunnel mode has a line of its own, so the log does say who is none.
  return before.exempt === undefined && after.exempt !== 'pinned' ? 'untold' : 'changed'
}

function withoutTunnel(before: Outcome, after: Outcome): 'same' | 'kind' | 'changed' {
  if (before.action !== after.action) return 'changed'
  return 'kind' in before && 'kind' in after && before.kind === after.kind ? 'same' : 'kind'
}

function isExempt({ exempt }: { readonly exempt?: Exempt }): boolean {
  return exempt !== undefined
}

/** Kinds of bypass that are logged by the line of another. */
const SAME_LINE: Readonly<Partial<Record<FlowVerdict, ReadonlySet<string>>>> = {
  'exception-host': new Set(['exception-host', 'application']),
  // They name the address alone, and which exceptions they stand for is not public.
  'exception-ip': new Set(['exception-ip', 'private-ip']),
  'firewall-ip': new Set(['exception-ip', 'private-ip']),
}

/** Whether a verdict would have been logged by a line that tells this. */
export function agreesWithLog(logged: FlowVerdict, outcome: Outcome): boolean {
  const unlike = differenceFromLog(logged, outcome)
  if (unlike !== 'kind') return unlike !== 'changed'
  return 'kind' in outcome && (SAME_LINE[logged]?.has(outcome.kind) ?? false)
}

/** The outcome in words: `tunnel nsProxy`, `tunnel app-fw, category`, `bypass exception-host`, `block pinned`. */
export function outcomeWords(outcome: Outcome): string {
  if (outcome.action !== 'tunnel') return `${outcome.action} ${outcome.kind}`
  const { via, exempt } = outcome
  const whereto = via === undefined ? 'tunnel' : `tunnel ${via}`
  return exempt === undefined ? whereto : `${whereto}, ${EXEMPT_WORDS[exempt]}`
}

const EXEMPT_WORDS: Readonly<Record<Exempt, string>> = {
  pinned: 'exempt as pinned',
  category: 'exempt by category',
  'source-country': 'exempt by country',
  'cloud-bypass': 'bypassed in the cloud',
}
