/** The zone's data holds together. */

import { isIPv4, isIPv6 } from 'node:net'
import t from 'tap'
import { nameOf, ODD_HOSTS } from '../../../scripts/lab/odd-origins/hosts.js'
import { REFUSING_ADDRESSES, UNREACHABLE_ADDRESS, ZONE, ZONE_ADDRESSES } from '../../../scripts/lab/zone.js'

const names = new Set(ZONE.map(({ name }) => name))
const addressesOf = (name: string) =>
  ZONE.flatMap((record) => ('address' in record && record.name === name ? [record.address] : []))

void t.test('the hosts of the stories are there', async (t) => {
  for (const host of ['box.com', 'www.box.com']) t.match(addressesOf(host), ['74.112.186.144'], host)
  t.match(addressesOf('st3.zoom.us'), ['52.84.151.63'])
  for (const host of ['zoom.us', 'us04web.zoom.us', 'github.com', 'slack.com', 'drive.amazonaws.com', 'example.com']) {
    t.ok(addressesOf(host).some(isIPv4), host)
  }
  t.ok(names.size >= 48, `${names.size} names`)
})

void t.test('most hosts have both families, and there is one of each alone', async (t) => {
  t.strictSame(addressesOf('v4only.lab.example').map(isIPv4), [true])
  t.strictSame(addressesOf('v6only.lab.example').map(isIPv6), [true])
  t.ok(ZONE.filter(({ type }) => type === 'AAAA').length >= 24)
})

void t.test('an odd host has an address of each family, which are its alone', async (t) => {
  for (const host of ODD_HOSTS) {
    t.strictSame(addressesOf(nameOf(host)).map(isIPv4), [true, false], host)
    for (const address of addressesOf(nameOf(host)))
      t.equal(ZONE.filter((record) => 'address' in record && record.address === address).length, 1, address)
  }
})

void t.test('addresses are canonical text, so that they can be compared as text', async (t) => {
  for (const address of [...ZONE_ADDRESSES, UNREACHABLE_ADDRESS]) {
    const canonical = isIPv4(address) ? address : new URL(`http://[${address}]`).hostname.slice(1, -1)
    t.equal(address, canonical)
  }
})

void t.test('names are lower case, and a name has its records once', async (t) => {
  for (const name of names) t.match(name, /^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
  t.equal(new Set(ZONE.map((record) => JSON.stringify(record))).size, ZONE.length)
})

void t.test('an alias stands alone and leads to a name that exists', async (t) => {
  for (const record of ZONE) {
    if (record.type !== 'CNAME') continue
    t.ok(names.has(record.target), `${record.name} -> ${record.target}`)
    t.equal(
      ZONE.filter(({ name }) => name === record.name).length,
      1,
      `${record.name} has nothing else (RFC 1034 3.6.2)`,
    )
  }
})

void t.test('no text is over 255 bytes, one character-string (RFC 1035 3.3)', async (t) => {
  for (const record of ZONE) if (record.type === 'TXT') t.ok(Buffer.byteLength(record.text) <= 255, record.name)
})

void t.test('the refusing address is in the lab, the unreachable one is not', async (t) => {
  for (const address of REFUSING_ADDRESSES) t.ok(ZONE_ADDRESSES.includes(address))
  t.strictSame(addressesOf('unreachable.lab.example'), [UNREACHABLE_ADDRESS])
  t.notOk(ZONE_ADDRESSES.includes(UNREACHABLE_ADDRESS))
})
