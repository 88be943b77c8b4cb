// Pure: the hosts of a make-believe network, each with the addresses its name has: made from the name alone, so that a
// host has the same addresses on every endpoint, in every shard and in every run.

import { parseAddressRange } from '../steering/address.js'
import { NETWORKS, type Network, type NetworkName } from './networks.js'
import { Random } from './random.js'
import { SITE_TABLE, type SiteCategory } from './site-list.js'

/** One host as the name server knows it. */
export interface Site {
  /** The name in lower case. */
  readonly host: string
  readonly category: SiteCategory
  /** One to four IPv4 addresses, neighbours as in one data centre. */
  readonly addresses: readonly string[]
  /** None to two IPv6 addresses, in the spelling of RFC 5952. */
  readonly addresses6: readonly string[]
}

/** Networks of single machines. */
const INSIDE: ReadonlySet<NetworkName> = new Set(['home', 'office'])

/** All known hosts; within a category the most popular come first. */
export const SITES: readonly Site[] = SITE_TABLE.flatMap(([category, network, hosts]) =>
  hosts.split(' ').map((host) => siteIn(network, category, host)),
)

const BY_HOST = new Map(SITES.map((site) => [site.host, site]))

/** The hosts of a category, the most popular first. */
export function sitesOf(category: SiteCategory): readonly Site[] {
  return SITES.filter((site) => site.category === category)
}

/** A host's site: the known one, or one made for the name, in the client vendor's range below goskope.com and in the documentation ranges elsewhere. */
export function siteOf(host: string): Site {
  const name = host.toLowerCase()
  return BY_HOST.get(name) ?? siteIn(name.endsWith('.goskope.com') ? 'netskope' : 'documentation', 'other', name)
}

function siteIn(network: NetworkName, category: SiteCategory, host: string): Site {
  const { ipv4, ipv6 }: Network = NETWORKS[network]
  const random = Random.of('site', host)
  const block = ipv4Block(random.pick(ipv4), random)
  const addresses = hostNumbers(INSIDE.has(network) ? 1 : random.between(1, 4), random).map(
    (number) => `${block}.${number}`,
  )
  if (ipv6.length === 0) return { host, category, addresses, addresses6: [] }
  const link = `${random.pick(ipv6)}:${random.between(0x400, 0xfff).toString(16)}`
  const addresses6 = hostNumbers(random.between(1, 2), random).map((number) => `${link}::${number.toString(16)}`)
  return { host, category, addresses, addresses6 }
}

/** The first three octets of 256 addresses within a CIDR. */
function ipv4Block(cidr: string, random: Random): string {
  const { from, to } = parseAddressRange(cidr)!
  const block = random.between(Number(from >> 8n), Number(to >> 8n))
  return `${block >>> 16}.${(block >>> 8) & 0xff}.${block & 0xff}`
}

/** Different numbers of hosts in a block of 256, of which the first is the net and the last its broadcast. */
function hostNumbers(count: number, random: Random): number[] {
  const numbers = new Set<number>()
  while (numbers.size < count) numbers.add(random.between(1, 254))
  return [...numbers]
}
