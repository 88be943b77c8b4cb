/** Datagrams and secrets in a capture; conversations are in tapped-conversation.test. */

import t from 'tap'
import { PacketCapture } from '../../../agent/capture-file/packet-capture.js'
import { captureWriter, contentsOf, fieldsOf, NOON_US } from '../../support/capture-files.js'
import { packetStory } from '../../support/packet-story.js'

const CLIENT = { ip: '192.0.2.77', port: 5000 }
const SERVER = { ip: '1.2.3.4', port: 443 }

void t.test('a datagram goes to its interface; an unknown one has the first', async (t) => {
  const { capture, told } = packetStory(['namespace', 'dns'])
  const packets = capture()
  packets.datagram({ interfaceName: 'dns', from: CLIENT, to: SERVER, outbound: true }, Buffer.from('query'))
  packets.datagram({ interfaceName: 'else', from: SERVER, to: CLIENT, outbound: false }, Buffer.from('reply'))
  packets.secrets('CLIENT_RANDOM 1 2')
  t.strictSame(told, ['dns udp 5000 > 443 query', 'namespace udp 443 > 5000 reply', 'secrets CLIENT_RANDOM 1 2'])
})

void t.test('two flows with the same addresses are told apart', async (t) => {
  const { capture, told } = packetStory(['http-forward'])
  const packets = capture()
  const facts = { interfaceName: 'http-forward', client: CLIENT, server: SERVER, comment: () => 'why' }
  const [first, second] = [packets.conversation(facts), packets.conversation(facts)]
  packets.conversation({ ...facts, server: { ...SERVER, port: 80 } }).begin(1)
  first.begin(1)
  second.begin(2)
  t.strictSame(told, [
    'http-forward 5000 > 80 SYN (why)',
    'http-forward 5000 > 443 SYN (why)',
    'http-forward 5001 > 443 SYN (why\nport: shown as 5001; another flow has 5000 too)',
  ])
  const last = { ...facts, client: { ...CLIENT, port: 65_535 } }
  packets.conversation(last)
  packets.conversation(last).begin(3)
  t.match(told.at(-1), /^http-forward 1 > 443 SYN/, 'after the last port comes the first')
})

void t.test('a refused datagram, as tshark reads it', async (t) => {
  const writer = await captureWriter(t)
  const packets = new PacketCapture({ writer, interfaces: ['namespace', 'dns'], now: () => NOON_US, random32: () => 1 })
  for (const [from, to] of [
    [CLIENT, SERVER],
    [
      { ip: 'fd53:5465:6500::77', port: 5000 },
      { ip: '2001:db8::1', port: 443 },
    ],
  ] as const)
    packets.refusedDatagram({ interfaceName: 'namespace', from, to, outbound: true, comment: 'why' })
  const { packets: read } = await contentsOf(writer)
  t.strictSame(
    read.map(({ comment }) => comment),
    ['why', '', 'why', ''],
  )
  const said = await fieldsOf(writer.path, ['_ws.col.Protocol', 'icmp.code', 'icmpv6.code'])
  t.strictSame(said, ['UDP\t\t', 'ICMP\t3\t', 'UDP\t\t', 'ICMPv6\t\t4'])
})
