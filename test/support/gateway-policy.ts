// Pure: the gateway's policy for tests, said in a few words: what is not said is the ordinary case.

import { compilePolicy } from '../../gateway/inspect/policy/compile-policy.js'
import type { Policy, PolicyFacts } from '../../gateway/inspect/policy/policy.js'
import { policyFileSchema } from '../../gateway/inspect/policy/policy-file.js'

/** The policy of these rules, past the schema. */
export function gatewayPolicy(...rules: readonly object[]): Policy {
  return compilePolicy(policyFileSchema.parse({ rules }))
}

/** A request, or its answer, as the policy sees it. */
export function policyFacts(facts: Partial<PolicyFacts> = {}): PolicyFacts {
  return {
    user: 'ann@acme.com',
    process: 'chrome.exe',
    host: 'upload.box.com',
    category: 'Cloud Storage',
    method: 'GET',
    path: '/',
    contentType: '',
    bytes: 0,
    ...facts,
  }
}
