/** Servers and raw connections on loopback, for tests with real sockets. */

import { once } from 'node:events'
import { connect, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A listening server's port, and how to end it with everything it accepted. */
export interface Listening {
  readonly port: number
  readonly sockets: ReadonlySet<Socket>
  close(): Promise<void>
}

/** Listens on a free port of `host`. */
export async function listening(server: Server, host = '127.0.0.1'): Promise<Listening> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => {})
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    port: address.port,
    sockets,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** A connected socket (allowHalfOpen, paused, error-listened). */
export async function connected(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connect({ port, host, allowHalfOpen: true, noDelay: true })
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Settles when the stream is closed, also when it failed before (events.once would reject then). */
export function closed(stream: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve()
    else stream.once('close', () => resolve())
  })
}

/** Everything the socket still says until its end or its destruction, as latin1 text. */
export function allOf(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  return new Promise((resolve) => {
    const done = () => resolve(Buffer.concat(chunks).toString('latin1'))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.once('end', done)
    socket.once('close', done)
    socket.resume()
  })
}

/** Sends each input over a connection of its own, 50 at a time, and waits for whatever the other side says to it. */
export async function sendEach(port: number, inputs: readonly Uint8Array[]): Promise<void> {
  for (let i = 0; i < inputs.length; i += 50)
    await Promise.all(
      inputs.slice(i, i + 50).map(async (bytes) => {
        const client = await connected(port)
        client.end(bytes)
        await allOf(client)
        client.destroy()
      }),
    )
}

/** Reads until the text contains `ending`, then pauses; rejects when the socket ends before. */
export function readUntil(socket: Socket, ending: string): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (text.includes(ending)) finish(() => resolve(text))
    }
    const gone = () => finish(() => reject(new Error(`ended after ${JSON.stringify(text)}`)))
    const finish = (settle: () => void) => {
      socket.pause()
      socket.off('data', read)
      socket.off('close', gone)
      socket.off('end', gone)
      settle()
    }
    socket.on('data', read)
    socket.once('close', gone)
    socket.once('end', gone)
    socket.resume()
  })
}
