/**
 * How a door answers on a socket: yes or no, once. A no must really reach the program: closing a socket with unread bytes
 * in it makes the system send a reset, which can overtake the answer; so what the program still sends is read and dropped
 * until it closes too.
 */

import type { Socket } from 'node:net'
import type { CapturedFlow, FlowFailure } from './door.js'

/** Longest wait for the program to close, in ms; an answer of one line needs no more. */
const LINGER_MS = 2_000

/** What a door says. */
export interface DoorWords {
  readonly yes: string | Uint8Array
  readonly no: (failure: FlowFailure) => string | Uint8Array
}

/**
 * The answers of a flow. Sniffing needs a yes before the verdict, so a second yes says nothing, and a no after a yes can
 * only be a reset.
 */
export function answerOnce(socket: Socket, { yes, no }: DoorWords): Pick<CapturedFlow, 'opened' | 'failed'> {
  let answered = false
  return {
    opened() {
      if (answered) return
      answered = true
      socket.write(yes)
    },
    failed(failure) {
      if (answered) socket.resetAndDestroy()
      else sayLastWords(socket, no(failure))
      answered = true
    },
  }
}

/** Writes `bytes`, ends the socket and destroys it when the program has closed too, at the latest after two seconds. */
export function sayLastWords(socket: Socket, bytes: string | Uint8Array): void {
  if (socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.end(bytes)
  socket.resume()
}
