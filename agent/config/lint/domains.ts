// Pure: what is odd in a list of domains: entries that say nothing beside another one, and wildcards without their root.
// Each entry costs look-ups by its labels, whatever the length of the list.

import { type DomainReading, normalizeHost } from '../../steering/match-domain.js'
import type { ListedRule } from '../../steering/rule-list.js'
import type { Finding } from './finding.js'

interface Entry {
  readonly rule: ListedRule
  readonly wild: boolean
  readonly name: string
}

/** The findings of one list. */
export function lintDomains(rules: Iterable<ListedRule>, reading: DomainReading): readonly Finding[] {
  const findings: Finding[] = []
  const entries = new Map<string, Entry>()
  for (const rule of rules) {
    const wild = rule.text.startsWith('*.')
    const name = rule.text === '*' ? '*' : normalizeHost(wild ? rule.text.slice(2) : rule.text)
    if (wild && isByLabels(reading)) {
      findings.push(deadWildcard(rule, name))
      continue
    }
    const key = keyOf(wild, name)
    const same = entries.get(key)
    if (same === undefined) entries.set(key, { rule, wild, name })
    else findings.push(warning('duplicate', rule, `\`${rule.text}\` says the same as ${place(same.rule)}`))
  }
  for (const entry of entries.values()) {
    const { rule, wild, name } = entry
    const wider = widerThan(entry, entries, reading)
    if (wider !== undefined) {
      const sentence = `\`${rule.text}\` makes no difference: \`${wider.rule.text}\` (${place(wider.rule)}) covers it`
      findings.push(warning('shadowed', rule, sentence))
    } else if (wild && reading !== 'root-too' && !entries.has(name)) {
      const sentence = `\`${rule.text}\` does not cover ${name} itself, and nothing else in the list does`
      findings.push({ severity: 'hint', kind: 'root-missed', rule: rule.ref, sentence })
    }
  }
  return findings
}

/** Readings in which a name stands for what is below it, and a wildcard for nothing. */
function isByLabels(reading: DomainReading): boolean {
  return reading === 'suffix' || reading === 'one-level'
}

function keyOf(wild: boolean, name: string): string {
  return wild ? `*.${name}` : name
}

/** The entry that covers all that this one covers. */
function widerThan(
  { wild, name }: Entry,
  entries: ReadonlyMap<string, Entry>,
  reading: DomainReading,
): Entry | undefined {
  if (name === '*') return undefined
  const find = (candidates: Iterable<string>): Entry | undefined => {
    for (const candidate of candidates) {
      const entry = entries.get(candidate)
      if (entry !== undefined) return entry
    }
    return undefined
  }
  switch (reading) {
    case 'table':
      return find(above(name, '*.'))
    case 'root-too':
      return find([...(wild ? [] : [`*.${name}`]), ...above(name, '*.')])
    case 'suffix':
      return find([...above(name, ''), '*'])
    case 'one-level':
      return find(['*'])
    case 'text-suffix':
      return find(endings(wild, name))
  }
}

/** The domains a name lies below, the nearest first, with `before` in front. */
function* above(name: string, before: string): Generator<string> {
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) yield before + name.slice(dot + 1)
}

/** The entries whose text is an ending of this one's: `*.x` ends in `.x`. */
function* endings(wild: boolean, name: string): Generator<string> {
  if (wild) yield name
  for (let start = 1; start < name.length; start++)
    yield name[start] === '.' ? keyOf(true, name.slice(start + 1)) : name.slice(start)
}

function deadWildcard(rule: ListedRule, name: string): Finding {
  return warning('never-matches', rule, `\`${rule.text}\` never matches here: \`${name}\` would, with all below it`)
}

function warning(kind: Finding['kind'], { ref }: ListedRule, sentence: string): Finding {
  return { severity: 'warning', kind, rule: ref, sentence }
}

function place({ ref }: ListedRule): string {
  return ref.path
}
