// Pure: the names of the mock cloud and their addresses, by which DoH and LDNS answer. Names and the addresses of POPs
// follow the public pattern (client-behaviour 3.2, 3.3); the other addresses are ours, out of the same public range.

import { addonServerName, gatewayServerName } from '../../certs/tenant-identity.js'
import { DOH_ADDRESSES, GSLB_ADDRESS, SERVICE_ADDRESS } from '../cloud-addresses.js'
import { nearestPops } from '../pops/nearest.js'
import type { PopTable } from '../pops/pop.js'

/** The service that names POPs. */
export const GSLB_HOST = 'gateway.gslb.goskope.com'

/** The resolver that is asked over HTTPS. */
export const DOH_HOST = 'dns.google'

/** The service that tells whether a captive portal is in the way. */
export const CHECKER_HOST = 'sfchecker.goskope.com'

/** Whose cloud it is, and its POPs. */
export interface Cloud {
  readonly table: PopTable
  /** Such as `acme`, or `acme.de`. */
  readonly tenant: string
}

/**
 * The IPv4 addresses of a name, ASCII case and a trailing dot aside, for a client with this address; none when it is a
 * gateway that is not up. The tenant's gateway is the nearest POP; its backup is the table's, or else the second nearest.
 */
export function addressesOf(name: string, clientIp: string, { table, tenant }: Cloud): readonly string[] | 'not-ours' {
  const host = canonicalName(name)
  if (host === GSLB_HOST) return [GSLB_ADDRESS]
  if (host === DOH_HOST) return DOH_ADDRESSES
  if (serviceHosts(tenant).includes(host)) return [SERVICE_ADDRESS]
  const up = nearestPops(table, clientIp).map(({ pop }) => pop)
  if (host === gatewayServerName(tenant)) return up.slice(0, 1).map(({ address }) => address)
  if (host === backupHost(tenant)) {
    const backup = up.find((pop) => pop.name === table.backup) ?? up[1] ?? up[0]
    return backup === undefined ? [] : [backup.address]
  }
  const pop = table.pops.find(({ gateway }) => gateway === host)
  if (pop === undefined) return 'not-ours'
  return pop.up ? [pop.address] : []
}

/** Whether a name leads to a POP. */
export function isGatewayName(name: string, { table, tenant }: Cloud): boolean {
  const host = canonicalName(name)
  const ofTenant = [gatewayServerName(tenant), backupHost(tenant)]
  return ofTenant.includes(host) || table.pops.some(({ gateway }) => gateway === host)
}

function canonicalName(name: string): string {
  return name.replace(/\.$/, '').toLowerCase()
}

function backupHost(tenant: string): string {
  return `gateway-backup-${tenant}.goskope.com`
}

function serviceHosts(tenant: string): readonly string[] {
  return [addonServerName(tenant), `achecker-${tenant}.goskope.com`, CHECKER_HOST]
}
