/** Both ends of one TCP connection on loopback, for tests of what stands between two sockets. */

import { once } from 'node:events'
import { createServer, Socket, type SocketConstructorOpts } from 'node:net'
import type { DuplexOptions } from 'node:stream'
import { listening } from './loopback.js'

/** [dialled, accepted]: allowHalfOpen, noDelay, paused, error-listened. `options` are the dialled end's. */
export async function socketPair(options: SocketConstructorOpts & DuplexOptions = {}): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true })
  const { port } = await listening(server)
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const dialled = new Socket({ allowHalfOpen: true, ...options })
  dialled.on('error', () => {})
  dialled.connect({ port, host: '127.0.0.1', noDelay: true })
  const [[socket]] = await Promise.all([accepted, once(dialled, 'connect')])
  dialled.pause()
  server.close()
  return [dialled, socket]
}
