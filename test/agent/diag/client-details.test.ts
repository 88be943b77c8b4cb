/** What of a client's files and state its details show. */

import t from 'tap'
import type { ConnectionStatus } from '../../../agent/client-connection.js'
import { compilePolicy } from '../../../agent/config/compile/compile-policy.js'
import { configurationOf } from '../../../agent/config/configuration.js'
import { defaultFiles } from '../../../agent/config/default-files.js'
import { situationOf } from '../../../agent/config/situation.js'
import { type ClientDetails, clientDetails } from '../../../agent/diag/client-details.js'

const FILES = defaultFiles({ tenant: 'acme', user: 'alice@acme.example', org: 'Acme' })
const UP: ConnectionStatus = {
  tunnel: {
    state: 'connected',
    doing: '',
    transport: 'DTLS',
    gateway: 'gateway-ord1.goskope.com',
    ip: '163.116.133.35',
    port: 443,
    pop: 'US-ORD1',
    egressIp: '',
    sessionId: 1,
    flows: 0,
    draining: 0,
    lastEnd: '',
    dtlsFailure: '',
  },
  endpoint: { location: 'off-prem', why: '', tunnel: 'up' },
}

interface Change {
  readonly files?: Readonly<Record<string, object>>
  readonly tunnel?: Partial<ConnectionStatus['tunnel']>
  readonly endpoint?: Partial<ConnectionStatus['endpoint']>
  readonly explicitProxy?: boolean
}

function detailsWith({ files = {}, tunnel, endpoint, explicitProxy = false }: Change): ClientDetails {
  const changed = Object.entries(files).map(([name, keys]) => [name, { ...FILES[name as keyof typeof FILES], ...keys }])
  const configuration = configurationOf({ ...FILES, ...Object.fromEntries(changed) })
  return clientDetails({
    inForce: { configuration, policy: compilePolicy(configuration), situation: situationOf(configuration) },
    connection: { tunnel: { ...UP.tunnel, ...tunnel }, endpoint: { ...UP.endpoint, ...endpoint } },
    configUpdated: '2026-11-23T14:00:00.000Z',
    explicitProxy,
    version: '0.1.0',
  })
}

void t.test('of a new home whose tunnel is up', async (t) => {
  t.strictSame(detailsWith({}), {
    orgName: 'Acme',
    tenantUrl: 'acme.goskope.com',
    addonHost: 'addon-acme.goskope.com',
    addonCheckerHost: 'achecker-acme.goskope.com',
    gateway: 'gateway-ord1.goskope.com',
    gatewayIp: '163.116.133.35',
    pop: 'US-ORD1',
    config: 'Default tenant config',
    steeringConfig: 'Default tenant config',
    email: 'alice@acme.example',
    perUserConfig: false,
    tunnelStatus: 'NSTUNNEL_CONNECTED',
    enabled: true,
    dynamicSteering: false,
    onPremDetection: 'Not Configured',
    explicitProxy: false,
    tunnelProtocol: 'DTLS',
    sniEnable: false,
    trafficMode: 'All Traffic',
    clientVersion: '0.1.0',
    device: 'unknown',
    configUpdated: '2026-11-23T14:00:00.000Z',
  })
})

const ON_PREM_CHECK = { onprem_use_dns: '1', onprem_host: 'intra.acme.example', onprem_ip: '10.0.0.1' }
const CHANGES: readonly [why: string, change: Change, details: Partial<ClientDetails>][] = [
  [
    'before the first tunnel',
    { tunnel: { state: 'connecting', gateway: '', ip: '', pop: '' } },
    { gateway: 'gateway-acme.goskope.com', gatewayIp: '', tunnelStatus: 'NSTUNNEL_CONNECTING' },
  ],
  [
    'disabled by the user',
    { tunnel: { state: 'disconnected' }, endpoint: { tunnel: 'disabled' } },
    { tunnelStatus: 'NSTUNNEL_DISCONNECTED_BYUSER', enabled: false },
  ],
  [
    'an agent that stops',
    { tunnel: { state: 'disconnected' } },
    { tunnelStatus: 'NSTUNNEL_DISCONNECTED', enabled: true },
  ],
  [
    'a tunnel that is down',
    { tunnel: { state: 'connecting' }, endpoint: { tunnel: 'down' } },
    { tunnelStatus: 'NSTUNNEL_CONNECTING', enabled: true },
  ],
  ['checkSNI', { files: { 'nsconfig.json': { checkSNI: '1' } } }, { sniEnable: true }],
  ['web mode', { files: { 'nssteering.json': { traffic_mode: 'web' } } }, { trafficMode: 'All Web Traffic' }],
  ['cloud apps', { files: { 'nssteering.json': { traffic_mode: 'cloud-apps' } } }, { trafficMode: 'Cloud Apps' }],
  ['no steering', { files: { 'nssteering.json': { steering_method_none: 1 } } }, { trafficMode: 'None' }],
  [
    'dynamic steering, the half that counts',
    {
      files: { 'nssteering.json': { dynamic_steering: 1, on_prem: { traffic_mode: 'web' } } },
      endpoint: { location: 'on-prem' },
    },
    { dynamicSteering: true, trafficMode: 'All Web Traffic' },
  ],
  [
    'detected to be outside',
    { files: { 'nsconfig.json': { onpremcheck: ON_PREM_CHECK } } },
    { onPremDetection: 'Off-Premises' },
  ],
  [
    'detected to be inside',
    { files: { 'nsconfig.json': { onpremcheck: ON_PREM_CHECK } }, endpoint: { location: 'on-prem' } },
    { onPremDetection: 'On-Premises' },
  ],
  [
    'said to be inside',
    { files: { 'steerlab.json': { endpoint: { location: 'on-prem' } } }, endpoint: { location: 'on-prem' } },
    { onPremDetection: 'On-Premises' },
  ],
  ['a managed device', { files: { 'steerlab.json': { endpoint: { managed: true } } } }, { device: 'managed' }],
  ['through a proxy', { explicitProxy: true }, { explicitProxy: true }],
]

void t.test('of other clients', async (t) => {
  for (const [why, change, details] of CHANGES) t.match(detailsWith(change), details, why)
})
