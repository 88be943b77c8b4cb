/** A whole mock cloud and a client of it, in this process and over real sockets: for what becomes of the one when the other is faulty. */

import { setImmediate as turn } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Configuration } from '../../agent/config/configuration.js'
import type { LogEvent } from '../../agent/log/event.js'
import { PROFILES } from '../../agent/log/profiles.js'
import type { CloudDescription } from '../../agent/outbound/cloud-route.js'
import { type AssembledTunnel, assembleTunnel } from '../../agent/tunnel/assemble-tunnel.js'
import type { TunnelCredentials } from '../../agent/tunnel/open-tunnel.js'
import type { TunnelInUse } from '../../agent/tunnel/tunnel.js'
import type { TenantCertificates } from '../../certs/tenant-authority.js'
import { OTHER_TENANT_ADDRESS } from '../../gateway/cloud-addresses.js'
import { wholeCloud } from '../../gateway/cloud-part.js'
import { readPopFault, readServiceFault, SERVICES, type ServiceName } from '../../gateway/faults/fault.js'
import type { Pop, PopTable } from '../../gateway/pops/pop.js'
import { configurationWith } from './policies.js'
import { gatewayOf, type TestGateway, USER } from './tenant-gateway.js'

const ORG_KEY = 'steerlab-org-key-001'

/** What the checker answers. */
const RESPONSE_CODE = 'netSkope@netSkope'

const pop = (name: string, address: string, longitude: number, rttMs: number): Pop => ({
  name,
  gateway: `gateway-${name.slice(3).toLowerCase()}.goskope.com`,
  address,
  country: 'US',
  latitude: 41.9,
  longitude,
  rttMs,
  jitterMs: 0,
  capacity: 100,
  up: true,
})

/** Three POPs, nearest first, by distance as by round trip, which differ by more than a busy machine blurs. The second is the backup. */
export const THREE_POPS: PopTable = {
  pops: [
    pop('US-ORD1', '163.116.133.35', -87.9, 0),
    pop('US-DTW1', '163.116.136.35', -83, 80),
    pop('US-IAD2', '163.116.146.35', -77.5, 200),
  ],
  regions: [{ prefix: '198.51.100.0/24', country: 'US', latitude: 41.9, longitude: -87.9 }],
  egress: '198.51.100.7',
}

/** What everything here may take beside the time-outs it is made of, ms: two cores, and other tests on them. */
export const BUSY_MS = 4000

/** A running cloud. */
export interface CloudUnderTest extends TestGateway {
  readonly cloud: CloudDescription
  /** Makes services and POPs faulty, in the words of a command line: `gslb slow 300`, `US-ORD1 loss`. */
  fail(...faults: readonly string[]): Promise<void>
  /** Requests a service has been asked so far, as its log has them. */
  asked(service: ServiceName): number
}

/** A cloud of the tenant `lab`; closed at the end of the test. */
export async function cloudOf(
  t: Test,
  certificates: TenantCertificates,
  tenantDirectory = '/nowhere',
): Promise<CloudUnderTest> {
  const { authority, tenantAuthority, pfx } = certificates.agent
  const gateway = await gatewayOf(t, certificates, {
    table: THREE_POPS,
    services: {
      tenant: 'lab',
      orgKey: ORG_KEY,
      responseCode: RESPONSE_CODE,
      tenantDirectory,
      rootCertificate: authority,
      tenantCertificate: tenantAuthority,
      userPkcs12: pfx,
      user: USER,
    },
  })
  const cloud = wholeCloud([gateway.part])
  if (cloud === undefined) throw new Error('the cloud has no services')
  return {
    ...gateway,
    cloud,
    async fail(...faults) {
      for (const fault of faults) {
        const [target = '', ...words] = fault.split(' ')
        const service = SERVICES.find((name) => name === target)
        if (service === undefined) gateway.faults.set({ pop: target }, readPopFault(words))
        else gateway.faults.set({ service }, readServiceFault(service, words))
      }
      // A door that a fault shuts is shut when this turn is over.
      await turn()
    },
    asked: (service) => {
      const event = `${service}-${service === 'ldns' ? 'query' : 'request'}`
      return gateway.log().filter((entry) => entry['event'] === event).length
    },
  }
}

/** What differs from the ordinary client. */
export interface ClientWords {
  /** Left out, 114: one that asks the GSLB service. */
  readonly version?: string
  /** Further keys of nsconfig.json. */
  readonly client?: object
  /** Further keys of steerlab.json. */
  readonly pop?: object
  readonly tunnel?: object
}

/** How long the services and the resolver may take, ms; the resolver's two attempts are agent/dns/upstream.ts's own. */
export const ANSWER_MS = 1000
export const RESOLVER_MS = 2 * 2000

/** The longest wait between two rounds of attempts, ms. */
export const LONGEST_BACKOFF_MS = 500

/** Silence after which a client asks its gateway, and after which it gives it up, ms each. */
export const KEEP_ALIVE_MS = 500

/** The configuration of a client that is quick to give up. */
export function clientConfiguration({ version = '114', client, pop, tunnel }: ClientWords = {}): Configuration {
  const configuration = configurationWith({
    client: { gslb: { host: 'gateway.gslb.goskope.com', port: '443' }, clientAssistedGSLBGTM: '1', ...client },
    lab: {
      pop: { clientVersion: version, timeoutSeconds: ANSWER_MS / 1000, ...pop },
      tunnel: {
        keepAliveSeconds: KEEP_ALIVE_MS / 1000,
        keepAliveWithinSeconds: KEEP_ALIVE_MS / 1000,
        longestBackoffSeconds: LONGEST_BACKOFF_MS / 1000,
        ...tunnel,
      },
    },
  })
  const branding = {
    OrgKey: ORG_KEY,
    AddonCheckerHost: 'achecker-lab.goskope.com',
    AddonCheckerResponseCode: RESPONSE_CODE,
  }
  return { ...configuration, branding: { ...configuration.branding, ...branding } }
}

/** Who the client is. */
export function credentialsOf({ agent: { authority: ca, pfx, passphrase } }: TenantCertificates): TunnelCredentials {
  return { ca, pfx, passphrase, client: 'steerlab test', device: 'desk' }
}

/** A client and what it reported. */
export interface ClientUnderTest extends AssembledTunnel {
  /** What it reported, in short; see `storyOf`. */
  story(): readonly string[]
  /** The session in use. */
  tunnel(): TunnelInUse | undefined
  /** When it came up and went down, on the clock of `performance`. */
  readonly changes: ReadonlyArray<{ readonly to: 'up' | 'down'; readonly at: number }>
  /** Settles when its first round has come to an end: up, or waiting for the next. */
  readonly atRest: Promise<void>
}

/** A client of the cloud; enabled, and closed at the end of the test. */
export function clientOf(
  t: Test,
  { cloud }: Pick<CloudUnderTest, 'cloud'>,
  certificates: TenantCertificates,
  words: ClientWords = {},
): ClientUnderTest {
  const events: LogEvent[] = []
  const changes: { readonly to: 'up' | 'down'; readonly at: number }[] = []
  let inUse: TunnelInUse | undefined
  const configuration = clientConfiguration(words)
  const tunnel = assembleTunnel({
    cloud,
    credentials: credentialsOf(certificates),
    configuration: () => configuration,
    profile: PROFILES['windows-r114'],
    log: { report: (event) => void events.push(event) },
    changed: (change) => {
      inUse = change.to === 'up' ? change.tunnel : undefined
      changes.push({ to: change.to, at: performance.now() })
    },
    now: Date.now,
    random: Math.random,
  })
  t.teardown(() => tunnel.close())
  tunnel.keeper.enable()
  // While it connects, this only waits.
  const atRest = tunnel.keeper.reselect()
  return { ...tunnel, story: () => storyOf(events), tunnel: () => inUse, changes, atRest }
}

/**
 * Events in short: the type, and what of gateway (without its domain), POP, code, host or state it has. An address is
 * told by its POP.
 */
export function storyOf(events: readonly LogEvent[]): readonly string[] {
  return events.map((event) => {
    const { gateway, ip, pop, code, state } = event as Readonly<Record<string, unknown>>
    const place = event.type === 'gateway-resolved' ? placeOf(ip) : [String(gateway ?? '').split('.')[0], pop].join(' ')
    return [event.type, place.trim(), code, state].filter((word) => word !== '' && word !== undefined).join(' ')
  })
}

function placeOf(ip: unknown): string {
  if (ip === OTHER_TENANT_ADDRESS) return 'other tenant'
  return THREE_POPS.pops.find(({ address }) => address === ip)?.name ?? String(ip)
}
