/** `/ws`, a WebSocket echo (RFC 6455) on HTTP/1.1 servers, with and without TLS. */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'

const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024
/** When this much is on its way back, reading stops until it has left. */
const UNSENT_BYTES = 1024 * 1024

/** What a server calls for its 'upgrade' events: `/ws` becomes a WebSocket, other paths get 404. */
export function upgradeHandler(): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: LARGEST_MESSAGE_BYTES,
    clientTracking: false,
  })
  return (request, socket, head) => {
    socket.on('error', () => {})
    if (request.url?.split('?')[0] !== '/ws') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    server.handleUpgrade(request, socket, head, echo)
  }
}

function echo(peer: WebSocket): void {
  // After a protocol error ws closes the connection itself.
  peer.on('error', () => {})
  peer.on('message', (message: Buffer, binary) => {
    const full = peer.bufferedAmount > UNSENT_BYTES
    if (full) peer.pause()
    peer.send(message, { binary }, () => {
      if (full) peer.resume()
    })
  })
}
