/** A port on loopback that leads into flows of the tunnel: how curl and openssl come to a gateway under test. */

import { createServer } from 'node:net'
import { pipeline } from 'node:stream'
import type { Test } from 'tap'
import type { Inspected } from './inspected.js'
import { listening } from './loopback.js'

/** Each connection to the port is a flow to this host; closed with the test. */
export async function flowDoor(t: Test, { open }: Inspected, host: string, port = 443): Promise<number> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, async (socket) => {
    const flow = await open(host, port).catch(() => undefined)
    if (flow === undefined) return void socket.destroy()
    pipeline(socket, flow, () => socket.destroy())
    pipeline(flow, socket, () => flow.destroy())
    socket.resume()
  })
  const listener = await listening(server)
  t.teardown(listener.close)
  return listener.port
}
