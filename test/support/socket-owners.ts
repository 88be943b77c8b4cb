/** Real programs that hold sockets: children which connect to a server of the test and stay until told to go. */

import { type ChildProcess, spawn } from 'node:child_process'
import dgram from 'node:dgram'
import { once } from 'node:events'
import net from 'node:net'
import type { OwnedConnection } from '../../agent/process/owner.js'
import type { Endpoint } from '../../agent/steering/flow.js'

/** A TCP and a UDP server on both loopback addresses, one port number each. */
export interface MeetingPoint {
  readonly tcpPort: number
  readonly udpPort: number
  /** The next TCP connection or datagram that arrives, as its owner sees it. */
  next(): Promise<OwnedConnection>
  close(): void
}

/** Starts a meeting point on `::`, so that IPv4 arrives too. */
export async function startMeetingPoint(): Promise<MeetingPoint> {
  const arrived: OwnedConnection[] = []
  const waiting: ((connection: OwnedConnection) => void)[] = []
  const arrive = (connection: OwnedConnection): void => {
    const waiter = waiting.shift()
    if (waiter === undefined) arrived.push(connection)
    else waiter(connection)
  }
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.resume()
    const local = endpoint(socket.remoteAddress, socket.remotePort)
    arrive({ transport: 'tcp', local, remote: endpoint(socket.localAddress, socket.localPort) })
  })
  const datagrams = dgram.createSocket('udp6')
  datagrams.on('message', (_bytes, from) => {
    const local = endpoint(from.address, from.port)
    const remote = { ip: local.ip.includes(':') ? '::1' : '127.0.0.1', port: datagrams.address().port }
    arrive({ transport: 'udp', local, remote })
  })
  await once(server.listen(0, '::'), 'listening')
  await once(datagrams.bind(0, '::'), 'listening')
  return {
    tcpPort: (server.address() as net.AddressInfo).port,
    udpPort: datagrams.address().port,
    next: () => {
      const connection = arrived.shift()
      return connection === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(connection)
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      datagrams.close()
    },
  }
}

/** Starts a program; `stop` kills it and waits until it is gone. */
export function startProgram(
  command: string,
  ...args: string[]
): { readonly child: ChildProcess; stop(): Promise<void> } {
  const child = spawn(command, args, { stdio: 'ignore' })
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = (): Promise<void> => {
    child.kill('SIGKILL')
    return gone
  }
  return { child, stop }
}

function endpoint(ip: string | undefined, port: number | undefined): Endpoint {
  return { ip: (ip ?? '').replace(/^::ffff:/, ''), port: port ?? 0 }
}
