import { isIP } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import {
  canonicalAddress,
  isLoopback,
  parseAddress,
  parseAddressKey,
  parseAddressRange,
  plainAddress,
} from '../../../agent/steering/address.js'

/** `10.0.0.0-10.255.255.255`, in hexadecimal. */
function shown(text: string): string | undefined {
  const range = parseAddressRange(text)
  return range && `${range.family}: ${range.from.toString(16)}-${range.to.toString(16)}`
}

void t.test('addresses, CIDRs and ranges', async (t) => {
  const cases: [sentence: string, text: string, range: string | undefined][] = [
    ['an IPv4 address', '74.112.186.144', '4: 4a70ba90-4a70ba90'],
    ['the lowest', '0.0.0.0', '4: 0-0'],
    ['the highest', '255.255.255.255', '4: ffffffff-ffffffff'],
    ['an octet over 255 is none', '256.0.0.1', undefined],
    ['a leading zero is none: some read it as octal', '010.0.0.1', undefined],
    ['three octets are none', '10.0.1', undefined],
    ['a number is none', '167772161', undefined],
    ['a space is none', ' 10.0.0.1', undefined],
    ['a host is none', 'box.com', undefined],
    ['nothing is none', '', undefined],
    ['an IPv6 address', '2001:db8::1', '6: 20010db8000000000000000000000001-20010db8000000000000000000000001'],
    ['IPv6 in full', '0:0:0:0:0:0:0:1', '6: 1-1'],
    ['the unspecified address', '::', '6: 0-0'],
    ['IPv6 with a zone', 'fe80::1%eth0', '6: fe800000000000000000000000000001-fe800000000000000000000000000001'],
    [
      'IPv6 with an IPv4 tail',
      '64:ff9b::192.0.2.33',
      '6: 64ff9b0000000000000000c0000221-64ff9b0000000000000000c0000221',
    ],
    ['an IPv4-mapped address is the IPv4 address', '::ffff:10.0.0.1', '4: a000001-a000001'],
    ['so is it in hexadecimal and upper case', '::FFFF:A00:1', '4: a000001-a000001'],
    ['brackets are none', '[::1]', undefined],
    ['two :: are none', '1::2::3', undefined],
    ['nine groups are none', '1:2:3:4:5:6:7:8:9', undefined],
    ['seven groups are none', '1:2:3:4:5:6:7', undefined],
    [':: for no group at all is none', '1:2:3:4::5:6:7:8', undefined],
    ['five digits in a group are none', '12345::', undefined],
    ['an IPv4 tail in the middle is none', '::1.2.3.4:5', undefined],
    ['a CIDR', '10.0.0.0/8', '4: a000000-affffff'],
    ['host bits of a CIDR are ignored', '10.1.2.3/8', '4: a000000-affffff'],
    ['/32 is one address', '10.1.2.3/32', '4: a010203-a010203'],
    ['/0 is all of IPv4', '0.0.0.0/0', '4: 0-ffffffff'],
    ['/33 is none', '10.0.0.0/33', undefined],
    ['an empty length is none', '10.0.0.0/', undefined],
    ['a negative length is none', '10.0.0.0/-1', undefined],
    ['a netmask is none', '10.0.0.0/255.0.0.0', undefined],
    ['an IPv6 CIDR', 'fc00::/7', '6: fc000000000000000000000000000000-fdffffffffffffffffffffffffffffff'],
    ['/129 is none', '::/129', undefined],
    ['::/0 is all of IPv6 and none of IPv4', '::/0', '6: 0-ffffffffffffffffffffffffffffffff'],
    ['a mapped CIDR is the IPv4 CIDR', '::ffff:10.0.0.0/104', '4: a000000-affffff'],
    ['all mapped addresses are all of IPv4', '::ffff:0:0/96', '4: 0-ffffffff'],
    ['a range', '10.0.0.1-10.0.0.9', '4: a000001-a000009'],
    ['a range with spaces', '10.0.0.1 - 10.0.0.9', '4: a000001-a000009'],
    ['a range of one', '10.0.0.1-10.0.0.1', '4: a000001-a000001'],
    ['a range upside down is none', '10.0.0.9-10.0.0.1', undefined],
    ['a range of two families is none', '10.0.0.1-::1', undefined],
    ['an IPv6 range', '::1-::ff', '6: 1-ff'],
    ['half a range is none', '10.0.0.1-', undefined],
  ]
  for (const [sentence, text, range] of cases) t.equal(shown(text), range, sentence)
})

void t.test('an address as flows carry it', async (t) => {
  const cases: readonly (readonly [sentence: string, text: string, plain: string])[] = [
    ['a mapped one is IPv4', '::ffff:10.0.0.1', '10.0.0.1'],
    ['IPv4 stays', '10.0.0.1', '10.0.0.1'],
    ['IPv6 stays', '::ffff:a00:1', '::ffff:a00:1'],
    ['none stays none', '', ''],
  ]
  for (const [sentence, text, plain] of cases) t.equal(plainAddress(text), plain, sentence)
})

void t.test('an address however it is written', async (t) => {
  const cases: readonly (readonly [sentence: string, text: string, canonical: string])[] = [
    ['IPv4 stays', '10.0.0.1', '10.0.0.1'],
    ['IPv6 is shortened, in lower case', '2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['a mapped one is IPv4', '::ffff:10.0.0.1', '10.0.0.1'],
    ['a mapped one in hexadecimal too', '::ffff:a00:1', '10.0.0.1'],
  ]
  for (const [sentence, text, canonical] of cases) t.equal(canonicalAddress(text), canonical, sentence)
})

void t.test('10,000 strings are addresses exactly when node:net says so', async (t) => {
  const near = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF::::....'), maxLength: 46 })
  const mutated = fc
    .tuple(fc.oneof(fc.ipV4(), fc.ipV6()), fc.nat(), fc.constantFrom(':', '.', '0', 'f', '::', ''))
    .map(([ip, at, insert]) => ip.slice(0, at % (ip.length + 1)) + insert + ip.slice((at % (ip.length + 1)) + 1))
  const text = fc.oneof(
    near,
    mutated,
    fc.ipV4(),
    fc.ipV6(),
    fc.string({ unit: 'binary' }).filter((s) => !s.includes('%')),
  )
  let addresses = 0
  fc.assert(
    fc.property(text, (candidate) => {
      const is = parseAddress(candidate) !== undefined
      if (is) addresses++
      const range = parseAddress(candidate)
      const key = range?.family === 4 ? Number(range.from) : range?.from
      if (parseAddressKey(candidate) !== key) return false
      return is === (isIP(candidate) !== 0)
    }),
    { numRuns: 10_000 },
  )
  t.ok(addresses > 2000, `${addresses} of them were addresses`)
})

void t.test('which addresses are the machine’s own', async (t) => {
  for (const ip of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1']) t.ok(isLoopback(ip), ip)
  for (const ip of ['1.127.0.0', '128.0.0.1', '::2', '::', '', '10.127.0.1']) t.notOk(isLoopback(ip), ip)
})
