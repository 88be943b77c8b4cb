/** Capture files as tshark, capinfos and tcpdump see them. */

import t from 'tap'
import type { CaptureWriter } from '../../../agent/capture-file/capture-writer.js'
import type { UdpPacket } from '../../../agent/capture-file/packet.js'
import { packetAddresses } from '../../../agent/capture-file/packet-addresses.js'
import { TcpConversation } from '../../../agent/capture-file/tcp-conversation.js'
import { captureWriter, doubtsOf, fieldsOf, NOON_US, PLAIN_PORT, tcpdump } from '../../support/capture-files.js'
import { runProgram } from '../../support/run-program.js'

const CLIENTS = ['10.1.2.3', '2001:db8::7']

/** A connection and a refused datagram, in both families. */
function fill(writer: CaptureWriter): void {
  for (const [i, ip] of CLIENTS.entries()) {
    const client = { ip, port: 40_000 }
    const server = { ip: i === 0 ? '203.0.113.9' : '2001:db8::1', port: PLAIN_PORT }
    const initial = { client: 7, server: 2 ** 32 - 8 }
    const tcp = new TcpConversation({ writer, interfaceId: 0, client, server, initial, comment: `flow ${i}` })
    tcp.begin(NOON_US)
    tcp.accepted(NOON_US + 1)
    tcp.data('client', Buffer.alloc(5000, 'c'), NOON_US + 2)
    tcp.end('client', NOON_US + 3)
    const addresses = packetAddresses(client, server)
    const refused: UdpPacket = {
      interfaceId: 1,
      atUs: NOON_US + 4,
      outbound: true,
      addresses,
      payload: Buffer.alloc(1200, 'q'),
    }
    writer.udp({ ...refused, comment: 'QUIC' })
    writer.icmpUnreachable(refused, 'port', NOON_US + 5)
  }
}

/** 3 of the handshake, 4 and 1 of data, 2 of the end, 2 of the datagram. */
const PACKETS = 2 * 12

for (const format of ['pcapng', 'pcap'] as const)
  void t.test(`${format}: whole, and nothing to complain of`, async (t) => {
    const writer = await captureWriter(t, { format })
    fill(writer)
    await writer.close()
    t.strictSame(await doubtsOf(writer.path), [])
    const { stdout } = await runProgram('capinfos', ['-M', '-E', '-c', '-l', '-a', '-S', writer.path])
    t.match(stdout, new RegExp(`Number of packets:\\s+${PACKETS}\\n`))
    t.match(stdout, /File encapsulation:\s+ether\n/)
    t.match(stdout, /First packet time:\s+1795435200\.000001\n/)
    const fields = ['frame.time_epoch', 'ip.src', 'ipv6.src', 'frame.len', 'frame.cap_len']
    const lines = await fieldsOf(writer.path, fields)
    t.equal(lines[0], '1795435200.000001000\t10.1.2.3\t\t66\t66')
    t.equal(lines[PACKETS / 2], '1795435200.000001000\t\t2001:db8::7\t86\t86')
    t.equal((await fieldsOf(writer.path, ['udp.length'], 'icmp.type == 3 || icmpv6.type == 1')).length, 2)
  })

void t.test('pcapng says where the packets come from', async (t) => {
  const writer = await captureWriter(t)
  fill(writer)
  await writer.close()
  const { stdout } = await runProgram('capinfos', ['-F', '-k', '-I', writer.path])
  t.match(stdout, /rebuilt for a test/)
  t.match(stdout, /steerlab 0\.1\.0/)
  t.match(stdout, /Name = namespace\n/)
  t.match(stdout, /Description = the DNS door\n/)
  t.match(stdout, /Time resolution = 0x06\n/)
  const fields = ['frame.interface_name', 'frame.comment', 'frame.packet_flags_direction']
  const lines = await fieldsOf(writer.path, fields)
  t.equal(lines[0], 'namespace\tflow 0\t0x00000002')
  t.equal(lines[1], 'namespace\t\t0x00000001')
  t.equal(lines[10], 'dns\tQUIC\t0x00000002')
  t.equal(lines[11], 'dns\t\t0x00000001')
})

for (const format of ['pcapng', 'pcap'] as const) {
  void t.test(`${format}: tcpdump reads all of it, whatever its interfaces`, async (t) => {
    const writer = await captureWriter(t, { format })
    fill(writer)
    await writer.close()
    const { packets, text } = await tcpdump(writer.path, '-vv')
    t.equal(packets, PACKETS)
    t.match(text, /udp port 4433 unreachable/)
    t.notMatch(text, /incorrect|bad .*cksum/i)
  })

  void t.test(`${format}: the Ethernet addresses say who sent it`, async (t) => {
    const writer = await captureWriter(t, { format })
    fill(writer)
    await writer.close()
    const ours = '02:00:00:00:00:01'
    const theirs = '02:00:00:00:00:02'
    for (const [client, type] of [
      ['ip.addr == 10.1.2.3', '0x0800'],
      ['ipv6.addr == 2001:db8::7', '0x86dd'],
    ]) {
      const addresses = await fieldsOf(writer.path, ['eth.src', 'eth.dst', 'eth.type'], client)
      t.equal(addresses.length, PACKETS / 2)
      t.strictSame(addresses[0], `${ours}\t${theirs}\t${type}`, 'SYN')
      t.strictSame(addresses[1], `${theirs}\t${ours}\t${type}`, 'SYN-ACK')
      t.strictSame(addresses.at(-1), `${theirs}\t${ours}\t${type}`, 'ICMP')
    }
  })

  void t.test(`${format}: packets that are cut have their length`, async (t) => {
    const writer = await captureWriter(t, { format, snapLength: 60 })
    fill(writer)
    await writer.close()
    const lines = await fieldsOf(writer.path, ['frame.len', 'frame.cap_len'], 'tcp.len == 1460')
    t.strictSame(lines, Array(3).fill('1514\t60'))
  })
}

void t.test('each file of a ring is whole', async (t) => {
  const writer = await captureWriter(t, { maxBytes: 16_000, files: 3 })
  for (let i = 0; i < 5; i++) fill(writer)
  await writer.close()
  for (const name of ['x.pcap', 'x.1.pcap', 'x.2.pcap']) {
    const path = writer.path.replace('x.pcap', name)
    const { code, stderr } = await runProgram('capinfos', [path])
    t.strictSame([code, stderr], [0, ''])
    t.ok((await fieldsOf(path, ['frame.number'])).length > 0)
  }
})
