/**
 * A DNS service's two sockets, UDP and TCP on one port number, closed while a fault refuses: a client then really hears
 * that nobody listens (ICMP, RST), and is heard again on the same port when the fault is gone.
 */

import type dgram from 'node:dgram'
import type { Socket } from 'node:net'
import { type BoundSockets, bindBoth } from '../../agent/dns/bind-both.js'
import type { FaultSource } from '../faults/fault.js'
import { shutWhileFaulty } from '../faults/shut-while-faulty.js'

/** Who serves what comes in; each socket has an error listener already. */
export interface DnsVisitors {
  datagram(query: Buffer, client: dgram.RemoteInfo, socket: dgram.Socket): void
  stream(socket: Socket): void
}

/** The doors of a running service. */
export interface DnsDoors {
  /** The port of both, also while they are shut. */
  readonly port: number
  /** Shuts both for good and ends every stream. Harmless twice. */
  close(): Promise<void>
}

/**
 * Opens both on `host`, an IP address, and `port` (0 = one that is free for both), except while the fault is `refuse`.
 * Throws SteerError `port-in-use` or `listen-failed`.
 */
export async function openDnsDoors(
  { host, port }: { readonly host: string; readonly port: number },
  fault: FaultSource<{ readonly kind: string }>,
  visitors: DnsVisitors,
): Promise<DnsDoors> {
  const streams = new Set<Socket>()
  const serve = (bound: BoundSockets): BoundSockets => {
    // A failed receive or accept says nothing about the next one.
    bound.datagrams.on('error', () => {})
    bound.streams.on('error', () => {})
    bound.datagrams.on('message', (query, client) => visitors.datagram(query, client, bound.datagrams))
    bound.streams.on('connection', (socket) => {
      streams.add(socket)
      socket.once('close', () => streams.delete(socket))
      socket.on('error', () => {})
      visitors.stream(socket)
    })
    return bound
  }
  let bound = serve(await bindBoth({ ip: host, port }))
  const own = bound.port
  const doors = {
    open: async () => {
      bound = serve(await bindBoth({ ip: host, port: own }))
    },
    shut: async () => {
      const shut = [bound.datagrams, bound.streams].map(
        (door) => new Promise<void>((resolve) => door.close(() => resolve())),
      )
      for (const socket of streams) socket.destroy()
      await Promise.all(shut)
    },
  }
  return { port: own, close: await shutWhileFaulty(doors, fault, (kind) => kind === 'refuse') }
}
