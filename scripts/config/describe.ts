// Pure: what the client's files mean, as numbers and words: `config show`.

import { type HalfLists, halfLists, type Placed } from '../../agent/config/compile/half-lists.js'
import type { Configuration } from '../../agent/config/configuration.js'
import { PINNED_ACTION, type PinnedApp } from '../../agent/config/schema/nsbypass.js'
import { isLocalType } from '../../agent/config/schema/nsexception.js'
import { isOn } from '../../agent/config/schema/values.js'
import type { Location } from '../../agent/steering/flow.js'

/** A pinned app in one location: the entries that differ by their process only. */
export interface ShownApp {
  readonly app: string
  readonly processes: readonly string[]
  readonly action: 'bypass' | 'block' | 'bypass if managed, else block'
  /** Of a bypass: whether it goes through the tunnel. */
  readonly mode: 'direct' | 'tunnel'
  readonly hosts: readonly string[]
  /** Left out = all. */
  readonly os?: readonly string[]
}

/** What holds in one location; `anywhere` is both, without dynamic steering. */
export interface ShownHalf {
  readonly location: Location | 'anywhere'
  readonly mode: string
  /** The domains that mode cloud-apps steers. */
  readonly steeredDomains: number
  /** Ports steered as web beside 80 and 443. */
  readonly webPorts: readonly number[]
  readonly steersDns: boolean
  readonly bypassAt: 'client' | 'cloud'
  /** Entries by kind. */
  readonly exceptions: Readonly<Record<string, number>>
  /** Lists that are there and do not hold here. */
  readonly idle: readonly { readonly list: string; readonly why: string }[]
  readonly pinned: readonly ShownApp[]
}

/** What all files mean. */
export interface ShownConfiguration {
  readonly user: string
  readonly organisation: string
  readonly gateway: string
  readonly steeringConfiguration: string
  readonly halves: readonly ShownHalf[]
  /** Switches of nsconfig.json that are acted on, as they are spelt, or as they are taken when they are not there. */
  readonly switches: Readonly<Record<string, string>>
  /** Groups of hosts that share addresses. */
  readonly overlaps: number
  /** steerlab.json as it is. */
  readonly lab: Configuration['lab']
}

/** Describes checked files. */
export function describeConfiguration(configuration: Configuration): ShownConfiguration {
  const { branding, client, steering, overlaps, lab } = configuration
  const describe = (shown: ShownHalf['location'], asked: Location) => shownHalf(shown, halfLists(configuration, asked))
  return {
    user: branding.UserEmail,
    organisation: branding.OrgName,
    gateway: client.nsgw.host,
    steeringConfiguration: steering.steering_config_name ?? '',
    halves:
      steering.dynamic_steering === 1
        ? [describe('on-prem', 'on-prem'), describe('off-prem', 'off-prem')]
        : [describe('anywhere', 'off-prem')],
    switches: {
      checkSNI: client.checkSNI ?? '0',
      supportUDPExceptions: client.supportUDPExceptions ?? '0',
      enhancedCertPinnedApplist: client.enhancedCertPinnedApplist ?? '1',
      blockIPv6: client.blockIPv6 ?? '0',
      blockDnsTCP: client.blockDnsTCP ?? '0',
      drop_svcb_dns_resolver_query: client.drop_svcb_dns_resolver_query ?? '0',
      dns_custom_port: client.dns_custom_port ?? '0',
      'failClose.fail_close': client.failClose?.fail_close ?? '0',
      logLevel: client.logLevel ?? 'info',
    },
    overlaps: Object.keys(overlaps.overlappingDomainList).length,
    lab,
  }
}

function shownHalf(location: ShownHalf['location'], half: HalfLists): ShownHalf {
  const { names, ips, applications, categories, source_locations, source_countries, dns } = half.exceptions
  const addresses = [...ips].map(({ entry }) => isLocalType(entry.type))
  return {
    location,
    mode: half.mode,
    steeredDomains: count(half.cloudApps),
    webPorts: [...new Set([...half.domainPorts].map(([port]) => port))].sort((a, b) => a - b),
    steersDns: half.steersDns,
    bypassAt: half.bypassAt,
    exceptions: {
      domains: count(names),
      addresses: addresses.filter((isLocal) => !isLocal).length,
      local: addresses.filter((isLocal) => isLocal).length,
      applications: count(applications),
      categories: count(categories),
      'source locations': count(source_locations),
      'source countries': count(source_countries),
      dns: count(dns),
    },
    idle: half.idle.map(({ rule, why }) => ({ list: `${rule.ref.file} ${rule.ref.path}`, why })),
    pinned: shownApps(half.pinned),
  }
}

function count(entries: Iterable<unknown>): number {
  return [...entries].length
}

const ACTIONS: Readonly<Record<PinnedApp['action'], ShownApp['action']>> = {
  [PINNED_ACTION.bypass]: 'bypass',
  [PINNED_ACTION.block]: 'block',
  [PINNED_ACTION.managed]: 'bypass if managed, else block',
}

function shownApps(entries: Iterable<Placed<PinnedApp>>): readonly ShownApp[] {
  const alike = new Map<string, ShownApp>()
  for (const { entry } of entries) {
    const { action, appName: app, app_domains: hosts, mode, os, isRegex, processName } = entry
    const rest = { app, action: ACTIONS[action], mode, hosts, ...(os === undefined ? {} : { os }) }
    const key = JSON.stringify(rest)
    const processes = [...(alike.get(key)?.processes ?? []), isOn(isRegex) ? `/${processName}/` : processName]
    alike.set(key, { ...rest, processes })
  }
  return [...alike.values()]
}
