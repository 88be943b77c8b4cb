/** Which texts a certificate may carry as names, and in what form. */

import { isIP } from 'node:net'
import fc from 'fast-check'
import t from 'tap'
import { hostName } from '../../certs/host-name.js'

const DNS_NAMES: readonly [text: string, name: string, why: string][] = [
  ['box.com', 'box.com', 'a plain name stays'],
  ['BOX.Com', 'box.com', 'letters become lower case'],
  ['box.com.', 'box.com', 'the trailing dot goes'],
  ['bücher.example', 'xn--bcher-kva.example', 'an international name becomes punycode'],
  ['*.medium.com', '*.medium.com', 'one leading wildcard is allowed'],
  ['_dmarc.box.com', '_dmarc.box.com', 'underscores occur in DNS names'],
  ['localhost', 'localhost', 'a single label is a name'],
  [`${'a'.repeat(63)}.com`, `${'a'.repeat(63)}.com`, 'a label may have 63 characters'],
]

const REFUSED: readonly [text: string, why: string][] = [
  ['', 'nothing'],
  ['a b.com', 'a blank'],
  ['a/b', 'a path'],
  ['a%41.com', 'an escape, which a URL parser would decode'],
  ['box.com:443', 'a port'],
  ['user@box.com', 'a user'],
  ['a..b', 'an empty label'],
  ['a.*.com', 'a wildcard inside'],
  [`${'a'.repeat(64)}.com`, 'a label of 64 characters'],
  [`${'a.'.repeat(127)}com`, 'a name of 257 characters'],
  ['1.2.3', 'what a URL parser reads as 1.2.0.3'],
  ['0x7f.1', 'what a URL parser reads as 127.0.0.1'],
  ['[::1]', 'an address in brackets'],
  ['fe80::1%eth0', 'an address with a zone'],
]

const ADDRESSES: readonly [text: string, bytes: string][] = [
  ['74.112.186.144', '4a70ba90'],
  ['::1', '00000000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['2620:100:6022:18::a27d:4212', '262001006022001800000000a27d4212'],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['2001:DB8::', '20010db8000000000000000000000000'],
  ['::ffff:1.2.3.4', '00000000000000000000ffff01020304'],
]

void t.test('DNS names take the form that certificates carry', async (t) => {
  for (const [text, name, why] of DNS_NAMES) t.strictSame(hostName(text), { dns: name }, why)
})

void t.test('what is no name is refused', async (t) => {
  for (const [text, why] of REFUSED) t.equal(hostName(text), undefined, why)
})

void t.test('addresses become their bytes', async (t) => {
  for (const [text, hex] of ADDRESSES) {
    const host = hostName(text)
    t.equal(host !== undefined && 'ip' in host ? host.ip.toString('hex') : undefined, hex, text)
  }
})

void t.test('any text gives an ASCII DNS name, an address, or nothing', async (t) => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.domain(), fc.ipV6(), fc.string({ unit: 'grapheme' }))
  fc.assert(
    fc.property(texts, (text) => {
      const host = hostName(text)
      if (host === undefined) return true
      if ('ip' in host) return isIP(text) === (host.ip.length === 4 ? 4 : 6)
      return host.dns.length <= 253 && /^[a-z0-9_.*-]+$/.test(host.dns) && isIP(host.dns) === 0
    }),
    { numRuns: 10_000 },
  )
  t.pass('10,000 texts')
})
