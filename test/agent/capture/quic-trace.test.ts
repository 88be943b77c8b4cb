import fc from 'fast-check'
import t from 'tap'
import { parseTraceLine } from '../../../agent/capture/quic-trace.js'

// As `nft monitor trace` of nftables 1.0.6 printed them.
const IPV4 =
  'trace id 59d6c7d0 inet steerlab quic packet: oif "lo" ip saddr 192.0.2.77 ip daddr 1.2.3.4 ip dscp cs0 ip ecn not-ect ip ttl 64 ip id 7921 ip protocol udp ip length 29 udp sport 59227 udp dport 443 udp length 9 @th,64,8 0x78 '
const IPV6 =
  'trace id 70a9d451 inet steerlab quic packet: oif "lo" ip6 saddr fd00:5354:6565::77 ip6 daddr 2606:2800::1 ip6 dscp cs0 ip6 ecn not-ect ip6 hoplimit 64 ip6 flowlabel 196267 ip6 nexthdr udp ip6 length 9 udp sport 47365 udp dport 443 udp length 9 @th,64,8 0x78 '

void t.test('the packet line tells who was refused what', async (t) => {
  const connection = {
    transport: 'udp',
    local: { ip: '192.0.2.77', port: 59227 },
    remote: { ip: '1.2.3.4', port: 443 },
  } as const
  t.strictSame(parseTraceLine(IPV4), { connection, bytes: 1 })
  t.strictSame(parseTraceLine(IPV4.replace('udp length 9', 'udp length 1208')), { connection, bytes: 1200 })
  t.strictSame(parseTraceLine(IPV4.replace('udp length 9 @th,64,8 0x78 ', '')), { connection, bytes: 0 }, 'not said')
  t.strictSame(parseTraceLine(IPV6), {
    connection: {
      transport: 'udp',
      local: { ip: 'fd00:5354:6565::77', port: 47365 },
      remote: { ip: '2606:2800::1', port: 443 },
    },
    bytes: 1,
  })
})

void t.test('the other lines of the same trace tell nothing', async (t) => {
  for (const line of [
    'trace id 59d6c7d0 inet steerlab quic rule udp dport 443 meta nftrace set 1 (verdict continue)',
    'trace id 59d6c7d0 inet steerlab quic rule udp dport 443 reject (verdict drop)',
    '',
    IPV4.replace('udp sport 59227 ', ''),
  ])
    t.equal(parseTraceLine(line), undefined, line)
})

void t.test('10,000 nonsense lines throw nothing', async (t) => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.nat(IPV4.length), (noise, at) => {
      parseTraceLine(noise)
      parseTraceLine(IPV4.slice(0, at) + noise + IPV4.slice(at))
    }),
    { numRuns: 5000 },
  )
  t.pass('none threw')
})
