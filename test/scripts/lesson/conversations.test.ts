/** Conversations put together from packets. */

import t from 'tap'
import { conversationsOf, packetsOf } from '../../../scripts/lesson/conversations.js'
import { nodeHello } from '../../support/client-hellos.js'
import { conversation, tcp } from '../../support/lesson-packets.js'

const CLIENT = '10.0.0.1:4000'
const SERVER = '1.2.3.4:443'
const read = (packets: Parameters<typeof packetsOf>[0]) => conversationsOf(packetsOf(packets))

void t.test('who talks to whom, what each says, and the name that is in the clear', async (t) => {
  const hello = await nodeHello('box.com', [])
  const [one, ...more] = read(
    conversation(
      0,
      CLIENT,
      SERVER,
      [
        ['>', hello],
        ['<', Buffer.from('yes')],
        ['>', Buffer.from('!')],
      ],
      'whose',
    ),
  )
  t.equal(more.length, 0)
  t.match(one, {
    client: { ip: '10.0.0.1', port: 4000 },
    server: { ip: '1.2.3.4', port: 443 },
    comment: 'whose',
    sni: 'box.com',
  })
  t.strictSame([one!.sent, `${one!.received}`], [Buffer.concat([hello, Buffer.from('!')]), 'yes'])
  t.equal(one!.segments.length, 7)
})

void t.test('what is sent again counts once, across the end of the numbers too', async (t) => {
  const seq = 0xffff_fffe
  const [one] = read([
    tcp(1, CLIENT, SERVER, 'S', seq - 1),
    tcp(2, CLIENT, SERVER, 'A', seq, 'abcd'),
    tcp(3, CLIENT, SERVER, 'A', seq, 'abcd'),
    tcp(4, CLIENT, SERVER, 'A', 0, 'cdef'),
    tcp(5, CLIENT, SERVER, 'A', 4, 'g'),
    tcp(6, CLIENT, SERVER, 'A', 3, ''),
    tcp(7, CLIENT, SERVER, 'A', 5, 'h'),
  ])
  t.equal(`${one!.sent}`, 'abcdefgh')
})

void t.test('one that was there before is taken up in the middle; an answer names its server', async (t) => {
  const [middle] = read([tcp(1, CLIENT, SERVER, 'A', 77, 'abc'), tcp(2, SERVER, CLIENT, 'A', 99, 'def')])
  t.match([middle!.server.ip, `${middle!.sent}`, `${middle!.received}`, middle!.sni], ['1.2.3.4', 'abc', 'def', ''])
  const [answered] = read([tcp(1, SERVER, CLIENT, 'SA', 1), tcp(2, CLIENT, SERVER, 'A', 1, 'x')])
  t.match([answered!.server.ip, `${answered!.sent}`], ['1.2.3.4', 'x'])
})

void t.test('the same ports again are another conversation', async (t) => {
  const both = read([
    ...conversation(0, CLIENT, SERVER, [['>', Buffer.from('one')]]),
    ...conversation(9000, CLIENT, SERVER, [['>', Buffer.from('two')]]),
  ])
  t.strictSame(
    both.map(({ sent }) => `${sent}`),
    ['one', 'two'],
  )
})

void t.test('what is no packet is left out', async (t) => {
  const [good] = conversation(0, CLIENT, SERVER, [])
  t.equal(packetsOf([{ ...good!, bytes: Buffer.from('nonsense') }, good!]).length, 1)
})
