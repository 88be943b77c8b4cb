/** Of two readings of a request the stricter verdict holds. */

import t from 'tap'
import type { PolicyAction, PolicyVerdict } from '../../../../gateway/inspect/policy/policy.js'
import { policyForBoth, stricterVerdict } from '../../../../gateway/inspect/policy/stricter-verdict.js'
import { gatewayPolicy, policyFacts } from '../../../support/gateway-policy.js'

const verdictTo = (action: PolicyAction): PolicyVerdict => ({ action, rule: action, reason: 'Because.' })

void t.test('block goes before alert, and alert before allow; of equals the first holds', async (t) => {
  for (const [first, second, holds] of [
    ['allow', 'allow', 'first'],
    ['allow', 'alert', 'second'],
    ['allow', 'block', 'second'],
    ['alert', 'allow', 'first'],
    ['alert', 'alert', 'first'],
    ['alert', 'block', 'second'],
    ['block', 'allow', 'first'],
    ['block', 'alert', 'first'],
    ['block', 'block', 'first'],
  ] as const) {
    const verdicts = { first: verdictTo(first), second: verdictTo(second) }
    t.equal(stricterVerdict(verdicts.first, verdicts.second), verdicts[holds], `${first} and ${second}`)
  }
})

void t.test('a policy for both hosts', async (t) => {
  const policy = gatewayPolicy(
    { name: 'No slack', action: 'block', hosts: ['slack.com'], message: 'Use the chat.' },
    { name: 'Box', action: 'alert', categories: ['Cloud Storage'] },
    { name: 'Long', action: 'block', direction: 'download', hosts: ['slack.com'], minBytes: 10 },
  )
  const both = policyForBoth(policy, { host: 'slack.com', category: 'Collaboration' })
  const box = policyFacts({ host: 'box.com', category: 'Cloud Storage' })
  t.strictSame(
    both.decide('upload', box),
    {
      action: 'block',
      rule: 'No slack',
      reason: 'For slack.com, which the connection was made for: Rule 1 "No slack" matches: host slack.com.',
      message: 'Use the chat.',
    },
    "the connection's host",
  )
  t.strictSame(both.limitsBytes, { upload: [], download: [10] })
  t.equal(both.decide('download', { ...box, bytes: 9 }).action, 'allow')
  t.equal(both.decide('download', { ...box, bytes: 10 }).rule, 'Long')
  const other = policyForBoth(policy, { host: 'zoom.us', category: 'uncategorized' })
  t.strictSame(other.decide('upload', box), policy.decide('upload', box), "the request's own host, word for word")
})

void t.test('where no rule matches, what is to be said of that', async (t) => {
  const policy = gatewayPolicy(
    { name: 'Box', action: 'allow', hosts: ['box.com'] },
    { name: 'Zoom', action: 'alert', hosts: ['zoom.us'] },
  )
  const unmatched = verdictTo('allow')
  const slack = policyFacts({ host: 'slack.com' })
  const decide = (host: string, facts = slack) =>
    policyForBoth(policy, { host, category: 'uncategorized' }, unmatched).decide('upload', facts)
  t.equal(decide('other.example'), unmatched)
  t.equal(decide('box.com'), unmatched, 'a rule that allows the other host says nothing of this one')
  t.equal(decide('zoom.us').rule, 'Zoom')
  t.equal(decide('other.example', policyFacts({ host: 'box.com' })).rule, 'Box')
  t.equal(policyForBoth(policy, { host: 'a', category: '' }).decide('upload', slack).rule, '', 'nothing is to be said')
})
