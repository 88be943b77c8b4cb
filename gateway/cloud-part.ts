// Pure: what one gateway process serves of the mock cloud, and where it listens. Several parts make the whole cloud.

import { type CloudDescription, routeKey } from '../agent/outbound/cloud-route.js'
import type { Endpoint } from '../agent/steering/flow.js'

/** A part of the cloud; the process with the services has resolver and add-on service. */
export type CloudPart = Pick<CloudDescription, 'routes'> & Partial<CloudDescription>

/** Where tunnels go, TCP and UDP (client-behaviour 3.3). */
export const TUNNEL_PORT = 443

/** Where the round trip to a POP is measured: ours, see pops/probe-server.ts. */
export const PROBE_PORT = 80

/** The loopback port that stood for a public endpoint in an earlier part, 0 where there was none. */
export function portIn(before: CloudPart | undefined, endpoint: Endpoint, transport: 'tcp' | 'udp' = 'tcp'): number {
  return before?.routes[routeKey(endpoint, transport)]?.port ?? 0
}

/** The whole cloud of its parts; undefined while the one with the services is missing. */
export function wholeCloud(parts: readonly CloudPart[]): CloudDescription | undefined {
  const { ldns, addon } = parts.find((part) => part.ldns !== undefined) ?? {}
  if (ldns === undefined || addon === undefined) return undefined
  return { ldns, addon, routes: Object.assign({}, ...parts.map(({ routes }) => routes)) }
}
