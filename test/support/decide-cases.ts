/** Cases of `decide` as a table: a policy and a flow in a few words, and the verdict in three. */

import t from 'tap'
import { decide } from '../../agent/steering/decide.js'
import { ORDINARY_SITUATION, type Situation, type Verdict } from '../../agent/steering/flow.js'
import { verdictWords } from '../../agent/steering/verdict-words.js'
import { type FlowWords, flowOf, type PolicyWords, policyOf } from './policies.js'

/** `source` is a section of the client-behaviour notes, with their tag where one source says it. */
export type DecideCase = readonly [
  sentence: string,
  source: string,
  policy: PolicyWords,
  flow: FlowWords,
  verdict: string,
  situation?: Partial<Situation>,
]

/** Runs a table as one test. */
export function testDecisions(title: string, cases: readonly DecideCase[]): void {
  void t.test(title, async (t) => {
    for (const [sentence, source, policy, flow, verdict, situation] of cases) {
      const found = decide(flowOf(flow), policyOf(policy), { ...ORDINARY_SITUATION, ...situation })
      t.equal(said(found), verdict, `${sentence} (${source})`)
    }
  })
}

/** `tunnel nsProxy $.traffic_mode`, `bypass pinned $.certPinnedAppList[0]`: the verdict's words, and the path of the rule. */
function said(verdict: Verdict | 'need-more'): string {
  if (verdict === 'need-more') return verdict
  return `${verdictWords(verdict)} ${verdict.rule.path}`
}
