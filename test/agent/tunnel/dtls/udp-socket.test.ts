import { once } from 'node:events'
import t from 'tap'
import { hasRoom, newUdpSocket, payloadBytes } from '../../../../agent/tunnel/dtls/udp-socket.js'

void t.test('the MTU less IP and UDP headers', async (t) => {
  const cases: readonly [mtu: number, ip: string, bytes: number][] = [
    [1476, '192.0.2.1', 1448],
    [1476, '2001:db8::1', 1428],
    [1500, '127.0.0.1', 1472],
    [100, '192.0.2.1', 548],
    [0, '::1', 528],
  ]
  for (const [mtu, ip, bytes] of cases) t.equal(payloadBytes(mtu, ip), bytes, `${mtu} to ${ip}`)
})

for (const ip of ['127.0.0.1', '::1'])
  void t.test(`a socket for ${ip} sends within the same turn, and has room`, async (t) => {
    const [receiver, sender] = [newUdpSocket(ip), newUdpSocket(ip)]
    const ready = once(receiver, 'listening')
    receiver.bind(0, ip)
    await ready
    t.equal(hasRoom(sender), true)
    const arrived = once(receiver, 'message')
    sender.send('x', receiver.address().port, ip)
    sender.close()
    t.equal(String((await arrived)[0]), 'x', 'though it was closed at once')
    receiver.close()
  })
