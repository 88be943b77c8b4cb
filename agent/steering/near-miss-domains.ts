// Pure: entries of a list of domains that nearly cover a host, and why they do not. Asked of lists that do not cover it.

import { normalizeHost } from './match-domain.js'
import type { NearMiss } from './missed-rule.js'
import type { ListedRule } from './rule-list.js'

interface Miss {
  readonly rank: number
  readonly why: string
}

/** Names shorter than this differ by one letter too often to mean anything. */
const SHORTEST_TYPO = 6

/**
 * The near misses of a list for a host as `normalizeHost` spells it. In a list of `suffixes` a name stands for all below it
 * and `*.x` never matches.
 */
export function domainMisses(rules: Iterable<ListedRule>, host: string, list: 'names' | 'suffixes'): NearMiss[] {
  if (host === '') return []
  const misses: NearMiss[] = []
  for (const { ref, text } of rules) {
    const wild = text.startsWith('*.')
    const name = normalizeHost(wild ? text.slice(2) : text)
    const found = wild && list === 'suffixes' ? deadMiss(name, host) : missOf(wild, name, host)
    if (found !== undefined) misses.push({ rule: ref, rank: found.rank, sentence: `\`${text}\` ${found.why}` })
  }
  return misses
}

function deadMiss(name: string, host: string): Miss | undefined {
  if (name === '' || (host !== name && !host.endsWith(`.${name}`))) return undefined
  return { rank: 0, why: `never matches in this list: \`${name}\` would, and stands for all below it too` }
}

/** Why an entry of `name`, or of what lies below it, does not cover the host; undefined when they are not alike. */
function missOf(wild: boolean, name: string, host: string): Miss | undefined {
  if (name === '') return undefined
  if (wild && name === host) return { rank: 0, why: `covers what lies below ${name}, and not ${name} itself` }
  if (host.endsWith(`.${name}`)) return { rank: 1, why: `covers ${name} itself, and not ${host} below it` }
  if (host.endsWith(name) && name.includes('.'))
    return { rank: 5, why: `does not cover ${host}, whose end is alike, but within a label` }
  if (name.endsWith(`.${host}`)) return { rank: 6, why: `lies below ${host}, and does not cover ${host} itself` }
  if (host.length < SHORTEST_TYPO || !isOneEditApart(name, host)) return undefined
  return { rank: 7, why: `differs from ${host} by one letter` }
}

/** Whether one letter added, left out or replaced makes one of the other. */
function isOneEditApart(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (long.length - short.length > 1) return false
  let at = 0
  while (at < short.length && short[at] === long[at]) at++
  return short.slice(short.length === long.length ? at + 1 : at) === long.slice(at + 1) && short !== long
}
