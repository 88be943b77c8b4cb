/**
 * The tunnel put together: who finds POPs (pop/), who opens sessions, and the keeper of their life. The mock cloud is
 * reached by its routes alone; nothing here leaves for the real one.
 */

import { isIP } from 'node:net'
import type { Configuration } from '../config/configuration.js'
import { RelayUpstream } from '../dns/upstream.js'
import type { EventLog } from '../log/event.js'
import type { Profile } from '../log/profile.js'
import { type CloudDescription, routeInCloud } from '../outbound/cloud-route.js'
import { resolveByDoh } from '../pop/doh-client.js'
import { GatewayResolver } from '../pop/gateway-resolver.js'
import { GslbClient } from '../pop/gslb-client.js'
import { resolveByLdns } from '../pop/ldns-client.js'
import { measurePops } from '../pop/measure.js'
import { PopRecord, type PopSwitch } from '../pop/pop-record.js'
import { PopSelector } from '../pop/selector.js'
import { selectionSettings, tunnelSettings } from '../pop/settings.js'
import { CloudOpener } from './cloud-opener.js'
import type { KeepAlive } from './keep-alive.js'
import type { TunnelCredentials } from './open-tunnel.js'
import type { TunnelChange } from './tunnel.js'
import { TunnelKeeper } from './tunnel-keeper.js'
import type { TunnelWire } from './tunnel-wire.js'

/** What a tunnel is made of. */
export interface TunnelOptions {
  readonly cloud: CloudDescription
  readonly credentials: TunnelCredentials
  /** The configuration in force. */
  readonly configuration: () => Configuration
  readonly profile: Profile
  readonly log: EventLog
  readonly changed: (change: TunnelChange) => void
  /** Who wants to see what the tunnel's sockets carry. */
  readonly wire?: TunnelWire | undefined
  /** ms since 1970. */
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
}

/** A tunnel and what goes with it. */
export interface AssembledTunnel {
  readonly keeper: TunnelKeeper
  /** What was found and chosen. */
  readonly record: PopRecord
  /** Addresses of a name of the cloud, by the endpoint's own resolver; none when nobody can say. */
  readonly resolve: (name: string) => Promise<readonly string[]>
  close(): void
}

/** How long DoH and GSLB may take, ms: EDNS of a real log gave up after 5 s. */
const TIMEOUT_MS = 5000

/** For all probes of one round together, ms; there are two rounds at most. */
const PROBE_MS = 1500

/** How long one attempt to connect may take, ms. */
const CONNECT_MS = 5000

/** The service's address is its name's only one (its anycast neighbour 8.8.4.4 aside). */
const DOH = { host: 'dns.google', endpoint: { ip: '8.8.8.8', port: 443 } } as const

/** Largest IP packet, bytes: the default of nsconfig.json's sample. */
const MTU = 1476

/** Puts a tunnel together; nothing is opened until `keeper.enable`. */
export function assembleTunnel(options: TunnelOptions): AssembledTunnel {
  const { cloud, credentials, configuration, profile, log, now, random } = options
  const { ca } = credentials
  const upstream = new RelayUpstream({ servers: [cloud.ldns] })
  const record = new PopRecord(now)
  const timeoutMs = (): number => {
    const seconds = configuration().lab.pop?.timeoutSeconds
    return seconds === undefined ? TIMEOUT_MS : seconds * 1000
  }
  const ldns = (name: string) => resolveByLdns(name, upstream)
  const doh = (name: string, signal: AbortSignal) => {
    const egress = record.status.selection?.egressIp ?? ''
    return resolveByDoh(name, {
      host: DOH.host,
      ...routeInCloud(cloud, DOH.endpoint),
      ca,
      timeoutMs: timeoutMs(),
      signal,
      ...(isIP(egress) === 0 ? {} : { subnet: egress }),
    })
  }
  const settings = () => selectionSettings(configuration(), profile.release)
  const gslb = (ip: string, signal: AbortSignal) => {
    const { host, port } = settings().gslb
    const { OrgKey: orgKey = '' } = configuration().branding
    return new GslbClient({ host, ...routeInCloud(cloud, { ip, port }), ca, timeoutMs: timeoutMs(), orgKey, signal })
  }
  const selector = new PopSelector({
    settings,
    ldns,
    gslb,
    probe: (pops, signal) =>
      measurePops(pops, {
        most: pops.length,
        route: (endpoint) => routeInCloud(cloud, endpoint),
        deadlineMs: PROBE_MS,
        now: () => performance.now(),
        signal,
      }),
    record,
    log,
  })
  // Read at each beat: an edit holds for sessions that are open, too.
  const keepAlive: KeepAlive = {
    get pingAfterMs() {
      return tunnelSettings(configuration()).keepAlive.pingAfterMs
    },
    get pongWithinMs() {
      return tunnelSettings(configuration()).keepAlive.pongWithinMs
    },
  }
  const opener = new CloudOpener({
    resolver: new GatewayResolver({ doh, ldns, log }),
    route: (endpoint, transport) => routeInCloud(cloud, endpoint, transport),
    attempt: () => ({ ...credentials, keepAlive, wire: options.wire, withinMs: CONNECT_MS }),
    mtu: () => Number(configuration().client.mtu) || MTU,
    log,
  })
  let lastLoss = ''
  const keeper = new TunnelKeeper({
    selector,
    opener,
    settings: () => tunnelSettings(configuration()),
    log,
    platform: profile.platform,
    changed: (change) => {
      if (change.to === 'down') lastLoss = change.reason
      else record.switched(switchOf(change, record, lastLoss))
      options.changed(change)
    },
    random,
  })
  return {
    keeper,
    record,
    resolve: async (name) => {
      const found = await ldns(name)
      return 'failure' in found ? [] : found.addresses
    },
    close: () => {
      keeper.close()
      selector.close()
      upstream.close()
    },
  }
}

/** What came up, and why it is there. */
function switchOf(
  { tunnel, before, wasUp }: TunnelChange & { to: 'up' },
  record: PopRecord,
  lastLoss: string,
): Omit<PopSwitch, 'at'> {
  const { selection } = record.status
  const { pop: to, ip, method, transport } = tunnel
  const reason = (): string => {
    if (before !== undefined && !wasUp) return `the session before it ended: ${lastLoss}`
    if (before?.pop === to && before.transport !== transport) return `over ${transport} from now on`
    if (before?.pop === to && wasUp) return 'its session was opened anew'
    return selection?.why ?? ''
  }
  return { from: before?.pop ?? '', to, ip, method, why: reason() }
}
