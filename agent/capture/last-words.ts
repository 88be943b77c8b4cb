/**
 * Ends a socket so that the peer really reads why. Closing a socket with unread bytes in it makes the system send a
 * reset, which can overtake the answer; so what the peer still sends is read and dropped until it closes too.
 */

import type { Duplex } from 'node:stream'

/** Longest wait for the peer to close, in ms; an answer of one line needs no more. */
const LINGER_MS = 2_000

/** Writes `bytes`, ends the socket and destroys it when the peer has closed too, at the latest after two seconds. */
export function sayLastWords(socket: Duplex, bytes: string | Uint8Array): void {
  if (socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.end(bytes)
  socket.resume()
}
