/**
 * A listener that can really refuse. Accepting and hanging up is not what a client sees of a service that is down: a
 * connect must fail. So while a fault shuts it, the listener is closed and what was connected is destroyed; when the
 * fault is gone it listens again, on the same port.
 */

import type { AddressInfo, Server, Socket } from 'node:net'
import { listenFault } from '../../agent/errors.js'
import type { FaultSource } from './fault.js'
import { shutWhileFaulty } from './shut-while-faulty.js'

/** A listener that is open but for its faults. */
export interface OpenListener {
  /** The port it has, also while it is shut. */
  readonly port: number
  /** Destroys every connection there is. */
  cutOff(): void
  /**
   * Stops listening at once and for good, and resolves when every connection is gone: destroyed after `graceMs`
   * (default 0). Harmless in every state, also twice.
   */
  close(graceMs?: number): Promise<void>
}

/**
 * Listens with `server` (net, tls, http, https, http2) on `host`, an IP address, and `port` (0 = a free one), except
 * while `isShut` says so of the fault that holds. The server's 'error' event tells when the port could not be had again
 * after a fault; it is tried until it can. Throws SteerError `port-in-use` or `listen-failed`.
 */
export async function listenUnlessRefusing(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
  fault: FaultSource<{ readonly kind: string }>,
  isShut: (kind: string) => boolean,
): Promise<OpenListener> {
  const connections = new Set<Socket>()
  const cutOff = () => {
    for (const socket of connections) socket.destroy()
  }
  server.on('connection', (socket: Socket) => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  // One for good: listen() tells of its failure here too, and an unheard 'error' ends the process.
  server.on('error', () => {})

  await listen(server, host, port).catch((error: unknown) => Promise.reject(listenFault(error, host, port)))
  const own = (server.address() as AddressInfo).port

  let cutOffAfterMs = 0
  const shut = async () => {
    const gone = new Promise<void>((resolve) => server.close(() => resolve()))
    let grace: NodeJS.Timeout | undefined
    if (cutOffAfterMs > 0) grace = setTimeout(cutOff, cutOffAfterMs)
    else cutOff()
    await gone
    clearTimeout(grace)
  }
  const close = await shutWhileFaulty({ open: () => listen(server, host, own), shut }, fault, isShut)
  return {
    port: own,
    cutOff,
    close: (graceMs = 0) => {
      cutOffAfterMs = Math.max(cutOffAfterMs, graceMs)
      return close()
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      server.off('listening', succeed)
      server.off('error', fail)
      then()
    }
    const succeed = () => settle(resolve)
    const fail = (error: Error) => settle(() => reject(error))
    server.once('listening', succeed)
    server.once('error', fail)
    server.listen(port, host)
  })
}
