/** A TCP server on a free loopback port that can be closed at once, whatever its connections are doing. */

import type { AddressInfo, Server, Socket } from 'node:net'

/** A listening server. */
export interface Listener {
  readonly port: number
  /** Ends every connection and stops listening; resolves when the port is free. */
  close(): Promise<void>
}

/** Listens on 127.0.0.1, by default on any free port. Rejects with the system's error, e.g. EADDRINUSE. */
export async function listenOnLoopback(server: Server, port = 0): Promise<Listener> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    // A reset by the other side is an everyday end of a connection; its 'close' follows.
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port, backlog: 4096 }, () => {
      server.off('error', reject)
      // Failing to accept one connection (out of descriptors) must not end the lab; the client sees a closed connection.
      server.on('error', () => {})
      resolve()
    })
  })
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      return closed
    },
  }
}
