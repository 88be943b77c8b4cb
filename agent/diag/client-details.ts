// Pure: what `nsdiag -f` and the tray's Configuration dialog show of a client (client-behaviour 5.1), put together from
// what is in force. Only the Orgname to Client version lines and the dialog's fields are public; the values marked "ours"
// below are not.

import type { ConnectionStatus } from '../client-connection.js'
import type { InForce } from '../config/live-configuration.js'
import { isOn } from '../config/schema/values.js'
import { onPremPlan } from '../location/on-prem-plan.js'
import type { DeviceClass } from '../steering/flow.js'
import type { TrafficMode } from '../steering/policy.js'

/** `..._BYUSER` stands in public logs; the plain last one, of a client whose agent is stopping, is ours. */
export type TunnelWord =
  | 'NSTUNNEL_CONNECTED'
  | 'NSTUNNEL_CONNECTING'
  | 'NSTUNNEL_DISCONNECTED_BYUSER'
  | 'NSTUNNEL_DISCONNECTED'

/** The client as `steerlab nsdiag -f --json` prints it. Texts are '' where nothing is known (yet). */
export interface ClientDetails {
  readonly orgName: string
  readonly tenantUrl: string
  readonly addonHost: string
  readonly addonCheckerHost: string
  /** The gateway in use; before the first one, the tenant's. */
  readonly gateway: string
  readonly gatewayIp: string
  /** The POP in use. */
  readonly pop: string
  readonly config: string
  readonly steeringConfig: string
  readonly email: string
  /** Always false: the lab has one user a home. */
  readonly perUserConfig: boolean
  readonly tunnelStatus: TunnelWord
  readonly enabled: boolean
  readonly dynamicSteering: boolean
  readonly onPremDetection: 'Not Configured' | 'On-Premises' | 'Off-Premises'
  /** Whether the way out leads through a proxy (`up --upstream-socks`). What the real client calls so is not public. */
  readonly explicitProxy: boolean
  readonly tunnelProtocol: 'TLS' | 'DTLS'
  readonly sniEnable: boolean
  readonly trafficMode: string
  readonly clientVersion: string
  readonly device: DeviceClass
  /** When what is in force came into force, ISO 8601. */
  readonly configUpdated: string
}

/** What details are made from. */
export interface DetailSources {
  readonly inForce: InForce
  readonly connection: ConnectionStatus
  /** ISO 8601. */
  readonly configUpdated: string
  readonly explicitProxy: boolean
  /** The agent's version, as its log says it too. */
  readonly version: string
}

/** `All Traffic` and `All Web Traffic` are public; the others are ours. */
const MODE_WORDS: Readonly<Record<TrafficMode, string>> = {
  all: 'All Traffic',
  web: 'All Web Traffic',
  'cloud-apps': 'Cloud Apps',
  none: 'None',
}

/** The client's details at this moment. */
export function clientDetails(sources: DetailSources): ClientDetails {
  const { inForce, connection, configUpdated, explicitProxy, version } = sources
  const { configuration, policy, situation } = inForce
  const { branding, client, steering } = configuration
  const { tunnel, endpoint } = connection
  return {
    orgName: branding.OrgName,
    tenantUrl: client.nsgw.host.replace(/^gateway-/, ''),
    addonHost: branding.AddonManagerHost ?? '',
    addonCheckerHost: branding.AddonCheckerHost ?? '',
    gateway: tunnel.gateway || client.nsgw.host,
    gatewayIp: tunnel.ip,
    pop: tunnel.pop,
    config: client.configurationName ?? '',
    steeringConfig: steering.steering_config_name ?? '',
    email: branding.UserEmail,
    perUserConfig: false,
    tunnelStatus: tunnelWord(connection),
    enabled: endpoint.tunnel !== 'disabled',
    dynamicSteering: steering.dynamic_steering === 1,
    onPremDetection: onPremDetection(inForce, connection),
    explicitProxy,
    tunnelProtocol: tunnel.transport,
    sniEnable: isOn(client.checkSNI),
    trafficMode: MODE_WORDS[policy.halves[endpoint.location].mode],
    clientVersion: version,
    device: situation.device,
    configUpdated,
  }
}

function tunnelWord({ tunnel, endpoint }: ConnectionStatus): TunnelWord {
  if (tunnel.state === 'connected') return 'NSTUNNEL_CONNECTED'
  if (tunnel.state === 'connecting') return 'NSTUNNEL_CONNECTING'
  return endpoint.tunnel === 'disabled' ? 'NSTUNNEL_DISCONNECTED_BYUSER' : 'NSTUNNEL_DISCONNECTED'
}

/** A location that steerlab.json names stands in for detection. */
function onPremDetection(
  { configuration: { client, lab } }: InForce,
  { endpoint: { location } }: ConnectionStatus,
): ClientDetails['onPremDetection'] {
  const isDetected = onPremPlan(client.onpremcheck).kind !== 'none' || lab.endpoint?.location !== undefined
  if (!isDetected) return 'Not Configured'
  return location === 'on-prem' ? 'On-Premises' : 'Off-Premises'
}
