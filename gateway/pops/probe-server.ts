/**
 * Where the round trip to a mock POP is measured: a little HTTP server that says nothing, late. On loopback the kernel
 * answers a SYN at once, so the simulated round trip shows in the time from the request to the first byte of the answer.
 */

import { createServer } from 'node:http'
import type { Road } from '../../agent/tunnel/road.js'
import type { FaultSource, PopFault } from '../faults/fault.js'
import { listenUnlessRefusing, type OpenListener } from '../faults/open-listener.js'
import { isLost } from './round-trip.js'

/** What a probe server is started with. */
export interface ProbeServerOptions {
  readonly host: string
  /** 0 takes a free port. */
  readonly port: number
  /** The way to the POP; while it is Infinity long nothing is answered. */
  readonly road: Road
  readonly fault: FaultSource<PopFault>
}

/** Connections at once; more are turned away. */
const MAX_CONNECTIONS = 256

/** Time for a request to arrive, ms. */
const REQUEST_MS = 5000

/**
 * Starts a server that answers any GET and HEAD with 204 after a round trip, one a connection. Throws SteerError
 * `port-in-use` or `listen-failed`.
 */
export function startProbeServer({ host, port, road, fault }: ProbeServerOptions): Promise<OpenListener> {
  const times = { headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS, connectionsCheckingInterval: 1000 }
  const server = createServer(times, ({ method }, response) => {
    response.on('error', () => {})
    const delayMs = road.delayMs()
    if (delayMs === Number.POSITIVE_INFINITY) return
    const late = setTimeout(() => {
      if (isLost(road)) return
      response.writeHead(method === 'GET' || method === 'HEAD' ? 204 : 405, { connection: 'close' }).end()
    }, delayMs)
    response.once('close', () => clearTimeout(late))
  })
  server.maxConnections = MAX_CONNECTIONS
  server.on('connection', (socket) => socket.on('error', () => {}))
  // Also told of a request that takes too long. Where packets are lost, a hang-up would tell as much as an answer.
  server.on('clientError', (_error, socket) => {
    if (!isLost(road)) socket.destroy()
  })
  return listenUnlessRefusing(server, { host, port }, fault, (kind) => kind === 'down')
}
