import t from 'tap'
import { packetAddresses } from '../../../agent/capture-file/packet-addresses.js'

/** Between whom, and the family and bytes it comes to. */
const CASES: ReadonlyArray<readonly [what: string, source: string, destination: string, family: 4 | 6, hex: string]> = [
  ['IPv4', '10.1.2.3', '203.0.113.9', 4, '0a010203cb007109'],
  ['IPv4 from one end to the other', '0.0.0.0', '255.255.255.255', 4, '00000000ffffffff'],
  ['IPv6', '2001:db8::1', '::1', 6, `20010db8${'0'.repeat(23)}1${'0'.repeat(31)}1`],
  ['what a dual-stack listener calls IPv4', '::ffff:10.1.2.3', '10.1.2.4', 4, '0a0102030a010204'],
  ['IPv4 to IPv6', '10.1.2.3', '2001:db8::1', 6, `${'0'.repeat(20)}ffff0a01020320010db8${'0'.repeat(23)}1`],
  ['a zone', 'fe80::1%eth0', 'fe80::2', 6, `fe80${'0'.repeat(27)}1fe80${'0'.repeat(27)}2`],
  ['a destination of which only the name is known', '10.1.2.3', '', 4, '0a01020300000000'],
  ['the same, from IPv6', '::1', '', 6, `${'0'.repeat(31)}1${'0'.repeat(32)}`],
  ['nothing known', '', '', 4, '0000000000000000'],
]

for (const [what, source, destination, family, hex] of CASES)
  void t.test(`the bytes of ${what}`, async (t) => {
    const addresses = packetAddresses({ ip: source, port: 1 }, { ip: destination, port: 65_535 })
    t.equal(addresses.family, family)
    t.equal(Buffer.from(addresses.bytes).toString('hex'), hex)
    t.strictSame([addresses.sourcePort, addresses.destinationPort], [1, 65_535])
  })
