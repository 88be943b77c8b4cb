/** What an outer capture hears of the tunnel. */

import t from 'tap'
import { TUNNEL_INTERFACE, TunnelTaps } from '../../../agent/capture-file/tunnel-taps.js'
import { packetStory } from '../../support/packet-story.js'

const LOCAL = { ip: '127.0.0.1', port: 5000 }
const GATEWAY = { ip: '163.116.133.35', port: 443 }
const LISTENS = { ip: '127.18.0.1', port: 33257 }

void t.test('bytes are wanted while a capture runs that is made of them', async (t) => {
  const { slot, capture, now } = packetStory([TUNNEL_INTERFACE])
  const taps = new TunnelTaps(slot, now)
  t.notOk(taps.wantsBytes)
  slot.current = capture()
  t.ok(taps.wantsBytes)
})

void t.test('a session is a conversation with the public address', async (t) => {
  const { slot, capture, told, now } = packetStory([TUNNEL_INTERFACE])
  const taps = new TunnelTaps(slot, now)
  slot.current = capture()
  const tap = taps.tcp(LOCAL, GATEWAY, 1)
  tap.sent(Buffer.from('hello'))
  tap.received(Buffer.from('hi'))
  t.strictSame(told, [
    'tunnel 5000 > 443 SYN (the tunnel: TLS, rebuilt from the ciphertext at the agent)',
    'tunnel 5000 < 443 SYN',
    'tunnel 5000 > 443 "hello"',
    'tunnel 5000 < 443 "hi"',
  ])
})

void t.test('datagrams are shown as long as one runs', async (t) => {
  const { slot, capture, told, now } = packetStory([TUNNEL_INTERFACE])
  const tap = new TunnelTaps(slot, now).udp(LOCAL, GATEWAY)
  tap.sent(Buffer.from('unseen'))
  slot.current = capture()
  tap.sent(Buffer.from('up'))
  tap.received(Buffer.from('down'))
  slot.current = undefined
  tap.received(Buffer.from('unseen'))
  t.strictSame(told, ['tunnel udp 5000 > 443 up', 'tunnel udp 443 > 5000 down'])
})

void t.test('where gateways were dialled is known, and no other place', async (t) => {
  const { slot, now } = packetStory([])
  const taps = new TunnelTaps(slot, now)
  t.notOk(taps.leadsTo(LISTENS))
  taps.dialling(LISTENS)
  t.ok(taps.leadsTo(LISTENS))
  t.notOk(taps.leadsTo({ ...LISTENS, port: 443 }))
  for (let port = 1; port <= 2000; port += 1) taps.dialling({ ip: '127.0.0.9', port })
  t.ok(taps.leadsTo(LISTENS), 'the first are not forgotten')
  t.notOk(taps.leadsTo({ ip: '127.0.0.9', port: 2000 }), 'and the table has an end')
})
