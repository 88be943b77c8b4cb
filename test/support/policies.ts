// Pure: policies and flows for tests, said in a few words: what is not said is the ordinary case.

import { compilePolicy } from '../../agent/config/compile/compile-policy.js'
import type { Configuration } from '../../agent/config/configuration.js'
import { pinnedAppsSchema } from '../../agent/config/schema/nsbypass.js'
import { clientConfigSchema } from '../../agent/config/schema/nsconfig.js'
import { exceptionsSchema } from '../../agent/config/schema/nsexception.js'
import { overlapsSchema } from '../../agent/config/schema/nsoverlap.js'
import { steeringSchema } from '../../agent/config/schema/nssteering.js'
import { labSettingsSchema } from '../../agent/config/schema/steerlab.js'
import type { FlowFacts } from '../../agent/steering/flow.js'
import type { Policy } from '../../agent/steering/policy.js'

/** One pinned app of a test: action 1 and mode direct unless said otherwise. */
export interface AppWords {
  readonly process: string
  readonly domains?: readonly string[]
  readonly action?: 1 | 2 | 3
  readonly mode?: 'direct' | 'tunnel'
  readonly regex?: boolean
  readonly tunnelDomains?: readonly string[]
  readonly os?: readonly string[]
}

/** What a test's configuration says: in a few words, or as keys of the files. */
export interface PolicyWords {
  readonly mode?: 'web' | 'all' | 'cloud-apps'
  readonly checkSni?: boolean
  readonly names?: readonly string[]
  readonly ips?: readonly string[]
  readonly local?: readonly string[]
  readonly apps?: readonly AppWords[]
  readonly domainPorts?: Readonly<Record<string, readonly number[]>>
  /** Further keys of nsconfig.json, nssteering.json, nsexception.json, nsbypass.json. */
  readonly client?: object
  readonly steering?: object
  readonly exceptions?: object
  readonly pinned?: object
  readonly lab?: object
  readonly overlaps?: Readonly<Record<string, readonly string[]>>
}

/** The configuration, past the schemas; in `$.ips` the `ips` come before the `local`. */
export function configurationWith(words: PolicyWords = {}): Configuration {
  const { mode = 'all', checkSni = false, names = [], ips = [], local = [], apps = [], domainPorts = {} } = words
  return {
    branding: { OrgName: 'lab', UserEmail: 'user@lab.example' },
    client: clientConfigSchema.parse({
      nsgw: { host: 'gateway-lab.goskope.com', backupHost: 'gateway-backup-lab.goskope.com', port: 443 },
      checkSNI: String(checkSni),
      ...words.client,
    }),
    steering: steeringSchema.parse({ traffic_mode: mode, domain_ports: domainPorts, ...words.steering }),
    exceptions: exceptionsSchema.parse({
      names,
      ips: [...ips.map((value) => ({ type: 'ip', value })), ...local.map((value) => ({ type: 'local', value }))],
      ...words.exceptions,
    }),
    pinned: pinnedAppsSchema.parse({ certPinnedAppList: apps.map(pinnedApp), ...words.pinned }),
    overlaps: overlapsSchema.parse({ overlappingDomainList: words.overlaps ?? {} }),
    lab: labSettingsSchema.parse(words.lab ?? {}),
  }
}

/** The entry of nsbypass.json that the words stand for. */
export function pinnedApp({ process, regex, tunnelDomains, ...app }: AppWords): object {
  return {
    action: app.action ?? 1,
    appName: 'App',
    app_domains: app.domains ?? ['*'],
    mode: app.mode ?? 'direct',
    processName: process,
    rowID: 'custom_1',
    ...(regex === undefined ? {} : { isRegex: String(regex) }),
    ...(tunnelDomains === undefined ? {} : { tunnel_domains: tunnelDomains }),
    ...(app.os === undefined ? {} : { os: app.os }),
  }
}

/** The policy of a configuration that has passed the schemas. */
export function policyOf(words: PolicyWords = {}): Policy {
  return compilePolicy(configurationWith(words))
}

/** What a test says of a flow. */
export interface FlowWords {
  readonly host?: string
  readonly ip?: string
  readonly port?: number
  readonly process?: string
  readonly transport?: 'tcp' | 'udp'
  readonly sniffed?: FlowFacts['sniffed']
  readonly source?: string
  readonly otherHosts?: readonly string[]
  readonly query?: FlowFacts['query']
}

/** A flow: curl to box.com at 74.112.186.144, TCP port 443, nothing read yet, unless said otherwise. */
export function flowOf(words: FlowWords = {}): FlowFacts {
  const { host = 'box.com', ip = '74.112.186.144', port = 443, process = 'curl' } = words
  return {
    transport: words.transport ?? 'tcp',
    source: { ip: words.source ?? '10.0.2.140', port: 60894 },
    destination: { ip, port },
    host,
    process,
    sniffed: words.sniffed ?? 'no',
    ...(words.otherHosts === undefined ? {} : { otherHosts: words.otherHosts }),
    ...(words.query === undefined ? {} : { query: words.query }),
  }
}
