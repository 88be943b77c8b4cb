/** Gateways of a tenant, and agents' tunnels to them, as tests need them. */

import { readFileSync } from 'node:fs'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import type { LogEvent } from '../../agent/log/event.js'
import type { LabDescription } from '../../agent/outbound/lab-route.js'
import { ALPN_PROTOCOL } from '../../agent/tunnel/frame.js'
import type { KeepAlive } from '../../agent/tunnel/session.js'
import { TunnelClient, type TunnelClientOptions } from '../../agent/tunnel/tunnel-client.js'
import { ensureTenantCertificates, type TenantCertificates } from '../../certs/tenant-authority.js'
import { type Gateway, type GatewayOptions, startGateway } from '../../gateway/gateway.js'
import { waitUntil } from './wait-until.js'

/** Whom the user certificates are for. */
export const USER = 'alice@acme.example'

const QUIET: KeepAlive = { pingAfterMs: 60_000, pongWithinMs: 60_000 }

/** The certificates of a new tenant. */
export function newTenant(t: Test, tenant = 'acme'): Promise<TenantCertificates> {
  return ensureTenantCertificates({ home: t.testdir(), tenant, user: USER, org: 'Acme', now: new Date() })
}

/** A gateway and what its log says. */
export interface TestGateway extends Gateway {
  readonly logFile: string
  log(): readonly Readonly<Record<string, unknown>>[]
  /** Waits for an entry that has all of `fields`; a pattern matches a text. */
  logged(fields: Readonly<Record<string, unknown>>): Promise<void>
}

/** A gateway of the tenant, closed at the end of the test. */
export async function gatewayOf(
  t: Test,
  { gateway: { key, chain, clientAuthority } }: TenantCertificates,
  options: Partial<GatewayOptions> = {},
): Promise<TestGateway> {
  const logFile = options.logFile ?? `${t.testdir()}/gateway.log`
  const gateway = await startGateway({
    host: '127.0.0.1',
    port: 0,
    key,
    cert: chain,
    clientCa: clientAuthority,
    pop: 'US-TEST1',
    logFile,
    connectTimeoutMs: 2000,
    idleMs: 60_000,
    keepAlive: QUIET,
    ...options,
  })
  t.teardown(() => gateway.close())
  const log = () =>
    readFileSync(logFile, { encoding: 'utf8', flag: 'a+' })
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const logged = (fields: Readonly<Record<string, unknown>>) =>
    waitUntil(() => log().some((entry) => Object.entries(fields).every(([name, value]) => fits(entry[name], value))))
  return { ...gateway, logFile, log, logged }
}

function fits(found: unknown, wanted: unknown): boolean {
  return wanted instanceof RegExp ? typeof found === 'string' && wanted.test(found) : found === wanted
}

/** A tunnel client and the events it reported. */
export interface TestClient {
  readonly tunnel: TunnelClient
  readonly events: readonly LogEvent[]
}

/** A tunnel client of the tenant, started, and closed at the end of the test. */
export function tunnelTo(
  t: Test,
  port: number,
  { gateway, agent }: TenantCertificates,
  options: Partial<TunnelClientOptions> = {},
): TestClient {
  const events: LogEvent[] = []
  const tunnel = new TunnelClient({
    gateway: { host: gateway.serverName, ip: '127.0.0.1', port },
    ca: agent.authority,
    userCertificate: { pfx: agent.pfx, passphrase: agent.passphrase },
    client: 'steerlab test',
    device: 'desk',
    log: { report: (event) => events.push(event) },
    random: () => 0.5,
    backoff: { firstMs: 20, longestMs: 200 },
    keepAlive: QUIET,
    ...options,
  })
  t.teardown(() => tunnel.close())
  tunnel.start()
  return { tunnel, events }
}

/** A raw TLS socket to the gateway with the user's certificate: for saying what no agent says. */
export function rawAgent(
  port: number,
  { gateway, agent }: TenantCertificates,
  options: ConnectionOptions & { readonly allowHalfOpen?: boolean } = {},
): TLSSocket {
  const socket = connect({
    host: '127.0.0.1',
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
