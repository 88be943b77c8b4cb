/**
 * An answer on a connection that node:http has let go because its request asked for an upgrade: when the other side
 * declines, what it says instead must still be sent as HTTP, with framing and all.
 */

import { type IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/**
 * A response to `req` on `socket`; when it is sent, the connection ends. Until somebody reads the socket, what the client
 * says already stays in it (`head` first), and that it ends or closes is noticed.
 */
export function responseOn(req: IncomingMessage, socket: Duplex, head: Buffer): ServerResponse {
  const res = new ServerResponse(req)
  res.shouldKeepAlive = false
  // Declared for a net.Socket; node:http itself takes any Duplex.
  res.assignSocket(socket as Socket)
  if (head.length > 0) socket.unshift(head)
  // A stream says that it has ended only to who reads it.
  const look = () => {
    if (socket.readableLength === 0) socket.read(0)
  }
  const drained = () => res.emit('drain')
  socket.on('readable', look)
  socket.on('drain', drained)
  res.once('finish', () => {
    leave(res)
    socket.end()
    socket.resume()
  })
  unwatch.set(res, () => {
    socket.off('readable', look)
    socket.off('drain', drained)
  })
  return res
}

const unwatch = new WeakMap<ServerResponse, () => void>()

/** The socket of a response made here, without the response: from now on it belongs to the protocol switched to. */
export function leave(res: ServerResponse): Duplex | null {
  const { socket } = res
  unwatch.get(res)?.()
  if (socket !== null) res.detachSocket(socket)
  return socket
}
