// Pure: which of two verdicts on one request holds, when it can be read in two ways: whoever asks for something that is
// blocked in one reading does not get it by the other.

import type { Policy, PolicyAction, PolicyFacts, PolicyVerdict } from './policy.js'

const STRICTNESS: Readonly<Record<PolicyAction, number>> = { allow: 0, alert: 1, block: 2 }

/** The second verdict where it is stricter (block, then alert, then allow), else the first. */
export function stricterVerdict(first: PolicyVerdict, second: PolicyVerdict): PolicyVerdict {
  return STRICTNESS[second.action] > STRICTNESS[first.action] ? second : first
}

/**
 * The policy for requests that come on a connection made for another host: each is judged for its own host and for the
 * connection's, and the stricter verdict holds. `unmatched`: what is said when its own host's verdict holds, and no rule
 * made it; left out, what the policy says.
 */
export function policyForBoth(
  policy: Policy,
  connection: Pick<PolicyFacts, 'host' | 'category'>,
  unmatched?: PolicyVerdict,
): Policy {
  return {
    decide: (direction, facts) => {
      const own = policy.decide(direction, facts)
      const other = policy.decide(direction, { ...facts, ...connection })
      if (stricterVerdict(own, other) === own) return own.rule === '' ? (unmatched ?? own) : own
      return { ...other, reason: `For ${connection.host}, which the connection was made for: ${other.reason}` }
    },
    limitsBytes: policy.limitsBytes,
  }
}
