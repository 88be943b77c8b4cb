// Pure: the configuration files compiled into the policy that `decide` asks. In steps, because long lists take longer
// than relaying flows may be held up: a generator that pauses wherever a caller may go on with other work.

import { isAddressRange } from '../../steering/address.js'
import type { Location, RuleFile, RuleRef } from '../../steering/flow.js'
import { PRIVATE_RANGES } from '../../steering/match-address.js'
import { DnsMatcher, type DnsRule } from '../../steering/match-dns.js'
import { normalizeHost } from '../../steering/match-domain.js'
import type { ApplicationRule, CategoryRule, Half, Policy, TrafficMode } from '../../steering/policy.js'
import type { ListedRule } from '../../steering/rule-list.js'
import { allSteps, type Steps } from '../../stepwise.js'
import type { Configuration } from '../configuration.js'
import { isLocalType, LOCAL_RANGE } from '../schema/nsexception.js'
import { isOn } from '../schema/values.js'
import { addressList, domainList, pinnedList, STEP } from './compile-lists.js'
import { pinnedEntries } from './compile-pinned.js'
import { type HalfLists, halfLists, type Placed, withoutWildcard } from './half-lists.js'
import { categoryDomains } from './web-categories.js'

/** Compiles checked files at one go; never throws on what the schemas let pass. */
export function compilePolicy(configuration: Configuration): Policy {
  return allSteps(compileSteps(configuration))
}

/** Compiles checked files in steps of about a millisecond each. */
export function* compileSteps(configuration: Configuration): Steps<Policy> {
  const { client, steering, exceptions, overlaps, lab } = configuration
  const dynamic = steering.dynamic_steering === 1
  const offPrem = yield* compileHalf(configuration, 'off-prem')
  const failClose = exceptions.fail_close ?? {}
  const gateways = gatewayRules(configuration)
  return {
    halves: { 'off-prem': offPrem, 'on-prem': dynamic ? yield* compileHalf(configuration, 'on-prem') : offPrem },
    dynamic,
    checkSni: isOn(client.checkSNI),
    udpExceptions: isOn(client.supportUDPExceptions),
    blockIpv6: isOn(client.blockIPv6),
    blockDnsTcp: isOn(client.blockDnsTCP),
    dnsPorts: new Set([53, Number(client.dns_custom_port ?? 0)].filter((port) => port > 0)),
    failClose: isOn(client.failClose?.fail_close),
    failCloseHosts: yield* domainList(listed('nsexception.json', '$.fail_close.domains', failClose.domains), 'table'),
    failCloseAddresses: yield* addressList(listed('nsexception.json', '$.fail_close.ips', failClose.ips)),
    gateways: yield* domainList(gateways, 'table'),
    overlaps: yield* overlapGroups(overlaps.overlappingDomainList),
    os: lab.endpoint?.os ?? 'linux',
    readings: readingsOf(configuration),
  }
}

function* compileHalf(configuration: Configuration, location: Location): Steps<Half> {
  const { client, lab } = configuration
  const half = halfLists(configuration, location)
  const { mode, exceptions } = half
  const readings = readingsOf(configuration)
  return {
    mode,
    modeRule: half.modeRule,
    bypassAt: half.bypassAt,
    steersDns: half.steersDns,
    pinned: yield* pinnedList(
      pinnedEntries(half.pinned, lab.endpoint?.os, client.enhancedCertPinnedApplist),
      readings.pinned,
    ),
    applications: yield* domainList(applicationRules(exceptions.applications), readings.applications),
    exceptionHosts: yield* domainList(exceptionRules(exceptions.names), readings.exceptions),
    exceptionAddresses: yield* addressList(addressRules(exceptions.ips)),
    localAddresses: yield* addressList(localRules(exceptions.ips, mode)),
    sourceLocations: yield* addressList(exceptionRules(exceptions.source_locations)),
    sourceCountries: new Map([...exceptionRules(exceptions.source_countries)].map((rule) => [rule.text, rule])),
    categories: yield* domainList(categoryRules(exceptions.categories), 'suffix'),
    dns: yield* DnsMatcher.of(dnsRules(exceptions.dns), readings.exceptions),
    cloudApps: yield* domainList(cloudAppRules(half.cloudApps), 'suffix'),
    webPorts: yield* webPorts(half.domainPorts),
    idle: half.idle,
  }
}

type Entries<Name extends keyof HalfLists['exceptions']> = HalfLists['exceptions'][Name]

function exceptionRule(path: string, text: string): ListedRule {
  return { ref: { file: 'nsexception.json', path }, text }
}

function* exceptionRules(entries: Iterable<Placed<string>>): Generator<ListedRule> {
  for (const { entry, path } of entries) yield exceptionRule(path, entry)
}

function* cloudAppRules(entries: Iterable<Placed<string>>): Generator<ListedRule> {
  for (const { entry, path } of entries) yield { ref: { file: 'nssteering.json', path }, text: withoutWildcard(entry) }
}

function* applicationRules(entries: Entries<'applications'>): Generator<ApplicationRule> {
  for (const { entry, path } of entries)
    for (const text of entry.domains)
      yield { ...exceptionRule(path, text), application: entry.name, dnsToo: entry.action === 'bypass' }
}

function* categoryRules(entries: Entries<'categories'>): Generator<CategoryRule> {
  for (const { entry, path } of entries)
    for (const text of categoryDomains(entry)) yield { ...exceptionRule(path, text), category: entry.name }
}

function* dnsRules(entries: Entries<'dns'>): Generator<DnsRule> {
  for (const { entry, path } of entries) {
    const isAddress = isAddressRange(entry.domain)
    yield { ...exceptionRule(path, entry.domain), types: entry.types ?? [], isAddress }
  }
}

function readingsOf({ lab: { readings = {} } }: Configuration): Policy['readings'] {
  const { exceptions = 'table', pinned = 'suffix', applications = 'table' } = readings
  return { exceptions, pinned, applications }
}

/** Outside all mode RFC 1918 is bypassed by default; all mode tunnels it unless an exception says otherwise (client-behaviour 2.8). */
const PRIVATE_RULES: readonly ListedRule[] = PRIVATE_RANGES.map((text) => ({
  ref: { file: 'built-in', path: 'private-ranges' },
  text,
}))

function* addressRules(entries: Entries<'ips'>): Generator<ListedRule> {
  for (const { entry, path } of entries) if (!isLocalType(entry.type)) yield exceptionRule(path, entry.value)
}

/** `Local IP address range` is one entry for all private ranges; outside all mode they are local without it. */
function* localRules(entries: Entries<'ips'>, mode: TrafficMode): Generator<ListedRule> {
  for (const { entry, path } of entries) {
    if (!isLocalType(entry.type)) continue
    const texts = entry.value === LOCAL_RANGE ? PRIVATE_RANGES : [entry.value]
    for (const text of texts) yield exceptionRule(path, text)
  }
  if (mode !== 'all') yield* PRIVATE_RULES
}

function listed(file: RuleFile, path: string, texts: readonly string[] = []): readonly ListedRule[] {
  return texts.map((text, index) => ({ ref: { file, path: `${path}[${index}]` }, text }))
}

function gatewayRules({ client }: Configuration): readonly ListedRule[] {
  const { host, backupHost } = client.nsgw
  const rule = (path: string, text: string): ListedRule => ({ ref: { file: 'nsconfig.json', path }, text })
  return [rule('$.nsgw.host', host), ...(backupHost ? [rule('$.nsgw.backupHost', backupHost)] : [])]
}

/** Each host with its groups; hosts of one group share the rule. */
function* overlapGroups(groups: Readonly<Record<string, readonly string[]>>): Steps<Policy['overlaps']> {
  const byHost = new Map<string, ListedRule[]>()
  for (const [group, hosts] of Object.entries(groups)) {
    const ref: RuleRef = { file: 'nsoverlap.json', path: `$.overlappingDomainList[${JSON.stringify(group)}]` }
    const rule: ListedRule = { ref, text: hosts.slice(0, MOST_NAMED).join(', ') }
    for (const [index, host] of hosts.entries()) {
      const name = normalizeHost(host)
      const known = byHost.get(name)
      if (known === undefined) byHost.set(name, [rule])
      else known.push(rule)
      if (index % STEP === STEP - 1) yield
    }
    if (byHost.size % STEP === 0) yield
  }
  return byHost
}

/** Hosts of a group that its rule names. */
const MOST_NAMED = 10

function* webPorts(entries: HalfLists['domainPorts']): Steps<Half['webPorts']> {
  const byPort = new Map<number, ListedRule[]>()
  let count = 0
  for (const [port, rule] of entries) {
    const rules = byPort.get(port)
    if (rules === undefined) byPort.set(port, [rule])
    else rules.push(rule)
    if (++count % STEP === 0) yield
  }
  const lists = new Map<number, Half['cloudApps']>()
  for (const [port, rules] of byPort) lists.set(port, yield* domainList(rules, 'suffix'))
  return lists
}
