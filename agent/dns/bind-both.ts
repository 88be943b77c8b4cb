/**
 * One UDP and one TCP socket on the same address and port number, as a resolver has them. dns2's own servers are not
 * used here: they hand over parsed packets without their bytes, which a relay needs, and stay silent on malformed ones.
 */

import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import { listenFault } from '../errors.js'
import type { Endpoint } from '../steering/flow.js'

/** Both sockets, bound; whoever takes them closes them. */
export interface BoundSockets {
  readonly port: number
  readonly datagrams: dgram.Socket
  readonly streams: net.Server
}

/** With port 0 the kernel picks a free UDP port whose TCP twin may be taken; each try picks another. */
const PORT_TRIES = 20

/** Streams open at once; each may hold one message of 64 KB. */
const MAX_STREAMS = 200

/**
 * Binds both sockets to `at` (an IP address; port 0 = any port free for both).
 * Throws SteerError `port-in-use` or `listen-failed`.
 */
export async function bindBoth(at: Endpoint): Promise<BoundSockets> {
  for (let tries = 1; ; tries += 1) {
    const datagrams = dgram.createSocket(net.isIPv6(at.ip) ? 'udp6' : 'udp4')
    // Half-open: a client that ended its side behind its query still gets the reply.
    const streams = net.createServer({ allowHalfOpen: true, noDelay: true })
    streams.maxConnections = MAX_STREAMS
    try {
      datagrams.bind(at.port, at.ip)
      await once(datagrams, 'listening')
      const { port } = datagrams.address()
      streams.listen(port, at.ip)
      await once(streams, 'listening')
      return { port, datagrams, streams }
    } catch (error) {
      datagrams.close()
      if (at.port === 0 && tries < PORT_TRIES) continue
      throw listenFault(error, at.ip, at.port)
    }
  }
}
