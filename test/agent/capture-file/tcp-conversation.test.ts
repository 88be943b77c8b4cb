import fc from 'fast-check'
import t from 'tap'
import { type IpPacket, readIpPacket } from '../../../agent/capture-file/ip-packet.js'
import { TCP_FLAG, type TcpPacket } from '../../../agent/capture-file/packet.js'
import { TcpConversation } from '../../../agent/capture-file/tcp-conversation.js'
import { captureWriter, contentsOf, NOON_US } from '../../support/capture-files.js'
import { happen, streamsOf, TCP_EVENTS } from '../../support/tcp-events.js'

const CLIENT = { ip: '10.1.2.3', port: 40_000 }
const SERVER = { ip: '203.0.113.9', port: 443 }

/** What a packet is, in short: `> SYN 100` is the client's. */
function inShort({ outbound, flags, seq, ack, begin, end }: TcpPacket): string {
  const names = Object.entries(TCP_FLAG).flatMap(([name, bit]) => ((flags & bit) === 0 ? [] : [name.toUpperCase()]))
  return [outbound ? '>' : '<', ...names, seq, ack, ...(end === begin ? [] : [`+${end - begin}`])].join(' ')
}

/** Tells the story of a connection, with the initial numbers 100 and 900, and gives its packets in short. */
function packetsOf(story: (tcp: TcpConversation) => void, mtu = 140): string[] {
  const lines: string[] = []
  const writer = { tcp: (packet: TcpPacket) => void lines.push(inShort(packet)) }
  const initial = { client: 100, server: 900 }
  story(new TcpConversation({ writer, interfaceId: 0, client: CLIENT, server: SERVER, initial, comment: 'c', mtu }))
  return lines
}

const HANDSHAKE = ['> SYN 100 0', '< SYN ACK 900 101', '> ACK 101 901']

function begun(tcp: TcpConversation): void {
  tcp.begin(0)
  tcp.accepted(1)
}

/** What is told, and the packets it makes. Segments of 100 bytes. */
const CASES: ReadonlyArray<readonly [what: string, story: (tcp: TcpConversation) => void, packets: readonly string[]]> =
  [
    ['a handshake', begun, HANDSHAKE],
    [
      'a refusal, and nothing after it',
      (tcp) => {
        tcp.begin(0)
        tcp.refused(1)
        tcp.accepted(2)
        tcp.data('client', Buffer.alloc(5), 3)
      },
      ['> SYN 100 0', '< RST ACK 0 101'],
    ],
    [
      'a client that gives up while it waits',
      (tcp) => {
        tcp.begin(0)
        tcp.reset('client', 1)
      },
      ['> SYN 100 0', '> RST 101 0'],
    ],
    [
      'data in segments, the last pushed, and one acknowledgement',
      (tcp) => {
        begun(tcp)
        tcp.data('client', Buffer.alloc(201), 2)
      },
      [...HANDSHAKE, '> ACK 101 901 +100', '> ACK 201 901 +100', '> PSH ACK 301 901 +1', '< ACK 901 302'],
    ],
    [
      'no data, no packet',
      (tcp) => {
        begun(tcp)
        tcp.data('client', Buffer.alloc(0), 2)
      },
      HANDSHAKE,
    ],
    [
      'half-closed: the other side goes on',
      (tcp) => {
        begun(tcp)
        tcp.end('client', 2)
        tcp.end('client', 2)
        tcp.data('client', Buffer.alloc(1), 3)
        tcp.data('server', Buffer.alloc(2), 4)
        tcp.end('server', 5)
        tcp.reset('server', 6)
      },
      [
        ...HANDSHAKE,
        ...['> FIN ACK 101 901', '< ACK 901 102', '< PSH ACK 901 102 +2', '> ACK 102 903'],
        ...['< FIN ACK 903 102', '> ACK 102 904'],
      ],
    ],
    [
      'nothing after a reset',
      (tcp) => {
        begun(tcp)
        tcp.reset('server', 2)
        tcp.reset('client', 3)
        tcp.end('client', 4)
      },
      [...HANDSHAKE, '< RST ACK 901 101'],
    ],
    [
      'older than the capture',
      (tcp) => {
        tcp.midway()
        tcp.begin(0)
        tcp.data('server', Buffer.alloc(3), 1)
        tcp.reset('client', 2)
      },
      ['< PSH ACK 901 101 +3', '> ACK 101 904', '> RST ACK 101 904'],
    ],
    ['older, without being told', (tcp) => tcp.end('client', 1), ['> FIN ACK 101 901', '< ACK 901 102']],
    [
      'data after a SYN: it was accepted',
      (tcp) => {
        tcp.begin(0)
        tcp.data('server', Buffer.alloc(3), 1)
      },
      [...HANDSHAKE, '< PSH ACK 901 101 +3', '> ACK 101 904'],
    ],
  ]

for (const [what, story, packets] of CASES) void t.test(what, async (t) => t.strictSame(packetsOf(story), packets))

void t.test('much is acknowledged now and then: never 64 KiB in flight', async (t) => {
  const lines = packetsOf((tcp) => {
    tcp.midway()
    tcp.data('client', Buffer.alloc(1_000_000), 0)
  }, 1500)
  let unacknowledged = 0
  let most = 0
  for (const line of lines) {
    unacknowledged = line.startsWith('<') ? 0 : unacknowledged + Number(line.split('+')[1])
    most = Math.max(most, unacknowledged)
  }
  t.ok(most > 50_000 && most <= 60_000, `${most} bytes`)
  t.equal(unacknowledged, 0)
})

/** Puts the packets of one side together, and checks each number on the way. */
function followed(packets: readonly IpPacket[], port: number): Buffer {
  const parts: Uint8Array[] = []
  let next: number | undefined
  for (const { sourcePort, tcp, payload } of packets) {
    if (sourcePort !== port || tcp === undefined) continue
    next ??= tcp.seq
    if ((tcp.flags & TCP_FLAG.rst) === 0 && tcp.seq !== next) throw new Error(`${tcp.seq} instead of ${next}`)
    parts.push(payload)
    next = (next + payload.length + ((tcp.flags & (TCP_FLAG.syn | TCP_FLAG.fin)) === 0 ? 0 : 1)) >>> 0
  }
  return Buffer.concat(parts)
}

void t.test('of any story, the reader gives back the bytes of each side', async (t) => {
  const numbers = fc.oneof(fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32 - 3000), fc.nat(2 ** 31 - 1))
  const stories = fc.record({ events: TCP_EVENTS, client: numbers, server: numbers })
  const seed = Date.now() % 2 ** 31
  const samples = fc.sample(stories, { numRuns: 200, seed })
  const writer = await captureWriter(t)
  for (const [i, { events, ...initial }] of samples.entries()) {
    const client = { ip: i % 2 === 0 ? '10.1.2.3' : '2001:db8::7', port: 1024 + i }
    happen(
      new TcpConversation({ writer, interfaceId: i % 2, client, server: SERVER, initial, comment: `${i}` }),
      events,
      NOON_US,
    )
    await writer.flush()
  }
  const { packets } = await contentsOf(writer)
  t.equal(writer.dropped, 0)
  const conversations = new Map<number, IpPacket[]>()
  const wrong: object[] = []
  for (const { bytes, interfaceId, comment } of packets) {
    const packet = readIpPacket(bytes)!
    const client = packet.sourcePort === SERVER.port ? packet.destinationPort : packet.sourcePort
    const before = conversations.get(client)
    const expected = before === undefined ? `${client - 1024}` : ''
    if (comment !== expected || interfaceId !== client % 2) wrong.push({ client, comment, interfaceId })
    if (before === undefined) conversations.set(client, [packet])
    else before.push(packet)
  }
  t.strictSame(wrong.slice(0, 3), [], 'the comment stands with the first packet, each has its interface')
  for (const [i, { events }] of samples.entries()) {
    const packets = conversations.get(1024 + i) ?? []
    const { client, server } = streamsOf(events)
    t.ok(followed(packets, 1024 + i).equals(client), `what the client of story ${i} (seed ${seed}) sent`)
    t.ok(followed(packets, SERVER.port).equals(server), 'what its server sent')
  }
})
