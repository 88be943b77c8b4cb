import fc from 'fast-check'
import t from 'tap'
import { blockMemory } from '../../../agent/capture-file/block-memory.js'
import { readIpPacket } from '../../../agent/capture-file/ip-packet.js'
import { TCP_FLAG, type TcpPacket, type UdpPacket } from '../../../agent/capture-file/packet.js'
import { type PacketAddresses, packetAddresses } from '../../../agent/capture-file/packet-addresses.js'
import {
  ipHeaderBytes,
  tcpPacketBytes,
  udpPacketBytes,
  unreachableBytes,
  unreachableRoom,
  writeTcp,
  writeUdp,
  writeUnreachable,
} from '../../../agent/capture-file/write-ip.js'
import { naiveChecksum } from '../../support/naive-checksum.js'

const ENDS = {
  4: [
    { ip: '10.1.2.3', port: 40_000 },
    { ip: '203.0.113.9', port: 443 },
  ],
  6: [
    { ip: '2001:db8::7', port: 40_000 },
    { ip: '2001:db8::1', port: 443 },
  ],
} as const

/** Where packets are written: not at the beginning, and over what was there. */
const AT = 3

const FACTS = { interfaceId: 0, atUs: 0, outbound: true }

function addressesOf(family: 4 | 6): PacketAddresses {
  const [client, server] = ENDS[family]
  return packetAddresses(client, server)
}

function tcpPacket(family: 4 | 6, payload: Uint8Array, options = new Uint8Array(0)): TcpPacket {
  const addresses = addressesOf(family)
  const numbers = { flags: TCP_FLAG.ack | TCP_FLAG.psh, seq: 0xfedc_ba98, ack: 0x8765_4321, window: 65_535 }
  return { ...FACTS, addresses, ...numbers, options, payload, begin: 0, end: payload.length }
}

function udpPacket(family: 4 | 6, payload: Uint8Array): UdpPacket {
  return { ...FACTS, addresses: addressesOf(family), payload }
}

/** The packet that is written; it must not reach beyond `room`. */
function written(bytes: number, room: number, write: (memory: ReturnType<typeof blockMemory>) => void): Buffer {
  const memory = blockMemory(AT + room + 8)
  memory.bytes.fill(0xa5)
  write(memory)
  const all = Buffer.from(memory.bytes)
  if ([...all.subarray(0, AT), ...all.subarray(AT + room)].some((byte) => byte !== 0xa5)) throw new Error('beyond')
  return all.subarray(AT, AT + bytes)
}

/** What RFC 9293 section 3.1 and RFC 8200 section 8.1 sum up must come to 0. */
function transportRest(packet: Buffer, family: 4 | 6, protocol: number, addresses: PacketAddresses): number {
  const content = packet.subarray(ipHeaderBytes(family))
  const tail = Buffer.alloc(8)
  tail.writeUInt32BE(content.length, 0)
  tail[7] = protocol
  return naiveChecksum(Buffer.concat([addresses.bytes, tail, content]))
}

const FAMILY = fc.constantFrom<4 | 6>(4, 6)
const PAYLOAD = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ minLength: 1400, maxLength: 1461 }))

void t.test('any segment has the checksums of the standard, and reads as it was meant', async (t) => {
  const options = fc.nat(10).map((words) => new Uint8Array(4 * words).fill(1))
  fc.assert(
    fc.property(FAMILY, PAYLOAD, options, fc.nat(20), fc.nat(20), (family, payload, options, first, last) => {
      const begin = Math.min(first, payload.length)
      const packet = { ...tcpPacket(family, payload, options), begin, end: Math.max(begin, payload.length - last) }
      const bytes = tcpPacketBytes(packet)
      const ip = written(bytes, bytes, (memory) => writeTcp(memory, AT, packet))
      const read = readIpPacket(ip)
      t.equal(transportRest(ip, family, 6, packet.addresses), 0)
      if (family === 4) t.equal(naiveChecksum(ip.subarray(0, 20)), 0)
      t.match(read, { family, protocol: 'tcp', source: ENDS[family][0].ip, destination: ENDS[family][1].ip })
      t.match(read, { sourcePort: 40_000, destinationPort: 443 })
      t.strictSame(read?.tcp, { seq: 0xfedc_ba98, ack: 0x8765_4321, flags: 0x18, window: 65_535 })
      t.ok(Buffer.from(payload.subarray(packet.begin, packet.end)).equals(read?.payload ?? Buffer.alloc(0)))
    }),
    { numRuns: 60 },
  )
})

void t.test('any datagram too', async (t) => {
  fc.assert(
    fc.property(FAMILY, PAYLOAD, (family, payload) => {
      const packet = udpPacket(family, payload)
      const bytes = udpPacketBytes(packet)
      const ip = written(bytes, bytes, (memory) => writeUdp(memory, AT, packet))
      t.equal(transportRest(ip, family, 17, packet.addresses), 0)
      t.match(readIpPacket(ip), { family, protocol: 'udp', sourcePort: 40_000, destinationPort: 443 })
      t.ok(Buffer.from(payload).equals(readIpPacket(ip)?.payload ?? Buffer.alloc(0)))
    }),
    { numRuns: 60 },
  )
})

void t.test('a UDP checksum that comes to 0 is written as all ones', async (t) => {
  // Two bytes that make the sum all ones.
  const packet = udpPacket(4, new Uint8Array(2))
  const rest = written(30, 30, (memory) => writeUdp(memory, AT, packet)).readUInt16BE(26)
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(rest)
  const ip = written(30, 30, (memory) => writeUdp(memory, AT, { ...packet, payload }))
  t.equal(ip.readUInt16BE(26), 0xffff)
})

for (const [family, reason, type, code, length] of [
  [4, 'port', 3, 3, 576],
  [4, 'prohibited', 3, 13, 576],
  [6, 'port', 1, 4, 1280],
  [6, 'prohibited', 1, 1, 1280],
] as const)
  void t.test(`an IPv${family} datagram is refused: ${reason}`, async (t) => {
    for (const size of [0, 7, 3000]) {
      const refused = udpPacket(family, new Uint8Array(size).fill(7))
      const bytes = unreachableBytes(refused)
      const room = unreachableRoom(refused)
      const ip = written(bytes, room, (memory) => writeUnreachable(memory, AT, refused, reason))
      t.equal(bytes, Math.min(2 * ipHeaderBytes(family) + 16 + size, length))
      const read = readIpPacket(ip)
      t.match(read, { protocol: 'icmp', source: ENDS[family][1].ip, destination: ENDS[family][0].ip })
      const icmp = Buffer.from(read?.payload ?? '')
      t.strictSame([icmp[0], icmp[1]], [type, code])
      const back = packetAddresses(ENDS[family][1], ENDS[family][0])
      t.equal(family === 4 ? naiveChecksum(icmp) : transportRest(ip, 6, 58, back), 0)
      t.match(readIpPacket(icmp.subarray(8)), { protocol: 'udp', sourcePort: 40_000, destinationPort: 443 })
    }
  })
