import fc from 'fast-check'
import t from 'tap'
import { readIpPacket } from '../../../agent/capture-file/ip-packet.js'

const UDP = '9c4001bb000c0000 61626364'
const TCP = '9c4001bb 00000001 00000002 5018 ffff 0000 0000'
const V4 = '0a010203 cb007109'
const V6 = '20010db8000000000000000000000007 20010db8000000000000000000000001'

/** Packets as hex, and what they say. */
const CASES: ReadonlyArray<readonly [what: string, hex: string, expected: object | undefined]> = [
  ['a datagram', `45000020 00000000 40110000 ${V4} ${UDP}`, { protocol: 'udp', sourcePort: 40_000, payload: 'abcd' }],
  ['what the link padded is no payload', `45000020 00000000 40110000 ${V4} ${UDP} 0000`, { payload: 'abcd' }],
  ['a length of 0 means all', `45000000 00000000 40110000 ${V4} ${UDP}`, { payload: 'abcd' }],
  ['what was not kept is missing', `45000099 00000000 40110000 ${V4} ${UDP}`, { payload: 'abcd' }],
  ['IP options', `46000024 00000000 40110000 ${V4} 01010101 ${UDP}`, { protocol: 'udp', payload: 'abcd' }],
  ['a segment', `4500002a 00000000 40060000 ${V4} ${TCP} 6869`, { protocol: 'tcp', payload: 'hi' }],
  ['TCP options', `4500002e 00000000 40060000 ${V4} ${TCP.replace('5018', '6018')} 01010101 6869`, { payload: 'hi' }],
  ['the first fragment', `45000020 00002000 40110000 ${V4} ${UDP}`, { protocol: 'udp', sourcePort: 40_000 }],
  ['a later fragment', `45000020 00000001 40110000 ${V4} ${UDP}`, { protocol: 'other', sourcePort: 0 }],
  ['ICMP', `4500001c 00000000 40010000 ${V4} 0303000000000000`, { protocol: 'icmp', destinationPort: 0 }],
  ['another protocol', `45000018 00000000 40320000 ${V4} 61626364`, { protocol: 'other', payload: 'abcd' }],
  ['an IPv6 datagram', `60000000 000c1140 ${V6} ${UDP}`, { family: 6, source: '2001:db8::7', payload: 'abcd' }],
  ['ICMPv6', `60000000 00083a40 ${V6} 0104000000000000`, { protocol: 'icmp' }],
  ['ICMP is not ICMPv6', `60000000 00080140 ${V6} 0104000000000000`, { protocol: 'other' }],
  [
    'two extension headers',
    `60000000 00240040 ${V6} 3c00000000000000 1101000000000000 0000000000000000 ${UDP}`,
    { protocol: 'udp', payload: 'abcd' },
  ],
  ['a later IPv6 fragment', `60000000 00142c40 ${V6} 1100000800000001 ${UDP}`, { protocol: 'other' }],
  ['the first IPv6 fragment', `60000000 00142c40 ${V6} 1100000100000001 ${UDP}`, { protocol: 'udp', payload: 'abcd' }],
  ['nothing', '', undefined],
  ['neither 4 nor 6', `55000020 00000000 40110000 ${V4} ${UDP}`, undefined],
  ['a cut IPv4 header', `45000020 00000000 40110000 0a010203 cb0071`, undefined],
  ['a header of 16 bytes', `44000020 00000000 40110000 ${V4} ${UDP}`, undefined],
  ['a cut UDP header', `4500001b 00000000 40110000 ${V4} 9c4001bb000c00`, undefined],
  ['a cut TCP header', `45000027 00000000 40060000 ${V4} ${TCP.slice(0, -2)}`, undefined],
  ['a cut IPv6 header', `60000000 000c1140 20010db8`, undefined],
  ['a cut extension header', `60000000 00040040 ${V6} 1100`, undefined],
]

for (const [what, hex, expected] of CASES)
  void t.test(`reads ${what}`, async (t) => {
    const packet = readIpPacket(Buffer.from(hex.replaceAll(' ', ''), 'hex'))
    if (expected === undefined || packet === undefined) return t.equal(packet, expected)
    t.match({ ...packet, payload: Buffer.from(packet.payload).toString() }, expected)
  })

void t.test("TCP's numbers", async (t) => {
  const packet = readIpPacket(Buffer.from(`45000028 00000000 40060000 ${V4} ${TCP}`.replaceAll(' ', ''), 'hex'))
  t.strictSame(packet?.tcp, { seq: 1, ack: 2, flags: 0x18, window: 65_535 })
  t.match(packet, { source: '10.1.2.3', destination: '203.0.113.9', sourcePort: 40_000, destinationPort: 443 })
})

void t.test('any bytes are a packet or none, and the payload is within them', async () => {
  const likely = fc.tuple(fc.constantFrom(0x45, 0x4f, 0x60), fc.uint8Array({ maxLength: 120 }))
  fc.assert(
    fc.property(likely, ([first, rest]) => {
      const bytes = Uint8Array.of(first, ...rest)
      const packet = readIpPacket(bytes)
      return packet === undefined || packet.payload.length < bytes.length
    }),
    { numRuns: 1000 },
  )
})
