/** An origin of the test's own that keeps every byte it hears, and says what the test has it say. */

import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import { listening } from './loopback.js'

/** Where the origin is in the lab's internet: `v4only.lab.example`. */
export const OWN_HOST = 'v4only.lab.example'
/** Its address. */
export const OWN_ADDRESS = '203.0.113.4'

/** One connection to the origin. */
export interface Heard {
  readonly socket: Socket
  /** All bytes so far. */
  bytes(): Buffer
}

/** The origin. */
export interface RecordingOrigin {
  readonly port: number
  readonly heard: readonly Heard[]
  /** The next connection that comes. */
  next(): Promise<Heard>
}

/** Starts one, half-open; closed with the test. */
export async function recordingOrigin(t: Test): Promise<RecordingOrigin> {
  const heard: Heard[] = []
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    const one = { socket, bytes: () => Buffer.concat(chunks) }
    heard.push(one)
    server.emit('heard', one)
  })
  const listener = await listening(server)
  t.teardown(listener.close)
  return { port: listener.port, heard, next: async () => ((await once(server, 'heard')) as [Heard])[0] }
}
