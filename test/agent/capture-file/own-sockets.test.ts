/** Which connections are the agent's own. */

import type { Socket } from 'node:net'
import { mock } from 'node:test'
import t from 'tap'
import { OwnSockets } from '../../../agent/capture-file/own-sockets.js'

function socketOf(localPort: number): Socket {
  return { localAddress: '::ffff:127.0.0.1', localPort, remoteAddress: '127.0.0.2', remotePort: 443 } as Socket
}

const HERE = { ip: '127.0.0.1', port: 5000 }
const THERE = { ip: '127.0.0.2', port: 443 }

void t.test('a connection is known while it is open and for a while after', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  const own = new OwnSockets()
  const socket = socketOf(5000)
  t.notOk(own.has(HERE, THERE))
  own.opened(socket)
  t.ok(own.has(HERE, THERE))
  t.notOk(own.has({ ...HERE, port: 5001 }, THERE), 'its neighbour is not')
  own.closed(socket)
  own.closed(socket)
  t.ok(own.has(HERE, THERE), 'its last packets are still to be read')
  const again = socketOf(5000)
  own.opened(again)
  mock.timers.tick(5000)
  t.ok(own.has(HERE, THERE), 'the port has another owner of ours by now')
  own.closed(again)
  mock.timers.tick(4999)
  t.ok(own.has(HERE, THERE))
  mock.timers.tick(1)
  t.notOk(own.has(HERE, THERE))
})
