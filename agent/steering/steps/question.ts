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

/** The ports of web traffic (client-behaviour 2.1). */
export const WEB_PORTS: ReadonlySet<number> = new Set([80, 443])

/** What the flow goes to, in words. */
export function nameOf({ host, destination, query }: FlowFacts): string {
  const asked = typeof query === 'object' ? `the query ${query.type} ${query.name}` : ''
  return host || asked || destination.ip || 'the destination'
}

/** Whether the flow is DNS. */
export function isDns({ flow, policy }: Question): boolean {
  return policy.dnsPorts.has(flow.destination.port)
}

/** A bypass verdict. */
export function bypass(kind: BypassKind, rule: RuleRef, reason: string): Verdict {
  return { action: 'bypass', kind, rule, reason }
}

/** Whether the destination is local: a private address means nothing in the cloud, whatever else covers the flow. */
export function isLocal({ half, address }: Question): boolean {
  return ruleForAddress(half.localAddresses, address) !== undefined
}
