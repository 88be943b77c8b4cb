// Pure: the mock cloud as the agent sees it. Its services and POPs have the addresses and ports they have in the real
// one (so that logs read as real logs do) and listen on loopback; this is the table between the two, plain data, so that
// it passes between processes as JSON.

import type { Endpoint } from '../steering/flow.js'

/** Where the parts of a running mock cloud listen. */
export interface CloudDescription {
  /** The local resolver of the endpoint (LDNS), UDP and TCP on one port. */
  readonly ldns: Endpoint
  /** The tenant's add-on service. */
  readonly addon: Endpoint
  /** Loopback endpoint by public address, port and transport: `163.116.133.35:443/tcp`; IPv4 only. */
  readonly routes: Readonly<Record<string, Endpoint>>
}

/** The key of a route. */
export function routeKey({ ip, port }: Endpoint, transport: 'tcp' | 'udp'): string {
  return `${ip}:${port}/${transport}`
}

/** Where nobody listens: what a public address leads to that is not in the mock cloud. Nothing ever leaves for the real one. */
const NOWHERE: Endpoint = { ip: '127.18.255.1', port: 1 }

/** Where a public endpoint of the cloud really listens. */
export function routeInCloud(cloud: CloudDescription, endpoint: Endpoint, transport: 'tcp' | 'udp' = 'tcp'): Endpoint {
  return cloud.routes[routeKey(endpoint, transport)] ?? NOWHERE
}
