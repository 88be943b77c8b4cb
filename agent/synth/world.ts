// Pure: what all endpoints of a run share: the client's build, its configuration compiled, and the hosts there are.

import { compilePolicy } from '../config/compile/compile-policy.js'
import type { Configuration } from '../config/configuration.js'
import type { Profile } from '../log/profile.js'
import type { Policy } from '../steering/policy.js'
import { type App, type Target, tenantHost } from './app.js'
import { appsOf } from './apps.js'
import type { Scenario } from './scenario.js'
import { type Site, siteOf, sitesOf } from './sites.js'

/** What a run is made from. Equal worlds make equal logs. */
export interface World {
  readonly seed: string
  readonly profile: Profile
  readonly scenario: Scenario
  readonly configuration: Configuration
  readonly policy: Policy
  /** The tenant's label in host names. */
  readonly tenant: string
  readonly apps: readonly App[]
  /** Hosts of the scenario, before those everybody knows. */
  readonly hosts: ReadonlyMap<string, Site>
}

/** The world of a seed, a build, a scenario and a client's files; the scenario's own rules come first. */
export function makeWorld(seed: string, profile: Profile, scenario: Scenario, files: Configuration): World {
  const configuration = withScenario(files, scenario)
  const { host } = configuration.client.nsgw
  return {
    seed,
    profile,
    scenario,
    configuration,
    policy: compilePolicy(configuration),
    tenant: /^gateway-([^.]+)\./.exec(host)?.[1] ?? 'lab',
    apps: [...appsOf(profile.platform), ...scenario.apps.filter((app) => app.process[profile.platform] !== undefined)],
    hosts: new Map(scenario.hosts.map((site) => [site.host, site])),
  }
}

/** The sites a target stands for, the most popular first. */
export function sitesFor(world: World, target: Target): readonly Site[] {
  if (target.host === undefined) return sitesOf(target.category)
  const host = tenantHost(target.host, world.tenant)
  return [world.hosts.get(host) ?? siteOf(host)]
}

function withScenario(files: Configuration, { exceptions, addresses, pinned, trafficMode }: Scenario): Configuration {
  return {
    ...files,
    steering: { ...files.steering, traffic_mode: trafficMode ?? files.steering.traffic_mode },
    exceptions: {
      ...files.exceptions,
      names: [...exceptions, ...files.exceptions.names],
      ips: [...addresses.map((value) => ({ type: 'ip' as const, value })), ...files.exceptions.ips],
    },
    pinned: { ...files.pinned, certPinnedAppList: [...pinned, ...files.pinned.certPinnedAppList] },
  }
}
