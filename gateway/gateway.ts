/**
 * The gateway process's composition root, and the tour of this folder: the mock cloud, or a part of it.
 *
 *   agent ==TLS 1.3 or DTLS 1.2, user certificate==> pops/pop-door -> tunnel/server -> tunnel/egress -> origin
 *                                          one a POP                          |
 *                                                          destination-rules: what is never dialled
 *   client ==which POP?==> services/gslb, doh, ldns      all from the one table of pops/
 *   client ==HTTPS, org key and user key==> services/addon-server -> services/tenant-store: the tenant's directory
 *   client ==a way into the internet?==> services/checker-server
 *   faults/ makes any of them faulty, on demand
 *   gateway-log: who came, who was refused, what failed
 *
 *   inspect/ between tunnel and origin: TLS terminated with the tenant's authority, policy, transaction log
 *
 * Each POP listens on a loopback address of its own, and the description tells which public address and port stands for it.
 */

import { lookup, Resolver } from 'node:dns/promises'
import { routeKey } from '../agent/outbound/cloud-route.js'
import type { LabDescription } from '../agent/outbound/lab-route.js'
import { routeDialer } from '../agent/outbound/route-dialer.js'
import type { SocksUpstream } from '../agent/outbound/socks-upstream.js'
import type { Endpoint } from '../agent/steering/flow.js'
import type { KeepAlive } from '../agent/tunnel/keep-alive.js'
import { type CloudPart, PROBE_PORT, portIn, TUNNEL_PORT } from './cloud-part.js'
import { forbiddenDestination } from './destination-rules.js'
import { FaultBoard, type StandingFault } from './faults/fault-board.js'
import { fileGatewayLog } from './gateway-log.js'
import { type InspectionOptions, startInspector } from './inspect/inspector.js'
import { writeWaitingLines } from './json-lines-file.js'
import type { Pop, PopTable } from './pops/pop.js'
import { type PopDoor, type PopDoorOptions, startPopDoor } from './pops/pop-door.js'
import { type CloudServices, type ServiceOptions, startServices } from './services/services.js'

/** What a gateway is started with. */
export interface GatewayOptions {
  /** Server key, and certificate with its chain, PEM. */
  readonly key: string
  readonly cert: string
  /** The authority whose user certificates are served, PEM. */
  readonly clientCa: string
  readonly table: PopTable
  /** Names of the POPs that this process serves; left out, all. */
  readonly only?: readonly string[] | undefined
  /** Left out, this process has POPs only. */
  readonly services?: ServiceOptions | undefined
  /** Where a gateway that was here before has listened: the same ports are taken again. */
  readonly before?: CloudPart | undefined
  /** What is faulty from the start. */
  readonly faults?: readonly StandingFault[] | undefined
  readonly logFile: string
  /** Left out, steered flows are relayed unread. */
  readonly inspection?: InspectionOptions | undefined
  readonly lab?: LabDescription | undefined
  readonly socks?: SocksUpstream | undefined
  readonly connectTimeoutMs: number
  readonly idleMs: number
  readonly keepAlive: KeepAlive
}

/** A running gateway. */
export interface Gateway {
  /** Where what it serves listens. */
  readonly part: CloudPart
  readonly faults: FaultBoard
  counts(): { readonly sessions: number; readonly flows: number }
  /** Settles when its doors are shut and its logs are written. */
  close(): Promise<void>
}

/** The loopback address steered flows leave from in the lab: not the agent's, so that origins can tell. */
export const LAB_EGRESS_IP = '127.16.116.1'

/** Starts a gateway; throws SteerError `port-in-use` or `listen-failed`. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = fileGatewayLog(options.logFile, () => new Date())
  const faults = new FaultBoard({ now: Date.now })
  faults.replaceAll(options.faults ?? [])
  const doors: PopDoor[] = []
  let services: CloudServices | undefined
  const wayOut = egressParts(options)
  const inspector = options.inspection && startInspector(options.inspection, { ...options, ...wayOut, log })
  const parts = { ...wayOut, inspector }
  const close = async (): Promise<void> => {
    inspector?.close()
    await Promise.all([...doors.map((door) => door.close()), services?.close()])
    writeWaitingLines()
  }
  try {
    const routes: Record<string, Endpoint> = {}
    for (const [index, pop] of options.table.pops.entries()) {
      if (options.only?.includes(pop.name) === false) continue
      // An address each, so that one of them can be cut off alone.
      const host = `127.18.0.${index + 1}`
      const fault = faults.source({ pop: pop.name })
      const ports = portsBefore(options.before, pop)
      const door = await startPopDoor({ ...options, ...parts, pop, host, ports, fault, random: Math.random, log })
      doors.push(door)
      Object.assign(routes, routesTo(door, pop, host))
    }
    services = options.services && (await startServices({ ...options, ...options.services, faults, log }))
    return {
      part: { ...services?.part, routes: { ...routes, ...services?.part.routes } },
      faults,
      counts: () => {
        const counts = doors.map((door) => door.counts())
        const sum = (what: 'sessions' | 'flows') => counts.reduce((total, count) => total + count[what], 0)
        return { sessions: sum('sessions'), flows: sum('flows') }
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** The way out of every POP. */
function egressParts({ lab, socks, connectTimeoutMs }: GatewayOptions) {
  const dialer = routeDialer({
    timeoutMs: connectTimeoutMs,
    lab,
    labSource: LAB_EGRESS_IP,
    socks,
    ...(lab === undefined ? { forbidden: forbiddenDestination } : {}),
  })
  return { dialer, egressIp: lab === undefined ? '' : LAB_EGRESS_IP, resolve: resolver(lab) }
}

function portsBefore(before: CloudPart | undefined, { address: ip }: Pop): PopDoorOptions['ports'] {
  const tunnel = { ip, port: TUNNEL_PORT }
  const probe = { ip, port: PROBE_PORT }
  return { tunnel: portIn(before, tunnel), dtls: portIn(before, tunnel, 'udp'), probe: portIn(before, probe) }
}

function routesTo(
  { tunnelPort, dtlsPort, probePort }: PopDoor,
  { address: ip }: Pop,
  host: string,
): CloudPart['routes'] {
  const tunnel = { ip, port: TUNNEL_PORT }
  return {
    [routeKey(tunnel, 'tcp')]: { ip: host, port: tunnelPort },
    ...(dtlsPort === undefined ? {} : { [routeKey(tunnel, 'udp')]: { ip: host, port: dtlsPort } }),
    [routeKey({ ip, port: PROBE_PORT }, 'tcp')]: { ip: host, port: probePort },
  }
}

/** Name resolution at the gateway: the lab's DNS, or the system's. */
function resolver(lab: LabDescription | undefined): (host: string) => Promise<readonly string[]> {
  if (lab === undefined)
    return (host) =>
      lookup(host, { all: true }).then(
        (found) => found.map(({ address }) => address),
        () => [],
      )
  const own = new Resolver({ timeout: 2000, tries: 2 })
  own.setServers([`${lab.dns.ip}:${lab.dns.port}`])
  return (host) => own.resolve4(host).catch(() => own.resolve6(host).catch(() => []))
}
