// Pure: what `decide` asks: each list of the configuration is a matcher, and beside it the rules by the same index.
// config/compile/compile-policy.ts makes it from the files, once for each version of them; a flow costs look-ups only.

import type { Location, RuleRef } from './flow.js'
import type { AddressMatcher } from './match-address.js'
import type { DnsMatcher } from './match-dns.js'
import type { DomainMatcher, DomainReading } from './match-domain.js'
import type { PinnedMatcher } from './match-pinned.js'
import type { OperatingSystem } from './operating-system.js'
import type { ListedRule, RuleList } from './rule-list.js'

/** A domain of an application exception; `dnsToo` = its DNS queries are bypassed as well. */
export interface ApplicationRule extends ListedRule {
  readonly application: string
  readonly dnsToo: boolean
}

/** A domain of a web category. */
export interface CategoryRule extends ListedRule {
  readonly category: string
}

/** What is steered at all (client-behaviour 2.1). */
export type TrafficMode = 'cloud-apps' | 'web' | 'all' | 'none'

/** A list that the files hold and that is not asked here, with the reason: `explain` shows both. */
export interface IdleList {
  readonly rule: ListedRule
  readonly why: string
}

/** What the configuration says for one location; without dynamic steering both locations share one. */
export interface Half {
  readonly mode: TrafficMode
  readonly modeRule: RuleRef
  /** Where exceptions and pinned apps are bypassed: here, or in the cloud behind the tunnel (client-behaviour 6). */
  readonly bypassAt: 'client' | 'cloud'
  readonly steersDns: boolean
  readonly pinned: PinnedMatcher
  readonly applications: RuleList<DomainMatcher, ApplicationRule>
  readonly exceptionHosts: RuleList<DomainMatcher>
  readonly exceptionAddresses: RuleList<AddressMatcher>
  /** What counts as local: `local` exceptions, and outside all mode every private address. */
  readonly localAddresses: RuleList<AddressMatcher>
  readonly sourceLocations: RuleList<AddressMatcher>
  readonly sourceCountries: ReadonlyMap<string, ListedRule>
  readonly categories: RuleList<DomainMatcher, CategoryRule>
  readonly dns: DnsMatcher
  /** The domains of cloud apps, steered in mode cloud-apps. */
  readonly cloudApps: RuleList<DomainMatcher>
  /** Port -> the domains of domain_ports that are steered as web on it. */
  readonly webPorts: ReadonlyMap<number, RuleList<DomainMatcher>>
  readonly idle: readonly IdleList[]
}

/** The configuration, compiled. */
export interface Policy {
  readonly halves: Readonly<Record<Location, Half>>
  /** Whether the halves differ by more than the location they are asked at. */
  readonly dynamic: boolean
  /** Decide by SNI instead of the host map (nsconfig.json checkSNI). */
  readonly checkSni: boolean
  /** Exceptions come before the QUIC block (nsconfig.json supportUDPExceptions). */
  readonly udpExceptions: boolean
  readonly blockIpv6: boolean
  readonly blockDnsTcp: boolean
  /** Ports of DNS: 53, and dns_custom_port. */
  readonly dnsPorts: ReadonlySet<number>
  readonly failClose: boolean
  /** What passes although the client fails closed (nsexception.json fail_close). */
  readonly failCloseHosts: RuleList<DomainMatcher>
  readonly failCloseAddresses: RuleList<AddressMatcher>
  /** Names of the gateway: the tunnel itself goes there. */
  readonly gateways: RuleList<DomainMatcher>
  /** Host -> the groups of services that share addresses it is in (nsoverlap.json). */
  readonly overlaps: ReadonlyMap<string, readonly ListedRule[]>
  /** The client's operating system: macOS and Windows differ in one rule. */
  readonly os: OperatingSystem
  /** How the lists are read, for `explain`. */
  readonly readings: Readonly<Record<'exceptions' | 'pinned' | 'applications', DomainReading>>
}
