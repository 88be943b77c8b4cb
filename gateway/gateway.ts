/**
 * The gateway process's composition root, and the tour of this folder: one mock POP.
 *
 *   agent ==TLS 1.3, user certificate==> tunnel/server -> tunnel/egress -> origin
 *                                                              |
 *                                          destination-rules: what is never dialled
 *   client ==HTTPS, org key and user key==> services/addon-server -> services/tenant-store: the tenant's directory
 *   gateway-log: who came, who was refused, what failed
 *
 * Bytes pass through unread; the names an agent sends along (host, process) serve the log only.
 */

import { lookup, Resolver } from 'node:dns/promises'
import type { LabDescription } from '../agent/outbound/lab-route.js'
import { routeDialer } from '../agent/outbound/route-dialer.js'
import type { SocksUpstream } from '../agent/outbound/socks-upstream.js'
import type { KeepAlive } from '../agent/tunnel/session.js'
import { forbiddenDestination } from './destination-rules.js'
import { fileGatewayLog } from './gateway-log.js'
import type { AddonCertificates } from './services/addon-routes.js'
import { type AddonServer, startAddonServer } from './services/addon-server.js'
import { TunnelServer } from './tunnel/server.js'

/** What a gateway is started with. */
export interface GatewayOptions {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  readonly key: string
  readonly cert: string
  readonly clientCa: string
  readonly pop: string
  readonly logFile: string
  readonly lab?: LabDescription | undefined
  readonly socks?: SocksUpstream | undefined
  readonly connectTimeoutMs: number
  readonly idleMs: number
  readonly keepAlive: KeepAlive
  /** The add-on service beside the tunnel; left out, there is none. */
  readonly addon?: AddonOptions | undefined
}

/** What clients may download, and where. */
export interface AddonOptions extends AddonCertificates {
  /** 0 takes a free port. */
  readonly port: number
  /** The tenant's directory; it may be missing. */
  readonly tenantDirectory: string
}

/** A running gateway. */
export interface Gateway {
  readonly port: number
  /** The add-on service's port; undefined where there is none. */
  readonly addonPort: number | undefined
  counts(): { readonly sessions: number; readonly flows: number }
  close(): Promise<void>
}

/** The loopback address steered flows leave from in the lab: not the agent's, so that origins can tell. */
export const LAB_EGRESS_IP = '127.16.116.1'

/** Starts a gateway; throws SteerError `port-in-use` or `listen-failed`. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { lab, socks, host, key, cert } = options
  const now = () => new Date()
  const log = fileGatewayLog(options.logFile, now)
  const server = new TunnelServer({
    ...options,
    egressIp: lab === undefined ? '' : LAB_EGRESS_IP,
    log,
    resolve: resolver(lab),
    dialer: routeDialer({
      timeoutMs: options.connectTimeoutMs,
      lab,
      labSource: LAB_EGRESS_IP,
      socks,
      ...(lab === undefined ? { forbidden: forbiddenDestination } : {}),
    }),
  })
  const { port } = await server.listen(host, options.port)
  let addon: AddonServer | undefined
  try {
    addon = options.addon && (await startAddonServer({ ...options.addon, host, key, cert, now, log }))
  } catch (error) {
    await server.close()
    throw error
  }
  return {
    port,
    addonPort: addon?.port,
    counts: () => server.counts,
    close: async () => {
      await Promise.all([server.close(), addon?.close()])
    },
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
