// Pure: policies and flows for tests, said in a few words: what is not said is the ordinary case.

import { compilePolicy } from '../../agent/config/compile-policy.js'
import { pinnedAppsSchema } from '../../agent/config/schema/nsbypass.js'
import { clientConfigSchema } from '../../agent/config/schema/nsconfig.js'
import { exceptionsSchema } from '../../agent/config/schema/nsexception.js'
import { steeringSchema } from '../../agent/config/schema/nssteering.js'
import type { FlowFacts } from '../../agent/steering/flow.js'
import type { Policy } from '../../agent/steering/policy.js'

/** One pinned app of a test: action 1 and mode direct unless said otherwise. */
export interface AppWords {
  readonly process: string
  readonly domains?: readonly string[]
  readonly action?: 1 | 2
  readonly mode?: 'direct' | 'tunnel'
  readonly regex?: boolean
}

/** What a test's configuration says. */
export interface PolicyWords {
  readonly mode?: 'web' | 'all'
  readonly checkSni?: boolean
  readonly names?: readonly string[]
  readonly ips?: readonly string[]
  readonly local?: readonly string[]
  readonly apps?: readonly AppWords[]
  readonly domainPorts?: Readonly<Record<string, readonly number[]>>
}

/** The policy of a configuration that has passed the schemas; in `$.ips` the `ips` come before the `local`. */
export function policyOf(words: PolicyWords = {}): Policy {
  const { mode = 'all', checkSni = false, names = [], ips = [], local = [], apps = [], domainPorts = {} } = words
  return compilePolicy({
    branding: { OrgName: 'lab', UserEmail: 'user@lab.example' },
    client: clientConfigSchema.parse({ nsgw: { host: 'gateway', port: 443 }, checkSNI: String(checkSni) }),
    steering: steeringSchema.parse({ traffic_mode: mode, domain_ports: domainPorts }),
    exceptions: exceptionsSchema.parse({
      names,
      ips: [...ips.map((value) => ({ type: 'ip', value })), ...local.map((value) => ({ type: 'local', value }))],
    }),
    pinned: pinnedAppsSchema.parse({
      certPinnedAppList: apps.map(({ process, domains = ['*'], action = 1, mode: appMode = 'direct', regex }) => ({
        action,
        appName: 'App',
        app_domains: domains,
        mode: appMode,
        processName: process,
        rowID: 'custom_1',
        ...(regex === undefined ? {} : { isRegex: String(regex) }),
      })),
    }),
  })
}

/** What a test says of a flow. */
export interface FlowWords {
  readonly host?: string
  readonly ip?: string
  readonly port?: number
  readonly process?: string
  readonly transport?: 'tcp' | 'udp'
  readonly sniffed?: FlowFacts['sniffed']
}

/** A flow: curl to box.com at 74.112.186.144, TCP port 443, nothing read yet, unless said otherwise. */
export function flowOf(words: FlowWords = {}): FlowFacts {
  const { host = 'box.com', ip = '74.112.186.144', port = 443, process = 'curl' } = words
  return {
    transport: words.transport ?? 'tcp',
    source: { ip: '10.0.2.140', port: 60894 },
    destination: { ip, port },
    host,
    process,
    sniffed: words.sniffed ?? 'no',
  }
}
