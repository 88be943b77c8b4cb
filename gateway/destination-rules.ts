// Pure: which destinations the gateway may dial. It is no open relay: without these rules an agent could reach whatever
// listens on the gateway's own machine or network (server-side request forgery). The lab has its own address table and
// needs no rule.

import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** Special-purpose ranges of RFC 6890 and its updates that no steered flow may reach, each with its name. */
const REFUSED: ReadonlyArray<readonly [prefix: string, length: number, name: string]> = [
  ['0.0.0.0', 8, 'this network'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'carrier-grade NAT'],
  ['127.0.0.0', 8, 'loopback'],
  ['169.254.0.0', 16, 'link-local'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'protocol assignment'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'benchmarking'],
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'reserved'],
  ['::', 128, 'unspecified'],
  ['::1', 128, 'loopback'],
  ['::', 96, 'IPv4-compatible'],
  ['64:ff9b::', 96, 'NAT64 (it could carry any of the IPv4 ranges above)'],
  ['64:ff9b:1::', 48, 'local translation'],
  ['2002::', 16, '6to4'],
  ['fc00::', 7, 'unique local'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'site-local'],
  ['ff00::', 8, 'multicast'],
]

const lists = REFUSED.map(([prefix, length, name]) => {
  const list = new BlockList()
  list.addSubnet(prefix, length, isIPv4(prefix) ? 'ipv4' : 'ipv6')
  return { list, name }
})

/** A sentence why the gateway does not dial this address, or undefined when it may. */
export function forbiddenDestination(ip: string): string | undefined {
  if (!isIPv4(ip) && !isIPv6(ip)) return `${ip} is not an IP address`
  // BlockList sees an IPv4-mapped address (::ffff:a.b.c.d) as the IPv4 address it is.
  const family = isIPv4(ip) ? 'ipv4' : 'ipv6'
  const refused = lists.find(({ list }) => list.check(ip, family))
  return refused && `${ip} is a ${refused.name} address, which this gateway does not dial`
}
