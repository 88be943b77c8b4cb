// Pure: the lab, a small internet of our own on loopback, as those see it who dial into it: its name server, its origins'
// addresses, and which loopback port answers for which port of any of them. Plain data, so that it passes between
// processes as JSON.

/** What a running lab tells those who dial into it. */
export interface LabDescription {
  /** The lab's name server, UDP and TCP. */
  readonly dns: { readonly ip: string; readonly port: number }
  /** Port on 127.0.0.1 by the origins' port, e.g. `{ "443": 40123 }`; ports not listed are closed, but for `hosts`. */
  readonly ports: Readonly<Record<string, number>>
  /** Ports of single addresses, by address; they come before `ports`. */
  readonly hosts?: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** Every address the lab's zone answers with, IPv4 and IPv6 in canonical text (RFC 5952). */
  readonly addresses: readonly string[]
  /** Those of `addresses` where every port is closed: hosts for trying a refused connection. */
  readonly refusing?: readonly string[]
  /** PEM file of the lab's authority, which signed the origins' certificates. */
  readonly caFile: string
}

/** Where a connection goes: to a listener of the lab, or why there is none. */
export type LabRoute = { readonly host: '127.0.0.1'; readonly port: number } | 'refused' | 'unreachable'

/**
 * Routes an address of the lab's internet to the listener that answers for it. `ip` is canonical text, without brackets
 * or `::ffff:`. An address that no name of the zone has is unreachable; a port that the lab does not serve is refused.
 */
export function routeInLab(description: LabDescription, ip: string, port: number): LabRoute {
  if (!description.addresses.includes(ip)) return 'unreachable'
  const listener = description.hosts?.[ip]?.[port] ?? description.ports[port]
  if (listener === undefined || description.refusing?.includes(ip)) return 'refused'
  return { host: '127.0.0.1', port: listener }
}
