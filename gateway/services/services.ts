/**
 * All services of the mock cloud, each on a port of one loopback address, and the public addresses they stand for.
 */

import { routeKey } from '../../agent/outbound/cloud-route.js'
import type { LabDescription } from '../../agent/outbound/lab-route.js'
import type { Endpoint } from '../../agent/steering/flow.js'
import { DOH_ADDRESSES, GSLB_ADDRESS, OTHER_TENANT_ADDRESS, SERVICE_ADDRESS } from '../cloud-addresses.js'
import { type CloudPart, portIn } from '../cloud-part.js'
import type { ServiceName } from '../faults/fault.js'
import type { FaultBoard } from '../faults/fault-board.js'
import type { GatewayLog } from '../gateway-log.js'
import type { PopTable } from '../pops/pop.js'
import type { AddonCertificates } from './addon-routes.js'
import { startAddonServer } from './addon-server.js'
import { startCheckerServer } from './checker-server.js'
import { cloudAnswerer } from './dns-answers.js'
import { startDohServer } from './doh-server.js'
import { startGslbServer } from './gslb-server.js'
import { startLdnsServer } from './ldns-server.js'
import { startOtherTenant } from './other-tenant.js'
import { readTenant } from './tenant.js'

/** Whose services, and from what. */
export interface ServiceOptions extends AddonCertificates {
  /** The tenant's label: `acme`, or `acme.de`. */
  readonly tenant: string
  /** The home's OrgKey at the start: the footprint the GSLB service is asked by until it is enrolled. */
  readonly orgKey: string
  /** What the checker answers: AddonCheckerResponseCode. */
  readonly responseCode: string
  /** The tenant's directory; it may be missing. */
  readonly tenantDirectory: string
}

/** What they share with the POPs of the process. */
interface Shared {
  readonly key: string
  readonly cert: string
  readonly table: PopTable
  readonly lab?: LabDescription | undefined
  readonly before?: CloudPart | undefined
  readonly faults: FaultBoard
  readonly log: GatewayLog
}

/** Running services. */
export interface CloudServices {
  readonly part: CloudPart
  close(): Promise<void>
}

/** Where all of them listen: beside the POPs' addresses. */
const HOST = '127.18.1.1'

const HTTPS_PORT = 443
const HTTP_PORT = 80

/** Starts them; throws SteerError `port-in-use` or `listen-failed`, nothing being left open then. */
export async function startServices(options: ServiceOptions & Shared): Promise<CloudServices> {
  const { key, cert, table, tenant, lab, before, faults, log } = options
  const running: { close(): Promise<void> }[] = []
  const close = async (): Promise<void> => {
    await Promise.all(running.map((service) => service.close()))
  }
  const routes: Record<string, Endpoint> = {}
  /** Starts one service on the port it had before, for the public endpoints it stands for. */
  const start = async (
    publicly: readonly Endpoint[],
    begin: (port: number) => Promise<{ readonly port: number; close(): Promise<void> }>,
    had = portIn(before, publicly[0]!),
  ): Promise<Endpoint> => {
    const service = await begin(had)
    running.push(service)
    const listens = { ip: HOST, port: service.port }
    for (const endpoint of publicly) routes[routeKey(endpoint, 'tcp')] = listens
    return listens
  }
  const https = (ip: string): Endpoint => ({ ip, port: HTTPS_PORT })
  const of = (service: ServiceName) => ({ host: HOST, key, cert, fault: faults.source({ service }), log })
  const answer = cloudAnswerer(() => ({ table, tenant }))
  // A home that enrols gets the key of its tenant.
  const orgKeys = async (): Promise<readonly string[]> => {
    const enrolled = await readTenant(options.tenantDirectory)
    return enrolled === undefined ? [options.orgKey] : [options.orgKey, enrolled.orgKey]
  }
  const gslb = { table: () => table, orgKeys, random: Math.random }
  const forward = lab === undefined ? undefined : [lab.dns]
  try {
    const addon = await start([https(SERVICE_ADDRESS)], (port) =>
      startAddonServer({ ...options, ...of('addon'), port, now: () => new Date() }),
    )
    await start([https(GSLB_ADDRESS)], (port) => startGslbServer({ ...of('gslb'), ...gslb, port }))
    await start(DOH_ADDRESSES.map(https), (port) => startDohServer({ ...of('doh'), answer, port }))
    await start([{ ip: SERVICE_ADDRESS, port: HTTP_PORT }], (port) =>
      startCheckerServer({ ...of('checker'), responseCode: options.responseCode, port }),
    )
    await start([https(OTHER_TENANT_ADDRESS)], (port) => startOtherTenant(HOST, port, new Date()))
    const ldns = await start(
      [],
      (port) => startLdnsServer({ ...of('ldns'), answer, forward, port }),
      before?.ldns?.port ?? 0,
    )
    return { part: { ldns, addon, routes }, close }
  } catch (error) {
    await close()
    throw error
  }
}
