import { BlockList, isIPv4, isIPv6 } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { canonicalAddress } from '../../../agent/steering/address.js'
import { normalizeHost } from '../../../agent/steering/match-domain.js'
import { NETWORKS, type Network, type NetworkName } from '../../../agent/synth/networks.js'
import { SITE_TABLE } from '../../../agent/synth/site-list.js'
import { SITES, siteOf, sitesOf } from '../../../agent/synth/sites.js'

/** The ranges of a network, as Node reads them. */
function rangesOf(name: NetworkName): BlockList {
  const { ipv4, ipv6 }: Network = NETWORKS[name]
  const list = new BlockList()
  for (const cidr of ipv4) addCidr(list, cidr)
  for (const prefix of ipv6) list.addSubnet(`${prefix}::`, 48, 'ipv6')
  return list
}

function addCidr(list: BlockList, cidr: string): void {
  const [net = '', length = ''] = cidr.split('/')
  list.addSubnet(net, Number(length), 'ipv4')
}

void t.test('the catalogue has the hosts of an office', async (t) => {
  t.ok(SITES.length >= 150, `${SITES.length} hosts`)
  t.equal(new Set(SITES.map(({ host }) => host)).size, SITES.length, 'each name once')
  for (const { host } of SITES) {
    t.equal(normalizeHost(host), host, `${host} is a name in its one spelling`)
    t.match(host, /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/, `${host} is legal (RFC 1123)`)
  }
})

void t.test('every address is one of its network', async (t) => {
  for (const [, network, hosts] of SITE_TABLE) {
    const ranges = rangesOf(network)
    for (const host of hosts.split(' ')) {
      const { addresses, addresses6 } = siteOf(host)
      t.ok(addresses.length >= 1 && addresses.length <= 4, `${host} has ${addresses}`)
      t.ok(addresses6.length <= 2, `${host} has ${addresses6}`)
      t.equal(new Set([...addresses, ...addresses6]).size, addresses.length + addresses6.length, 'each once')
      for (const ip of addresses) t.ok(isIPv4(ip) && ranges.check(ip, 'ipv4'), `${host}: ${ip} is in ${network}`)
      for (const ip of addresses6) {
        t.ok(isIPv6(ip) && ranges.check(ip, 'ipv6'), `${host}: ${ip} is in ${network}`)
        t.equal(canonicalAddress(ip), ip, 'in its one spelling')
      }
      for (const ip of addresses) t.notMatch(ip, /\.(?:0|255)$/, 'neither a net nor a broadcast address')
    }
  }
})

void t.test('hosts are where their vendors say', async (t) => {
  // Written apart from the tables under test.
  const cases: [host: string, ...cidrs: string[]][] = [
    ['outlook.office365.com', '52.96.0.0/14', '40.96.0.0/13'],
    ['teams.microsoft.com', '52.112.0.0/14'],
    ['login.microsoftonline.com', '20.190.128.0/18', '40.126.0.0/18'],
    ['github.com', '140.82.112.0/20'],
    ['raw.githubusercontent.com', '185.199.108.0/22'],
    ['zoom.us', '170.114.0.0/16', '206.247.0.0/16'],
    ['production.cloudflare.docker.com', '104.16.0.0/13', '172.64.0.0/13'],
    ['gateway.icloud.com', '17.0.0.0/8'],
    ['content.dropboxapi.com', '162.125.0.0/16'],
    ['udc.yahoo.com', '98.136.0.0/14'],
    ['en.wikipedia.org', '208.80.152.0/22', '198.35.26.0/23'],
    ['intranet.corp.example', '10.0.0.0/8'],
    ['speaker.home.example', '192.168.0.0/16'],
    ['achecker-lab.goskope.com', '163.116.128.0/17'],
  ]
  for (const [host, ...cidrs] of cases) {
    const list = new BlockList()
    for (const cidr of cidrs) addCidr(list, cidr)
    for (const ip of siteOf(host).addresses) t.ok(list.check(ip), `${host}: ${ip}`)
  }
})

void t.test('a host has the same addresses for ever', async (t) => {
  t.strictSame(siteOf('www.google.com'), GOLDEN)
  t.strictSame(siteOf('WWW.Google.com'), GOLDEN, 'whatever its case')
})

void t.test('only what is inside has private addresses', async (t) => {
  const isPrivate = rangesOf('office')
  isPrivate.addSubnet('192.168.0.0', 16, 'ipv4')
  for (const { host, addresses } of SITES)
    for (const ip of addresses) t.equal(isPrivate.check(ip), host.endsWith('.example'), `${host}: ${ip}`)
})

void t.test('a category has its hosts in their order', async (t) => {
  t.strictSame(
    sitesOf('search').map(({ host }) => host),
    ['www.google.com', 'www.bing.com', 'duckduckgo.com'],
  )
  for (const [category] of SITE_TABLE) t.ok(sitesOf(category).length > 0, category)
  t.strictSame(sitesOf('other'), [], 'no known host is of no category')
})

void t.test('a host nobody knows has addresses of the documentation ranges', async (t) => {
  const ranges = rangesOf('documentation')
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
  fc.assert(
    fc.property(label, (name) => {
      const { category, addresses, addresses6 } = siteOf(`${name}.invalid`)
      return (
        category === 'other' &&
        addresses.every((ip) => ranges.check(ip, 'ipv4')) &&
        addresses6.length > 0 &&
        addresses6.every((ip) => ranges.check(ip, 'ipv6'))
      )
    }),
  )
  t.strictSame(siteOf('drop.invalid'), siteOf('drop.invalid'))
  t.notSame(siteOf('drop.invalid').addresses, siteOf('drip.invalid').addresses)
})

const GOLDEN = {
  host: 'www.google.com',
  category: 'search',
  addresses: ['216.58.193.251', '216.58.193.144', '216.58.193.137', '216.58.193.47'],
  addresses6: ['2607:f8b0:4006:718::20'],
}
