/**
 * The agent process's composition root, and the tour of this folder. Parts start in this order and stop in reverse:
 *
 *   policy    the client's files, compiled and watched (config/live-configuration)
 *   tenant    downloads them where this client is enrolled (config/download)
 *   log       nsdebuglog writer: every verdict, every turn of the tunnel's life
 *   connection  where the endpoint is (location/), which POP (pop/), one session to it that fails over (tunnel/)
 *   dns       answers captured and local queries, teaches the host map
 *   capture   the doors: namespace, HTTP proxy, SOCKS5; each hands flows to
 *   steer     identify -> decide -> log -> tunnel | direct | refuse
 *   captures  packet captures (capture-file/), told what flows, tunnel and dns carry; nsdiag's answers (diag/)
 *
 * Who asks a running agent for its status, map or flows comes through control/, whose socket says whose the home is and
 * is therefore there before the agent.
 */

import { randomInt } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { CaptureKeeper } from './capture/capture-keeper.js'
import { HttpDoor } from './capture/http-door.js'
import { DOOR_LIMITS } from './capture/loopback-door.js'
import type { HolderPlan } from './capture/namespace-messages.js'
import { CAPTURE_NAMESERVER, type NamespaceKind } from './capture/namespace-plan.js'
import { pacText } from './capture/pac.js'
import { SocksDoor } from './capture/socks-door.js'
import { Captures } from './capture-file/captures.js'
import { dnsTap } from './capture-file/dns-tap.js'
import { ClientConnection } from './client-connection.js'
import { TenantLink } from './config/download/tenant-link.js'
import { LiveConfiguration } from './config/live-configuration.js'
import type { LoadedSet } from './config/load.js'
import { checkMasterPassword } from './config/master-password.js'
import { isOn } from './config/schema/values.js'
import { diagnostics } from './diag/diagnostics.js'
import { DriverLog } from './diag/driver-log.js'
import { DnsServer } from './dns/dns-server.js'
import { HostMap } from './dns/host-map.js'
import { RelayUpstream } from './dns/upstream.js'
import type { SteerError } from './errors.js'
import { FlowHistory } from './flow-history.js'
import type { Profile } from './log/profile.js'
import { LogWriter } from './log/writer.js'
import type { CloudDescription } from './outbound/cloud-route.js'
import type { LabDescription } from './outbound/lab-route.js'
import { routeDialer } from './outbound/route-dialer.js'
import type { SocksUpstream } from './outbound/socks-upstream.js'
import { openSockDiag } from './process/netlink.js'
import { ProcOwnerFinder } from './process/owner-finder.js'
import { localEndpoint } from './relay/endpoints.js'
import type { Agent, AgentStatus } from './running-agent.js'
import { faultLine, refuseQuic, type SteerLimits, type SteerParts, steer } from './steer.js'
import { authority } from './steering/address.js'
import { decide } from './steering/decide.js'
import type { Endpoint, FlowFacts } from './steering/flow.js'
import type { TunnelCredentials } from './tunnel/open-tunnel.js'

/** What an agent is started with; everything from outside comes in here. */
export interface AgentOptions {
  readonly version: string
  /** The client's files, read and checked. */
  readonly loaded: LoadedSet
  readonly logs: string
  readonly profile: Profile
  /** The user certificate, and the authority of everything in the cloud. */
  readonly credentials: Pick<TunnelCredentials, 'ca' | 'pfx' | 'passphrase'>
  /** Where the mock cloud listens. */
  readonly cloud: CloudDescription
  /** The resolvers to relay queries to. */
  readonly nameservers: readonly Endpoint[]
  readonly lab?: LabDescription | undefined
  readonly socks?: SocksUpstream | undefined
  readonly connectTimeoutMs: number
  readonly limits: SteerLimits
  /** Loopback ports of the explicit doors; 0 takes a free one. */
  readonly ports: { readonly http: number; readonly socks: number; readonly dns: number }
  readonly capture: {
    /** Called for every namespace that is made. */
    readonly plan: () => HolderPlan
    readonly path: string
    readonly env: Readonly<Record<string, string | undefined>>
    readonly kinds: readonly NamespaceKind[]
  }
  readonly machine: { readonly system: string; readonly release: string; readonly hostname: string }
  /** A fault that was survived, as one line for whoever watches. */
  readonly warn: (line: string) => void
}

const LOOPBACK = '127.0.0.1'

/** The resolver that captured programs ask. They can ask others, and are answered all the same. */
const CAPTURED_RESOLVER = { ip: CAPTURE_NAMESERVER, port: 53 }

/** Starts an agent. Throws SteerError `port-in-use` or `listen-failed`. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { loaded, lab, profile, machine, ports, cloud } = options
  const startedAt = new Date()
  mkdirSync(options.logs, { recursive: true, mode: 0o700 })

  const log = new LogWriter({
    directory: options.logs,
    profile,
    pid: process.pid,
    level: loaded.configuration.client.logLevel,
    now: nowUs,
    onTrouble: (error: SteerError) => options.warn(error.message),
  })
  const live = new LiveConfiguration({
    loaded,
    now: Date.now,
    warn: options.warn,
    changed: (now, before) => {
      // Another level set by hand holds over every other edit.
      const { logLevel } = now.configuration.client
      if (logLevel !== before.configuration.client.logLevel) log.level = logLevel ?? 'info'
      connection.configurationChanged(before)
      tenant.follow()
    },
  })
  const tenant = new TenantLink({
    live,
    addon: { ...cloud.addon, ca: options.credentials.ca },
    hostInfo: { os: machine.system, os_version: machine.release, hostname: machine.hostname },
    log,
    now: Date.now,
    random: Math.random,
  })
  const hostMap = new HostMap()
  const now = Date.now
  const upstream = new RelayUpstream({ servers: options.nameservers })
  const captures: Captures = new Captures({
    directory: options.logs,
    application: `steerlab ${options.version}`,
    os: `${machine.system} ${machine.release}`,
    path: options.capture.path,
    doors: () => [http.address(), socks.address()],
    renewTunnel: () => connection.keeper.renew(),
    now: nowUs,
    random32: () => randomInt(2 ** 32),
    warn: options.warn,
  })
  const dns = new DnsServer({
    upstream,
    hostMap,
    now,
    tap: dnsTap(captures.flows.inner, nowUs),
    ipv6: lab !== undefined || hasGlobalIpv6(),
    get dropSvcb() {
      return isOn(live.current.configuration.client.drop_svcb_dns_resolver_query)
    },
  })
  const history = new FlowHistory()
  const driverLog = new DriverLog(now)
  const dialer = routeDialer({ timeoutMs: options.connectTimeoutMs, lab, socks: options.socks })
  const connection = new ClientConnection({
    cloud,
    credentials: { ...options.credentials, client: `steerlab ${options.version}`, device: machine.hostname },
    inForce: () => live.current,
    profile,
    log,
    resolve: async (host) => {
      const found = await dns.resolve(host)
      return 'failure' in found ? [] : found.addresses
    },
    dialer,
    post: (event) => tenant.postStatus(event),
    wire: captures.wire,
  })
  const parts: SteerParts = {
    judge: (facts: FlowFacts) => decide(facts, live.current.policy, connection.situation),
    dns,
    hostMap,
    tunnel: connection.keeper,
    tunnelWaitMs: () => connection.waitMs,
    dialer,
    log,
    history,
    now,
    limits: options.limits,
    captures: { ...captures.flows, driverLog },
    fault: (error) => options.warn(faultLine(error)),
  }

  const owners = new ProcOwnerFinder({ sockDiag: await openSockDiag(), sameNamespaceOnly: true })
  const door = { handle: (flow: Parameters<typeof steer>[0]) => steer(flow, parts), owners, limits: DOOR_LIMITS }
  const socks = new SocksDoor(door)
  const http: HttpDoor = new HttpDoor({
    ...door,
    pac: () => pacText({ http: http.address(), socks: socks.address(), bypass: [] }),
  })
  const capture = new CaptureKeeper({
    ...options.capture,
    flow: door.handle,
    dnsStream: (socket, client) => dns.serveStream(socket, client, localEndpoint(socket)),
    dnsDatagrams: (socket) => dns.serveDatagrams(socket, CAPTURED_RESOLVER),
    quicRefused: (refused, owner) => refuseQuic(refused, owner, parts),
    warn: options.warn,
  })
  let dnsPort = 0
  const status = (): AgentStatus => ({
    version: options.version,
    pid: process.pid,
    startedAt: startedAt.toISOString(),
    log: log.path,
    logLevel: log.level,
    profile: profile.name,
    configuration: live.status,
    download: tenant.status,
    cloud,
    ...connection.status,
    capture: capture.status,
    captures: captures.list(),
    driverLog: driverLog.status,
    proxy: {
      http: `http://${authority(http.address())}`,
      socks: `socks5://${authority(socks.address())}`,
      pac: `http://${authority(http.address())}/proxy.pac`,
      dns: `${LOOPBACK}:${dnsPort}`,
    },
    flows: history.counts,
    mappings: hostMap.entries(now()).length,
    lab: lab ?? null,
  })

  const close = async (): Promise<void> => {
    await tenant.close()
    await live.close()
    dns.close()
    upstream.close()
    capture.close()
    await Promise.all([http.close(), socks.close()])
    connection.close()
    await captures.close()
    if (driverLog.running) await driverLog.stop()
    await log.close()
  }
  try {
    log.report({
      type: 'user-agent',
      os: `${machine.system} ${machine.release}`,
      version: options.version,
      hostname: machine.hostname,
    })
    live.watch()
    tenant.follow()
    connection.start()
    dnsPort = await dns.listen({ host: LOOPBACK, port: ports.dns })
    await http.listen({ host: LOOPBACK, port: ports.http })
    await socks.listen({ host: LOOPBACK, port: ports.socks })
    await capture.open()
  } catch (error) {
    await close()
    throw error
  }
  return {
    status,
    mappings: () => hostMap.entries(now()),
    flows: () => history.recent,
    pops: () => ({ ...connection.pops, tunnel: connection.status.tunnel }),
    reselect: () => connection.keeper.reselect(),
    connected: async (withinMs) => (await connection.keeper.session(withinMs)) !== undefined,
    enable: () => connection.enable(),
    disable: async (password) => {
      connection.checkDisabling()
      await checkMasterPassword(live.current.configuration.lab.masterPassword, password)
      connection.disable()
    },
    ...diagnostics({
      version: options.version,
      logs: options.logs,
      explicitProxy: options.socks !== undefined,
      live,
      connection,
      session: (withinMs) => connection.keeper.session(withinMs),
      log,
      history,
      driverLog,
    }),
    captures,
    update: async () => {
      await live.refresh()
      return (await tenant.updateNow()) ?? null
    },
    captureSettled: () => capture.settled,
    close,
  }
}

/** Microseconds since 1970. */
function nowUs(): number {
  return (performance.timeOrigin + performance.now()) * 1000
}

/** Whether this machine has an IPv6 address that leads anywhere: without one, AAAA answers would only cost time. */
function hasGlobalIpv6(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some((found) => found?.family === 'IPv6' && !found.internal && !/^fe80:/i.test(found.address))
}
