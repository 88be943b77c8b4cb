/** The two ends of a socket. */

import t from 'tap'
import { localEndpoint, remoteEndpoint } from '../../../agent/relay/endpoints.js'
import { socketPair } from '../../support/socket-pair.js'

void t.test('each end of a connection is the other end of the other', async (t) => {
  const [near, far] = await socketPair()
  t.strictSame(localEndpoint(near), remoteEndpoint(far))
  t.strictSame(remoteEndpoint(near), localEndpoint(far))
  t.match(localEndpoint(near), { ip: '127.0.0.1', port: near.localPort ?? -1 })
  near.destroy()
  far.destroy()
})

void t.test('an IPv4 address is never written as IPv6, and one that is gone is none', async (t) => {
  t.strictSame(localEndpoint({ localAddress: '::ffff:192.0.2.1', localPort: 5 }), { ip: '192.0.2.1', port: 5 })
  t.strictSame(remoteEndpoint({ remoteAddress: '2001:db8::1', remotePort: 5 }), { ip: '2001:db8::1', port: 5 })
  t.strictSame(localEndpoint({}), { ip: '', port: 0 })
  t.strictSame(remoteEndpoint({}), { ip: '', port: 0 })
})
