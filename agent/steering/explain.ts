// Pure: why a flow is decided as it is: the step that won, what the later ones would have said, and what else of the
// winner's own list covers the flow. Slow beside `decide`: it asks every step and reads lists from end to end.

import { decide, STEPS } from './decide.js'
import type { FlowFacts, RuleRef, Situation, Verdict } from './flow.js'
import { AddressMatcher } from './match-address.js'
import { DomainMatcher, type DomainReading } from './match-domain.js'
import type { Policy } from './policy.js'
import type { ListedRule, RuleList } from './rule-list.js'
import {
  application,
  exceptionAddress,
  exceptionHost,
  localAddress,
  pinnedApp,
  sourceLocation,
} from './steps/exceptions.js'
import { steeringNone } from './steps/never-steered.js'
import { type Judge, type Question, questionOf } from './steps/question.js'
import { category, outOfScope } from './steps/scope.js'
import { withTunnelState } from './steps/tunnel-state.js'

/** What one step of the decision says; number and name are those of `STEPS`. */
export interface Answer {
  readonly number: number
  readonly name: string
  readonly verdict: Verdict
}

/** Why a flow is decided as it is. */
export interface Explanation {
  /** As it holds with the tunnel as it is. */
  readonly verdict: Verdict
  /** Whether the client decides only when it has read the flow's first bytes. */
  readonly waitsForName: boolean
  /** The step that won. */
  readonly winner: Answer
  /** The later steps that would have answered, each where it says something else than those before it. */
  readonly later: readonly Answer[]
  /** Other entries of the winner's list that cover the flow too. */
  readonly alsoListed: readonly ListedRule[]
}

/** Explains a flow; its host is taken as the one that is found in the end, by whatever way. */
export function explain(flow: FlowFacts, policy: Policy, situation: Situation): Explanation {
  const waitsForName = decide({ ...flow, sniffed: 'no' }, policy, situation) === 'need-more'
  const question = questionOf(flow, policy, situation)
  const answers = answersTo(question)
  // The last step always answers.
  const [winner, ...later] = answers as readonly [Answer, ...Answer[]]
  return {
    verdict: withTunnelState(question, winner.verdict),
    waitsForName,
    winner,
    later,
    alsoListed: alsoListed(question, winner),
  }
}

function answersTo(question: Question): readonly Answer[] {
  const answers: Answer[] = []
  for (const { number, name, judge } of STEPS) {
    const verdict = judge(question)
    if (verdict === undefined || answers.some((answer) => saysTheSame(answer.verdict, verdict))) continue
    answers.push({ number, name, verdict })
    // Behind these the others mean nothing: they reckon with a flow that is steered.
    if (judge === steeringNone || judge === outOfScope) break
  }
  return answers
}

function saysTheSame(one: Verdict, other: Verdict): boolean {
  return one.action === other.action && isSame(one.rule, other.rule)
}

function isSame(one: RuleRef, other: RuleRef): boolean {
  return one.file === other.file && one.path === other.path
}

/** All entries of a step's list that cover a flow. */
type Covering = (question: Question) => readonly ListedRule[]

const COVERING: ReadonlyMap<Judge, Covering> = new Map<Judge, Covering>([
  [pinnedApp, pinnedEntries],
  [application, ({ half, host, policy }) => withHost(half.applications, host, policy.readings.applications)],
  [exceptionHost, ({ half, host, policy }) => withHost(half.exceptionHosts, host, policy.readings.exceptions)],
  [exceptionAddress, ({ half, flow }) => withAddress(half.exceptionAddresses, flow.destination.ip)],
  [sourceLocation, ({ half, flow }) => withAddress(half.sourceLocations, flow.source.ip)],
  [localAddress, ({ half, flow }) => withAddress(half.localAddresses, flow.destination.ip)],
  [category, ({ half, host }) => withHost(half.categories, host, 'suffix')],
])

function alsoListed(question: Question, { number, verdict }: Answer): readonly ListedRule[] {
  const covering = COVERING.get(STEPS[number - 1]!.judge)?.(question) ?? []
  return covering.filter(({ ref }) => !isSame(ref, verdict.rule))
}

function pinnedEntries({ half, flow, host, policy }: Question): readonly ListedRule[] {
  return half.pinned
    .entriesOf(flow.process)
    .filter(({ action, domains }) => {
      return action !== 'bypass' || new DomainMatcher(domains, policy.readings.pinned).matchName(host) !== -1
    })
    .map(({ rule, processName }) => ({ ref: rule, text: processName }))
}

function withHost({ rules }: RuleList<DomainMatcher>, host: string, reading: DomainReading): readonly ListedRule[] {
  return rules.filter(({ text }) => new DomainMatcher([text], reading).matchName(host) !== -1)
}

function withAddress({ rules }: RuleList<AddressMatcher>, ip: string): readonly ListedRule[] {
  return rules.filter(({ text }) => AddressMatcher.ofTexts([text]).match(ip) !== -1)
}
