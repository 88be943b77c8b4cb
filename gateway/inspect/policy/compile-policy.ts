// Pure: a policy file made into verdicts. The first rule of the direction that matches decides.
//
// A path can be read in two ways: as it was sent, and as a lenient origin reads it (path-reading.ts). Which one the origin
// takes the gateway cannot know, so both are judged and the stricter verdict holds: `/x/%2e%2e/admin` does not get past a
// rule that blocks /admin, nor does `/public/../admin` get through by one that allows /public.

import { type Condition, conditionsOf, type ReadFacts } from './conditions.js'
import { normalizePath } from './path-reading.js'
import { type Direction, OPEN_POLICY, type Policy, type PolicyFacts, type PolicyVerdict } from './policy.js'
import type { PolicyFile, PolicyFileRule } from './policy-file.js'
import { stricterVerdict } from './stricter-verdict.js'

interface CompiledRule {
  readonly rule: PolicyFileRule
  /** `Rule 2 "No uploads"`. */
  readonly heading: string
  readonly conditions: readonly Condition[]
}

/** The policy a file says. */
export function compilePolicy({ rules }: PolicyFile): Policy {
  const compiled = rules.map(
    (rule, index): CompiledRule => ({
      rule,
      heading: `Rule ${index + 1} "${rule.name}"`,
      conditions: conditionsOf(rule),
    }),
  )
  const ofDirection = (direction: Direction) => compiled.filter(({ rule }) => rule.direction === direction)
  const sides = { upload: sideOf(ofDirection('upload')), download: sideOf(ofDirection('download')) }
  return {
    decide: (direction, facts) => sides[direction].decide(facts),
    limitsBytes: { upload: sides.upload.limits, download: sides.download.limits },
  }
}

interface Side {
  readonly decide: (facts: PolicyFacts) => PolicyVerdict
  readonly limits: readonly number[]
}

/** The rules of one direction. */
function sideOf(rules: readonly CompiledRule[]): Side {
  const hasPaths = rules.some(({ rule }) => rule.paths !== undefined)
  return {
    decide: (facts) => {
      const asSent = firstMatch(rules, facts)
      const path = hasPaths ? normalizePath(facts.path) : facts.path
      if (path === facts.path) return asSent
      return stricterVerdict(asSent, firstMatch(rules, { ...facts, path, sentAs: facts.path }))
    },
    limits: limitsOf(rules),
  }
}

function firstMatch(rules: readonly CompiledRule[], facts: ReadFacts): PolicyVerdict {
  for (const { rule, heading, conditions } of rules) {
    const matched = allOf(conditions, facts)
    if (matched === undefined) continue
    const { action, name, message } = rule
    const reason =
      matched.length === 0 ? `${heading} matches everything.` : `${heading} matches: ${matched.join(', ')}.`
    return { action, rule: name, reason, ...(message === undefined ? {} : { message }) }
  }
  return OPEN_POLICY.decide('upload', facts)
}

/** What each condition says; undefined when one does not hold. */
function allOf(conditions: readonly Condition[], facts: ReadFacts): readonly string[] | undefined {
  const matched: string[] = []
  for (const condition of conditions) {
    const words = condition(facts)
    if (words === undefined) return undefined
    matched.push(words)
  }
  return matched
}

/** The sizes at which a condition on bytes begins or ceases to hold, ascending. */
function limitsOf(rules: readonly CompiledRule[]): readonly number[] {
  const limits = rules.flatMap(({ rule: { minBytes, maxBytes } }) => [
    ...(minBytes === undefined ? [] : [minBytes]),
    ...(maxBytes === undefined ? [] : [maxBytes + 1]),
  ])
  return [...new Set(limits)].sort((a, b) => a - b)
}
