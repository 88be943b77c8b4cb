// Pure: which network the endpoint is in, as far as it matters to a tunnel: its addresses, where its traffic leaves, and
// whom it asks for names.

import type { NetworkInterfaceInfo } from 'node:os'
import { parseAddressRange } from '../steering/address.js'

/** What the system says. */
export interface NetworkFacts {
  /** As os.networkInterfaces() has them: those that are up and have an address. */
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>
  /** Text of /proc/net/route (IPv4); '' where there is none. */
  readonly routes: string
  readonly nameservers: readonly string[]
}

/** A network, to be told from others by `text`. */
export interface NetworkState {
  /** One line for each address, default route and nameserver. */
  readonly text: string
  /** The address traffic leaves from; 0.0.0.0 where there is none. */
  readonly sourceIp: string
}

/** Source addresses before and after; the same when something else has changed. */
export interface NetworkChange {
  readonly from: string
  readonly to: string
}

interface Interface {
  readonly name: string
  readonly addresses: readonly NetworkInterfaceInfo[]
}

interface Route {
  readonly interface: string
  readonly gateway: string
  readonly metric: number
}

/**
 * Interfaces towards the machine's own containers and virtual machines. They come and go, with their addresses, as those
 * start and stop; the way out of the machine stays what it is.
 */
const INWARD = /^(docker|podman|cni|lxcbr|lxdbr|virbr)\d+$|^br-[0-9a-f]{12}$|^(veth|vnet)/

/** Flags of a route (linux/route.h): it is usable; it refuses. */
const RTF_UP = 0x0001
const RTF_REJECT = 0x0200

/** The network these facts are of. */
export function networkFingerprint({ interfaces, routes, nameservers }: NetworkFacts): NetworkState {
  const outward = Object.entries(interfaces)
    .filter(([name]) => !INWARD.test(name))
    .map(([name, infos]): Interface => ({ name, addresses: (infos ?? []).filter(counts) }))
  const defaults = defaultRoutes(routes)
  const addresses = outward.flatMap(({ name, addresses }) =>
    addresses.map((info) => `address ${name} ${placeOf(info)}`),
  )
  const lines = [
    ...[...new Set(addresses)].sort(),
    ...defaults.map((route) => `default ${route.interface} via ${route.gateway}`),
    ...nameservers.map((ip) => `nameserver ${ip}`),
  ]
  return { text: lines.join('\n'), sourceIp: sourceOf(outward, defaults) }
}

/** The change from one network to another; undefined when they are the same. */
export function networkChange(before: NetworkState, after: NetworkState): NetworkChange | undefined {
  return before.text === after.text ? undefined : { from: before.sourceIp, to: after.sourceIp }
}

/** Every IPv6 interface has a link-local address, whatever network it is in. */
function counts({ internal, address }: NetworkInterfaceInfo): boolean {
  return !internal && !/^fe[89ab][0-9a-f]:/i.test(address)
}

/** An IPv4 address, and of IPv6 the prefix: hosts give themselves new addresses in it every day (RFC 8981). */
function placeOf({ family, address, cidr }: NetworkInterfaceInfo): string {
  if (family === 'IPv4') return address
  const prefix = parseAddressRange(cidr ?? address)
  return `${prefix?.from.toString(16) ?? address}/${cidr?.split('/')[1] ?? 128}`
}

/**
 * The default routes, best first. Their metrics are left out of the comparison: network managers change them at will.
 *
 *   Iface  Destination Gateway  Flags RefCnt Use Metric Mask     MTU Window IRTT
 *   eth0   00000000    010200C0 0003  0      0   100    00000000 0   0      0
 */
function defaultRoutes(text: string): readonly Route[] {
  const routes: Route[] = []
  for (const line of text.split('\n')) {
    const [name = '', destination, gateway = '', flags = '', , , metric, mask] = line.trim().split(/\s+/)
    if (destination !== '00000000' || mask !== '00000000') continue
    if ((Number.parseInt(flags, 16) & (RTF_UP | RTF_REJECT)) !== RTF_UP) continue
    // The word as a little-endian machine prints it.
    routes.push({ interface: name, gateway: Buffer.from(gateway, 'hex').reverse().join('.'), metric: Number(metric) })
  }
  return routes.sort(
    (a, b) => a.metric - b.metric || compare(a.interface, b.interface) || compare(a.gateway, b.gateway),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function sourceOf(outward: readonly Interface[], [best]: readonly Route[]): string {
  const all = outward.flatMap(({ addresses }) => addresses)
  const onBest = outward.find(({ name }) => name === best?.interface)?.addresses ?? []
  const isIPv4 = ({ family }: NetworkInterfaceInfo) => family === 'IPv4'
  return (onBest.find(isIPv4) ?? all.find(isIPv4) ?? all[0])?.address ?? '0.0.0.0'
}
