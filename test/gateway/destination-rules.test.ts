/** Which addresses the gateway dials: every refused range with its first and last address and its neighbours. */

import t from 'tap'
import { forbiddenDestination } from '../../gateway/destination-rules.js'

type Range = readonly [name: string, refused: readonly string[], dialled: readonly string[]]

const RANGES: readonly Range[] = [
  ['this network', ['0.0.0.0', '0.255.255.255'], ['1.0.0.0']],
  ['private', ['10.0.0.0', '10.255.255.255'], ['9.255.255.255', '11.0.0.0']],
  ['carrier-grade NAT', ['100.64.0.0', '100.127.255.255'], ['100.63.255.255', '100.128.0.0']],
  ['loopback', ['127.0.0.0', '127.0.0.1', '127.255.255.255'], ['126.255.255.255', '128.0.0.0']],
  ['link-local', ['169.254.0.0', '169.254.169.254', '169.254.255.255'], ['169.253.255.255', '169.255.0.0']],
  ['private', ['172.16.0.0', '172.31.255.255'], ['172.15.255.255', '172.32.0.0']],
  ['protocol assignment', ['192.0.0.0', '192.0.0.255'], ['191.255.255.255', '192.0.1.0']],
  ['private', ['192.168.0.0', '192.168.255.255'], ['192.167.255.255', '192.169.0.0']],
  ['benchmarking', ['198.18.0.0', '198.19.255.255'], ['198.17.255.255', '198.20.0.0']],
  ['multicast', ['224.0.0.0', '239.255.255.255'], ['223.255.255.255']],
  ['reserved', ['240.0.0.0', '255.255.255.255'], []],
  ['unspecified', ['::', '0:0:0:0:0:0:0:0'], ['1::']],
  ['loopback', ['::1', '0:0:0:0:0:0:0:1'], ['1::1']],
  ['IPv4-compatible', ['::2', '::127.0.0.1', '::ffff:ffff'], ['::1:0:0:0']],
  ['6to4', ['2002::', '2002:7f00:1::', '2002:ffff::1'], ['2001:4860::1', '2003::1']],
  ['NAT64', ['64:ff9b::', '64:ff9b::127.0.0.1', '64:ff9b::ffff:ffff'], ['64:ff9b::1:0:0', '64:ff9a::1']],
  ['local translation', ['64:ff9b:1::', '64:ff9b:1:ffff::7f00:1'], ['64:ff9b:2::', '64:ff9b:0:1::']],
  ['unique local', ['fc00::', 'fd12:3456::1', 'fdff:ffff::'], ['fbff:ffff::', 'fe00::']],
  ['link-local', ['fe80::1', 'febf:ffff::1', 'fe80::1%lo', 'FE80::1'], ['fe7f::1']],
  ['site-local', ['fec0::1', 'feff::1'], []],
  ['multicast', ['ff00::', 'ff02::1'], []],
]

void t.test('every range and its neighbours', async (t) => {
  for (const [name, refused, dialled] of RANGES) {
    for (const ip of refused) {
      const sentence = forbiddenDestination(ip) ?? 'it is dialled'
      t.ok(sentence.startsWith(`${ip} is a ${name}`), `${ip}: ${sentence}`)
    }
    for (const ip of dialled) t.equal(forbiddenDestination(ip), undefined, `${ip} is dialled`)
  }
})

void t.test('an IPv4-mapped IPv6 address is the IPv4 address it stands for', async (t) => {
  const cases: readonly [refused: string, dialled: string][] = [
    ['::ffff:127.0.0.1', '::ffff:128.0.0.1'],
    ['::ffff:7f00:1', '::ffff:8000:1'],
    ['0:0:0:0:0:ffff:127.0.0.1', '0:0:0:0:0:ffff:8.8.8.8'],
    ['::FFFF:10.0.0.1', '::FFFF:11.0.0.1'],
    ['::ffff:a9fe:a9fe', '::ffff:a9ff:a9fe'],
    ['::ffff:192.168.1.1', '::ffff:192.169.1.1'],
  ]
  for (const [refused, dialled] of cases) {
    t.match(forbiddenDestination(refused), /does not dial$/, refused)
    t.equal(forbiddenDestination(dialled), undefined, dialled)
  }
})

void t.test('the open Internet is dialled', async (t) => {
  for (const ip of ['8.8.8.8', '74.112.186.144', '2620:117:bff0:13::90', '2001:4860:4860::8888'])
    t.equal(forbiddenDestination(ip), undefined, ip)
})

void t.test('what is not an address is not dialled', async (t) => {
  const cases = [
    '',
    'localhost',
    '127.1',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '8.8.8.8 ',
    '[::1]',
    '8.8.8.8:53',
    '8.8.8',
  ]
  for (const ip of cases) t.equal(forbiddenDestination(ip), `${ip} is not an IP address`, JSON.stringify(ip))
})
