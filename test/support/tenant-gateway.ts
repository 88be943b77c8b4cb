/** Gateways of a tenant, and agents' tunnels to them, as tests need them. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import type { EventLog, LogEvent } from '../../agent/log/event.js'
import type { LabDescription } from '../../agent/outbound/lab-route.js'
import { GatewayResolver } from '../../agent/pop/gateway-resolver.js'
import type { GatewayTarget, TargetSelector } from '../../agent/pop/target.js'
import type { Endpoint } from '../../agent/steering/flow.js'
import { CloudOpener } from '../../agent/tunnel/cloud-opener.js'
import { ALPN_PROTOCOL } from '../../agent/tunnel/frame.js'
import type { KeepAlive } from '../../agent/tunnel/keep-alive.js'
import type { KeeperSettings } from '../../agent/tunnel/keeper-options.js'
import type { TunnelCredentials } from '../../agent/tunnel/open-tunnel.js'
import type { TunnelChange, TunnelOpener } from '../../agent/tunnel/tunnel.js'
import { TunnelKeeper } from '../../agent/tunnel/tunnel-keeper.js'
import { ensureTenantCertificates, type TenantCertificates } from '../../certs/tenant-authority.js'
import { type Gateway, type GatewayOptions, startGateway } from '../../gateway/gateway.js'
import { writeWaitingLines } from '../../gateway/json-lines-file.js'
import type { Pop, PopTable } from '../../gateway/pops/pop.js'
import { QUIET } from './session-pair.js'
import { shortDirectory } from './short-directory.js'
import { waitUntil } from './wait-until.js'

/** Whom the user certificates are for. */
export const USER = 'alice@acme.example'

/** A POP next door, with room for all. */
export const TEST_POP: Pop = {
  name: 'US-TEST1',
  gateway: 'gateway-test1.goskope.com',
  address: '163.116.133.35',
  country: 'US',
  latitude: 41.88,
  longitude: -87.63,
  rttMs: 0,
  jitterMs: 0,
  capacity: 256,
  up: true,
}

/** A table of it alone. */
export const ONE_POP: PopTable = { pops: [TEST_POP], regions: [], egress: '198.51.100.7' }

/** Tests that have a directory: t.testdir() empties it, and another tenant may be at work there. */
const placed = new WeakSet<Test>()
let tenants = 0

/** The certificates of a new tenant; several may be made at once. */
export function newTenant(t: Test, tenant = 'acme'): Promise<TenantCertificates> {
  if (!placed.has(t)) t.testdir()
  placed.add(t)
  tenants += 1
  const home = join(t.testdirName, `certificates-${tenants}`)
  return ensureTenantCertificates({ home, tenant, user: USER, org: 'Acme', now: new Date() })
}

/** A gateway and what its log says. */
export interface TestGateway extends Gateway {
  /** Where the tunnel door of the first POP it serves listens. */
  readonly ip: string
  readonly port: number
  readonly logFile: string
  log(): readonly Readonly<Record<string, unknown>>[]
  /** Waits for an entry that has all of `fields`; a pattern matches a text. */
  logged(fields: Readonly<Record<string, unknown>>): Promise<void>
}

/** A gateway of the tenant with one POP, closed at the end of the test. */
export async function gatewayOf(
  t: Test,
  { gateway: { key, chain, clientAuthority } }: TenantCertificates,
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  const { logFile = join(shortDirectory(t), 'gateway.log'), table = ONE_POP } = options
  const gateway = await startGateway({
    key,
    cert: chain,
    clientCa: clientAuthority,
    table,
    logFile,
    connectTimeoutMs: 2000,
    idleMs: 60_000,
    keepAlive: QUIET,
    ...options,
  })
  t.teardown(() => gateway.close())
  const log = () => {
    writeWaitingLines()
    return readFileSync(logFile, { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }
  const logged = (fields: Readonly<Record<string, unknown>>) =>
    waitUntil(() => log().some((entry) => Object.entries(fields).every(([name, value]) => fits(entry[name], value))))
  const doors = table.pops.flatMap(({ address }) => gateway.part.routes[`${address}:443/tcp`] ?? [])
  return { ...gateway, ip: '', port: 0, ...doors[0], logFile, log, logged }
}

/** Where the tunnel door of the POP with this public address listens. */
export function tunnelDoorOf({ part }: Gateway, address: string): Endpoint {
  const door = part.routes[`${address}:443/tcp`]
  if (door === undefined) throw new Error(`no POP has the address ${address}`)
  return door
}

function fits(found: unknown, wanted: unknown): boolean {
  return wanted instanceof RegExp ? typeof found === 'string' && wanted.test(found) : found === wanted
}

/** A tunnel, the events it reported, and its changes. */
export interface TestTunnel {
  readonly tunnel: TunnelKeeper
  readonly events: readonly LogEvent[]
  readonly changes: readonly TunnelChange[]
}

/** What differs from the ordinary tunnel. */
export interface TestTunnelOptions extends Partial<KeeperSettings> {
  readonly credentials?: Partial<TunnelCredentials>
  /** Host the certificate must be for. */
  readonly gateway?: string
  readonly selector?: TargetSelector
  readonly opener?: TunnelOpener
}

/** A tunnel of the tenant to these doors, the first one preferred; enabled, and closed at the end of the test. */
export function tunnelTo(
  t: Test,
  doors: Endpoint | readonly Endpoint[],
  tenant: TenantCertificates,
  options: TestTunnelOptions = {},
): TestTunnel {
  const { credentials, gateway = tenant.gateway.serverName, selector, opener, ...settings } = options
  const events: LogEvent[] = []
  const changes: TunnelChange[] = []
  const log = { report: (event: LogEvent) => void events.push(event) }
  const targets = [doors].flat().map(({ ip, port }): GatewayTarget => ({ gateway, ip, port, pop: '' }))
  const tunnel = new TunnelKeeper({
    selector: selector ?? { select: async (current) => ({ targets, keep: current !== undefined, degraded: false }) },
    opener: opener ?? openerOf(tenant, log, credentials),
    settings: () => ({
      wanted: 'TLS',
      reselectMs: 60_000,
      degradedMs: 60_000,
      drainMs: 5000,
      backoff: { firstMs: 20, longestMs: 200 },
      ...settings,
    }),
    log,
    platform: 'linux',
    changed: (change) => void changes.push(change),
    random: () => 0.5,
  })
  t.teardown(() => tunnel.close())
  tunnel.enable()
  return { tunnel, events, changes }
}

/** Opens sessions wherever it is told; no name is found. */
export function openerOf(
  { agent }: TenantCertificates,
  log: EventLog,
  credentials: Partial<TunnelCredentials> = {},
  keepAlive: KeepAlive = QUIET,
): TunnelOpener {
  const notFound = async () => ({ failure: 'not-resolved', detail: '', curlCode: 6 }) as const
  const { authority: ca, pfx, passphrase } = agent
  return new CloudOpener({
    resolver: new GatewayResolver({ doh: notFound, ldns: notFound, log }),
    route: (endpoint) => endpoint,
    attempt: () => ({
      ...{ ca, pfx, passphrase, client: 'steerlab test', device: 'desk' },
      ...credentials,
      keepAlive,
      withinMs: 5000,
    }),
    mtu: () => 1476,
    log,
  })
}

/** A raw TLS socket to a tunnel door with the user's certificate: for saying what no agent says. */
export function rawAgent(
  { ip, port }: Endpoint,
  { gateway, agent }: TenantCertificates,
  options: ConnectionOptions & { readonly allowHalfOpen?: boolean } = {},
): TLSSocket {
  const socket = connect({
    host: ip,
    port,
    servername: gateway.serverName,
    ca: agent.authority,
    pfx: agent.pfx,
    passphrase: agent.passphrase,
    ALPNProtocols: [ALPN_PROTOCOL],
    ...options,
  })
  socket.on('error', () => {})
  return socket
}

/** A lab with two origins' addresses and one that refuses, on these loopback ports; its name server is a dead port. */
export function labWith(ports: Readonly<Record<string, number>>): LabDescription {
  return {
    dns: { ip: '127.0.0.1', port: 9 },
    ports,
    addresses: ['192.0.2.10', '2001:db8::10', '203.0.113.5'],
    refusing: ['203.0.113.5'],
    caFile: '/nowhere/labca.pem',
  }
}
