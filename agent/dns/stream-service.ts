/**
 * DNS over one TCP stream (RFC 7766): queries may be pipelined, replies go out as they come, in any order. Reading stops
 * while too many queries are pending, so that a client which never reads its replies cannot make us hold more of them.
 */

import type { Duplex } from 'node:stream'
import type { RelayTap } from '../relay/relay-tap.js'
import { frameMessage, MessageReader } from './stream-framing.js'

/** Gives the reply for the bytes of one query, undefined for bytes that deserve none; never rejects. */
export type Respond = (query: Buffer) => Promise<Buffer | undefined>

/** Quiet time after which a stream is closed, ms (RFC 7766 section 6.2.3 asks for some seconds). */
const STREAM_IDLE_MS = 10_000

/** Queries of one stream being answered or waiting to be written; a browser pipelines a handful. */
const MAX_PENDING = 64

/** Answers the queries of a stream until its client ends it, is quiet for `idleMs`, or sends what is no query. */
export function serveQueries(socket: Duplex, respond: Respond, idleMs = STREAM_IDLE_MS, tap?: RelayTap): void {
  const reader = new MessageReader()
  const waiting: Buffer[] = []
  let pending = 0
  let ended = false

  const idle = setTimeout(() => socket.destroy(), idleMs)
  socket.on('error', () => socket.destroy())
  socket.once('close', () => {
    clearTimeout(idle)
    tap?.reset(socket.errored ? 'application' : 'agent')
  })

  const answer = async (query: Buffer): Promise<void> => {
    const reply = await respond(query)
    if (socket.destroyed) return
    if (reply === undefined) {
      // Framing of a peer that sends no queries cannot be trusted either.
      socket.destroy()
      return
    }
    idle.refresh()
    const message = frameMessage(reply)
    tap?.received(message)
    socket.write(message, () => {
      pending -= 1
      proceed()
    })
  }
  const proceed = (): void => {
    if (socket.destroyed) return
    while (waiting.length > 0 && pending < MAX_PENDING) {
      pending += 1
      void answer(waiting.shift()!)
    }
    if (waiting.length > 0) socket.pause()
    else if (!ended) socket.resume()
    else if (pending === 0) {
      tap?.receivedEnd()
      socket.end()
    }
  }

  socket.on('data', (chunk: Buffer) => {
    idle.refresh()
    tap?.sent(chunk)
    waiting.push(...reader.push(chunk))
    proceed()
  })
  // A client may end its side right behind its queries and still wait for the replies.
  socket.once('end', () => {
    ended = true
    tap?.sentEnd()
    proceed()
  })
  socket.resume()
}
