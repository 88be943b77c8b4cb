// Pure: what every step of the decision is asked: the flow, with host and addresses in the spelling the lists are
// matched in, and the half of the configuration that holds where the endpoint is.

import { type Address, parseAddressKey } from '../address.js'
import type { BypassKind, FlowFacts, RuleRef, Situation, Verdict } from '../flow.js'
import type { AddressMatcher } from '../match-address.js'
import { type DomainMatcher, normalizeHost } from '../match-domain.js'
import type { Half, Policy } from '../policy.js'
import type { ListedRule, RuleList } from '../rule-list.js'

/** One flow to decide on. */
export interface Question {
  readonly flow: FlowFacts
  readonly policy: Policy
  readonly half: Half
  readonly situation: Situation
  /** As `normalizeHost` spells it. */
  readonly host: string
  readonly address: Address | undefined
}

/** A step of the decision: its verdict, or undefined when it has none and the next one is asked. */
export type Judge = (question: Question) => Verdict | undefined

/** The question of a flow. */
export function questionOf(flow: FlowFacts, policy: Policy, situation: Situation): Question {
  return {
    flow,
    policy,
    situation,
    half: policy.halves[situation.location],
    host: normalizeHost(flow.host),
    address: parseAddressKey(flow.destination.ip),
  }
}

/** The rule of a list of domains that covers a host. */
export function ruleForHost<Rule extends ListedRule>(
  { matcher, rules }: RuleList<DomainMatcher, Rule>,
  host: string,
): Rule | undefined {
  return rules[matcher.matchName(host)]
}

/** The rule of a list of addresses that covers an address. */
export function ruleForAddress(list: RuleList<AddressMatcher>, address: Address | undefined): ListedRule | undefined {
  return list.rules[list.matcher.matchAddress(address)]
}

/** What the flow goes to, in words. */
export function nameOf({ host, destination }: FlowFacts): string {
  return host || destination.ip || 'the destination'
}

/** Whether the flow is DNS. */
export function isDns({ flow, policy }: Question): boolean {
  return policy.dnsPorts.has(flow.destination.port)
}

/** A bypass verdict. */
export function bypass(kind: BypassKind, rule: RuleRef, reason: string): Verdict {
  return { action: 'bypass', kind, rule, reason }
}

/**
 * An exception's verdict: bypassed here, or, where exceptions are left to the cloud, tunnelled and bypassed there. What
 * would not be steered without the exception is tunnelled for it by macOS clients only; Windows keeps it here
 * (client-behaviour 6).
 */
export function excepted(
  question: Question,
  kind: BypassKind,
  rule: RuleRef,
  reason: string,
  steered: Verdict,
): Verdict {
  const { half, policy } = question
  const staysHere = half.bypassAt === 'client' || (steered.action !== 'tunnel' && policy.os !== 'macos')
  if (staysHere) return bypass(kind, rule, reason)
  const via = steered.action === 'tunnel' ? steered.via : 'nsProxy'
  const exempt = kind === 'pinned' ? 'pinned' : 'cloud-bypass'
  return { action: 'tunnel', via, exempt, rule, reason: `${reason} Here exceptions are left to the cloud.` }
}
