// Pure: what nearly decided a flow: the entries an administrator may have meant, each with the reason why it does not
// cover the flow.

import { isIPv4 } from 'node:net'
import { parseAddress, parseAddressRange } from './address.js'
import type { FlowFacts, Location, Situation } from './flow.js'
import { AddressMatcher, PRIVATE_RANGES } from './match-address.js'
import { DomainMatcher, normalizeHost } from './match-domain.js'
import type { NearMiss } from './missed-rule.js'
import { domainMisses } from './near-miss-domains.js'
import { pinnedMisses } from './near-miss-pinned.js'
import type { Policy } from './policy.js'
import type { ListedRule } from './rule-list.js'
import {
  application,
  exceptionAddress,
  exceptionHost,
  localAddress,
  pinnedApp,
  sourceLocation,
} from './steps/exceptions.js'
import { isDns, type Question, questionOf, ruleForHost } from './steps/question.js'
import { category } from './steps/scope.js'

/** Near misses that are given. */
export const MAX_NEAR_MISSES = 10

/** The near misses of a flow, most useful first. Lists that cover it, or have no say in its mode, are left out. */
export function nearMisses(flow: FlowFacts, policy: Policy, situation: Situation): readonly NearMiss[] {
  const question = questionOf(flow, policy, situation)
  if (question.half.mode === 'none') return []
  const misses = [
    ...missedHosts(question),
    ...missedApps(question),
    ...missedPorts(question),
    ...otherHalf(question),
    ...missedAddresses(question),
    ...missedDns(question),
    ...idleLists(question),
  ]
  return misses.sort((a, b) => a.rank - b.rank).slice(0, MAX_NEAR_MISSES)
}

function missedHosts({ half, host }: Question): readonly NearMiss[] {
  const misses = [half.exceptionHosts, half.applications, half.categories].flatMap((list) => {
    return ruleForHost(list, host) === undefined ? domainMisses(list.rules, host, 'names') : []
  })
  if (half.mode !== 'cloud-apps' || ruleForHost(half.cloudApps, host) !== undefined) return misses
  return [...misses, ...domainMisses(half.cloudApps.rules, host, 'suffixes')]
}

function missedApps({ half, flow, host, policy }: Question): readonly NearMiss[] {
  if (half.pinned.matchName(flow.process, host) !== undefined) return []
  return pinnedMisses(half.pinned, flow.process, host, policy.readings.pinned)
}

/** The host is steered as web on other ports. */
function missedPorts({ half, flow, host }: Question): readonly NearMiss[] {
  const { port } = flow.destination
  const onPort = half.webPorts.get(port)
  if (port === 80 || port === 443 || flow.transport === 'udp' || (onPort && ruleForHost(onPort, host))) return []
  return [...half.webPorts].flatMap(([other, list]) => {
    const rule = ruleForHost(list, host)
    return rule
      ? [{ rule: rule.ref, rank: 2, sentence: `\`${rule.text}\` is web on port ${other}, and not on ${port}` }]
      : []
  })
}

const ASKED_IN_HALF = [pinnedApp, application, exceptionHost, exceptionAddress, sourceLocation, localAddress, category]

/** What the other half of dynamic steering says, where this one says nothing. */
function otherHalf(question: Question): readonly NearMiss[] {
  const { flow, policy, situation } = question
  if (!policy.dynamic) return []
  const location: Location = situation.location === 'on-prem' ? 'off-prem' : 'on-prem'
  const there = questionOf(flow, policy, { ...situation, location })
  if (there.half.mode === 'none') return []
  for (const judge of ASKED_IN_HALF) {
    if (judge(question) !== undefined) return []
    const verdict = judge(there)
    // Private addresses are bypassed by the mode, and no entry says so.
    if (verdict === undefined || verdict.rule.file === 'built-in') continue
    return [
      {
        rule: verdict.rule,
        rank: 1,
        sentence: `${capitals(location)} this rule holds and says: ${verdict.reason.replace(/\.$/, '')}`,
      },
    ]
  }
  return []
}

function capitals(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

const PRIVATE = AddressMatcher.ofTexts(PRIVATE_RANGES)

function missedAddresses({ half, flow, address }: Question): readonly NearMiss[] {
  const { ip } = flow.destination
  if (half.localAddresses.matcher.matchAddress(address) !== -1) return []
  if (half.exceptionAddresses.matcher.matchAddress(address) !== -1) return []
  const misses = neighbours(half.exceptionAddresses.rules, ip)
  if (half.mode === 'all' && PRIVATE.matchAddress(address) !== -1) {
    const sentence = `${ip} is private, which traffic_mode all steers all the same: only an exception of type local takes it out`
    misses.push({ rule: half.modeRule, rank: 2, sentence })
  }
  return misses
}

/** Entries of the same /24. */
function neighbours(rules: readonly ListedRule[], ip: string): NearMiss[] {
  const address = isIPv4(ip) ? parseAddress(ip)?.from : undefined
  if (address === undefined) return []
  const from = address & ~0xffn
  const misses: NearMiss[] = []
  for (const { ref, text } of rules) {
    const range = parseAddressRange(text)
    if (range?.family !== 4 || range.to < from || range.from > from + 0xffn) continue
    misses.push({ rule: ref, rank: 6, sentence: `\`${text}\` is in the same /24 as ${ip}, and does not cover it` })
  }
  return misses
}

/** DNS exceptions of the name for other record types, or of names like it. */
function missedDns({ half, flow, policy }: Question): readonly NearMiss[] {
  const { query } = flow
  if (typeof query !== 'object' || !half.steersDns || half.dns.match(query) !== undefined) return []
  const name = normalizeHost(query.name)
  const named = half.dns.rules.filter(({ isAddress }) => !isAddress)
  const covers = ({ text }: ListedRule) => new DomainMatcher([text], policy.readings.exceptions).matchName(name) !== -1
  const otherTypes = named.filter(covers).map(({ ref, text, types }) => {
    return {
      rule: ref,
      rank: 0,
      sentence: `\`${text}\` is excepted for ${types.join(', ')}, and not for ${query.type}`,
    }
  })
  return [
    ...otherTypes,
    ...domainMisses(
      named.filter((rule) => !covers(rule)),
      name,
      'names',
    ),
  ]
}

/** Lists that are not asked, where what they are about is at hand. */
function idleLists(question: Question): readonly NearMiss[] {
  const { half, flow } = question
  const isAbout = (list: string): boolean => {
    if (list === 'dns') return isDns(question)
    return list === 'source_locations' ? flow.source.ip !== '' : question.host !== ''
  }
  return half.idle
    .filter(({ rule }) => isAbout(rule.text))
    .map(({ rule, why }) => ({
      rule: rule.ref,
      rank: 8,
      sentence: `\`${rule.text}\` is not asked: ${why}`,
    }))
}
