/** What is said of packets. */

import { Packet } from 'dns2'
import t from 'tap'
import { encodeQuery, TYPE } from '../../../agent/dns/message.js'
import { conversationsOf, packetsOf } from '../../../scripts/lesson/conversations.js'
import { conversationSightings, dnsSightings } from '../../../scripts/lesson/sightings.js'
import { nodeHello } from '../../support/client-hellos.js'
import { conversation, record, tcp, udp } from '../../support/lesson-packets.js'

const CLIENT = '10.0.0.1:4000'
const SERVER = '1.2.3.4:443'
const DNS = '10.0.0.53:53'

void t.test('DNS about a host, and about no other', async (t) => {
  const query = encodeQuery('box.com', TYPE.a)
  const answer = Packet.createResponseFromRequest(Packet.parse(query))
  answer.answers.push({ name: 'box.com', type: TYPE.a, class: 1, ttl: 60, address: '74.112.186.144' } as never)
  const empty = Packet.createResponseFromRequest(Packet.parse(encodeQuery('box.com', TYPE.aaaa)))
  const packets = packetsOf([
    udp(1, CLIENT, DNS, query),
    udp(2, DNS, CLIENT, answer.toBuffer()),
    udp(3, CLIENT, DNS, encodeQuery('BOX.com', TYPE.aaaa)),
    udp(4, DNS, CLIENT, empty.toBuffer()),
    udp(5, CLIENT, DNS, encodeQuery('zoom.us', TYPE.a)),
    udp(6, CLIENT, '10.0.0.53:123', query),
    udp(7, CLIENT, DNS, Buffer.from('nonsense')),
  ])
  t.strictSame(dnsSightings(packets, 'box.com'), [
    { atUs: 1, words: 'DNS: A of box.com?' },
    { atUs: 2, words: 'DNS: 74.112.186.144' },
    { atUs: 3, words: 'DNS: AAAA of box.com?' },
    { atUs: 4, words: 'DNS: none' },
  ])
})

void t.test('a conversation, without its acknowledgements', async (t) => {
  const hello = await nodeHello('box.com', [])
  const [one] = conversationsOf(
    packetsOf(
      conversation(0, CLIENT, SERVER, [
        ['>', hello],
        ['<', Buffer.concat([record(22, 90), record(20, 1), record(23, 500).subarray(0, 100)])],
        ['<', Buffer.alloc(405)],
        ['>', record(20, 1)],
      ]),
    ),
  )
  t.strictSame(
    conversationSightings(one!).map(({ atUs, words }) => `${atUs} ${words}`),
    [
      '0 -> SYN to 1.2.3.4:443',
      '1000 -> TLS ClientHello, names box.com',
      '2000 <- TLS handshake and data, 201 bytes',
      '3000 <- TLS, 405 bytes more',
      '4000 -> TLS change of cipher, 6 bytes',
      '5000 -> FIN',
    ],
  )
})

void t.test('what is no TLS is bytes; a reset is one', async (t) => {
  const [one] = conversationsOf(packetsOf([tcp(1, CLIENT, SERVER, 'A', 1, 'GET /'), tcp(2, SERVER, CLIENT, 'RA', 1)]))
  t.strictSame(
    conversationSightings(one!).map(({ words }) => words),
    ['-> 5 bytes', '<- RST'],
  )
})
