// Pure: the configuration files compiled into the policy that `decide` asks.

import type { RuleRef } from '../steering/flow.js'
import { AddressMatcher, PRIVATE_RANGES } from '../steering/match-address.js'
import { DomainMatcher } from '../steering/match-domain.js'
import { type PinnedEntry, PinnedMatcher } from '../steering/match-pinned.js'
import type { ListedRule, Policy, RuleList } from '../steering/policy.js'
import type { Configuration } from './configuration.js'
import { PINNED_ACTION, type PinnedApp } from './schema/nsbypass.js'
import { LOCAL_RANGE } from './schema/nsexception.js'
import { isOn } from './schema/values.js'

/** Compiles checked files; never throws on what the schemas let pass. */
export function compilePolicy(configuration: Configuration): Policy {
  const { client, steering, exceptions, pinned } = configuration
  const addresses = exceptions.ips.map(({ type, value }, index) => ({
    type,
    rule: exceptionRule(`ips[${index}]`, value),
  }))
  const local = addresses.filter(({ type }) => type === 'local').flatMap(({ rule }) => localRules(rule))
  return {
    trafficMode: steering.traffic_mode,
    checkSni: isOn(client.checkSNI),
    pinned: new PinnedMatcher(pinned.certPinnedAppList.map(pinnedEntry)),
    exceptionHosts: domainList(
      exceptions.names.map((text, index) => exceptionRule(`names[${index}]`, text)),
      'table',
    ),
    exceptionAddresses: addressList(addresses.filter(({ type }) => type === 'ip').map(({ rule }) => rule)),
    localAddresses: addressList(steering.traffic_mode === 'web' ? [...local, ...PRIVATE_RULES] : local),
    webPorts: webPorts(steering.domain_ports ?? {}),
  }
}

/** Web mode bypasses RFC 1918 by default; all mode tunnels it unless an exception says otherwise (client-behaviour 2.8). */
const PRIVATE_RULES: readonly ListedRule[] = PRIVATE_RANGES.map((text) => ({
  ref: { file: 'built-in', path: 'private-ranges' },
  text,
}))

function exceptionRule(path: string, text: string): ListedRule {
  const ref: RuleRef = { file: 'nsexception.json', path: `$.${path}` }
  return { ref, text }
}

/** `Local IP address range` is one entry for all private ranges. */
function localRules(rule: ListedRule): readonly ListedRule[] {
  return rule.text === LOCAL_RANGE ? PRIVATE_RANGES.map((text) => ({ ref: rule.ref, text })) : [rule]
}

function domainList(rules: readonly ListedRule[], reading: 'table' | 'suffix'): RuleList<DomainMatcher> {
  return {
    rules,
    matcher: new DomainMatcher(
      rules.map(({ text }) => text),
      reading,
    ),
  }
}

function addressList(rules: readonly ListedRule[]): RuleList<AddressMatcher> {
  return { rules, matcher: new AddressMatcher(rules.map(({ text }) => text)) }
}

function pinnedEntry(app: PinnedApp, index: number): PinnedEntry {
  return {
    appName: app.appName,
    processName: app.processName,
    isPattern: isOn(app.isRegex),
    domains: app.app_domains,
    action: pinnedAction(app),
    rule: { file: 'nsbypass.json', path: `$.certPinnedAppList[${index}]` },
  }
}

/** The mode of a blocked app is ignored (client-behaviour 2.5). */
function pinnedAction(app: PinnedApp): PinnedEntry['action'] {
  if (app.action === PINNED_ACTION.block) return 'block'
  return app.mode === 'tunnel' ? 'bypass-tunnel' : 'bypass-direct'
}

function webPorts(domainPorts: Readonly<Record<string, readonly number[]>>): Map<number, RuleList<DomainMatcher>> {
  const byPort = new Map<number, ListedRule[]>()
  for (const [domain, ports] of Object.entries(domainPorts)) {
    const path = `$.domain_ports[${JSON.stringify(domain)}]`
    for (const port of ports) {
      const rule: ListedRule = { ref: { file: 'nssteering.json', path }, text: domain }
      const rules = byPort.get(port)
      if (rules === undefined) byPort.set(port, [rule])
      else rules.push(rule)
    }
  }
  return new Map([...byPort].map(([port, rules]) => [port, domainList(rules, 'suffix')]))
}
