import { BlockList, isIPv4 } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { parseAddressRange } from '../../../agent/steering/address.js'
import { AddressMatcher, PRIVATE_RANGES } from '../../../agent/steering/match-address.js'

void t.test('the entry that matched is named: the smallest, of equal ones the first', async (t) => {
  const matcher = AddressMatcher.ofTexts([
    '10.0.0.0/8',
    '10.2.0.0/16',
    '10.2.100.207',
    '10.2.0.0-10.2.255.255',
    'no address',
    '10.1.255.250-10.2.0.5',
    '2001:db8::/32',
    '0.0.0.0/0',
  ])
  t.equal(matcher.match('10.2.100.207'), 2, 'an address before the CIDRs around it')
  t.equal(matcher.match('10.2.100.206'), 1, 'the smaller CIDR; the equal range after it loses')
  t.equal(matcher.match('10.2.0.5'), 5, 'a small range that overlaps the edge of a CIDR')
  t.equal(matcher.match('10.2.0.6'), 1, 'the address after its end')
  t.equal(matcher.match('10.1.255.249'), 0, 'the address before its start')
  t.equal(matcher.match('10.255.255.255'), 0, 'the last address of a CIDR')
  t.equal(matcher.match('11.0.0.0'), 7, 'the address after it')
  t.equal(matcher.match('::ffff:10.2.100.207'), 2, 'an IPv4-mapped address is the IPv4 address')
  t.equal(matcher.match('2001:db8:ffff::1'), 6, 'IPv6')
  t.equal(matcher.match('2001:db9::'), -1, 'IPv6 outside: all of IPv4 does not cover it')
  t.equal(matcher.match('box.com'), -1, 'a name is no address')
  t.equal(matcher.match(''), -1, 'nothing is no address')
  t.equal(AddressMatcher.ofTexts([]).match('10.0.0.1'), -1, 'an empty list covers nothing')
  t.equal(AddressMatcher.ofTexts(['::/0']).match('10.0.0.1'), -1, 'all of IPv6 does not cover IPv4')
  t.equal(AddressMatcher.ofTexts(['255.255.255.255']).match('255.255.255.255'), 0, 'the last address there is')
})

void t.test('private addresses (the Local IP address range)', async (t) => {
  const ranges = AddressMatcher.ofTexts(PRIVATE_RANGES)
  const isPrivate = (ip: string) => ranges.match(ip) !== -1
  const local = ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.123', '127.0.0.53', '169.254.1.1']
  const local6 = ['::1', 'fe80::1', 'fe80::1%eth0', 'febf::1', 'fc00::1', 'fdff::1', '::ffff:192.168.0.1']
  for (const ip of [...local, ...local6]) t.ok(isPrivate(ip), `${ip} is private`)
  const remote = [
    '9.255.255.255',
    '11.0.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '8.8.8.8',
  ]
  const remote6 = ['::2', 'fec0::1', 'fe7f::1', 'fbff::1', 'fe00::1', '2001:db8::1', '::ffff:8.8.8.8']
  for (const ip of [...remote, ...remote6]) t.notOk(isPrivate(ip), `${ip} is not`)
  t.notOk(isPrivate('100.64.0.1'), 'shared address space is not: private apps are reached through it')
  t.notOk(isPrivate(''), 'nothing is not')
})

void t.test('10,000 addresses match lists as node:net BlockList does', async (t) => {
  // Few bits vary, so that entries nest, touch and overlap.
  const ipv4 = fc.tuple(fc.nat(2), fc.constantFrom(0, 1, 127, 128, 254, 255)).map(([a, b]) => `10.0.${a}.${b}`)
  const ipv6 = fc
    .tuple(fc.nat(2), fc.constantFrom('0', '1', '7fff', '8000', 'ffff'))
    .map(([a, b]) => `2001:db8::${a}:${b}`)
  const anyIp = fc.oneof(ipv4, ipv6, fc.ipV4(), fc.ipV6())
  const cidr = fc.oneof(
    fc.tuple(ipv4, fc.integer({ min: 20, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
    fc.tuple(ipv6, fc.integer({ min: 96, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`),
  )
  const range = fc.oneof(fc.tuple(ipv4, ipv4), fc.tuple(ipv6, ipv6)).map(([a, b]) => `${a}-${b}`)
  const entries = fc.array(fc.oneof(ipv4, ipv6, cidr, range), { maxLength: 12 })
  let matched = 0
  fc.assert(
    fc.property(entries, anyIp, (list, ip) => {
      const covering = list.map((_, index) => index).filter((index) => nodeCovers(list[index]!, ip))
      const smallest = covering.toSorted((a, b) => Number(sizeOf(list[a]!) - sizeOf(list[b]!)) || a - b)
      if (smallest.length > 0) matched++
      return AddressMatcher.ofTexts(list).match(ip) === (smallest[0] ?? -1)
    }),
    { numRuns: 10_000 },
  )
  t.ok(matched > 1000, `${matched} of them matched something`)
})

void t.test('10,000 entries: the winner everywhere is the one a walk through the list finds', async (t) => {
  const random = mulberry32(7)
  const entries = Array.from({ length: 10_000 }, () => {
    const ip = [10, random(4), random(256), random(256)].join('.')
    return random(2) === 0 ? `${ip}/${16 + random(17)}` : ip
  })
  const ranges = entries.map((entry) => parseAddressRange(entry)!)
  const matcher = AddressMatcher.ofTexts(entries)
  let wrong = 0
  for (let i = 0; i < 300; i++) {
    const ip = [10, random(5), random(256), random(256)].join('.')
    const { from } = parseAddressRange(ip)!
    let best = -1
    for (const [index, range] of ranges.entries()) {
      const covers = range.from <= from && from <= range.to
      if (covers && (best === -1 || range.to - range.from < ranges[best]!.to - ranges[best]!.from)) best = index
    }
    if (matcher.match(ip) !== best) wrong++
  }
  t.equal(wrong, 0)
})

function nodeCovers(entry: string, ip: string): boolean {
  const family = (text: string) => (isIPv4(text) ? 'ipv4' : 'ipv6')
  if (family(ip) !== family(entry.split(/[-/]/)[0]!)) return false
  const list = new BlockList()
  const [start = '', rest = ''] = entry.split(/[-/]/)
  if (entry.includes('/')) list.addSubnet(start, Number(rest), family(start))
  else if (!entry.includes('-')) list.addAddress(start, family(start))
  else {
    try {
      list.addRange(start, rest, family(start))
    } catch {
      // Upside down: it covers nothing.
      return false
    }
  }
  return list.check(ip, family(ip))
}

function sizeOf(entry: string): bigint {
  const range = parseAddressRange(entry)!
  return range.to - range.from
}

/** A small seeded generator: the next whole number below `limit`. */
function mulberry32(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit
  }
}
