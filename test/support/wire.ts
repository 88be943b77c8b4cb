/** A TCP proxy on loopback that can be cut without a word, as a dead link is: both ends stay open and hear nothing more. */

import { connect, createServer, type Socket } from 'node:net'
import { listening } from './loopback.js'

/** A running wire. */
export interface Wire {
  readonly port: number
  /** From now on nothing passes, and neither end is told. */
  cut(): void
  close(): Promise<void>
}

/** Forwards connections to `port` on 127.0.0.1 until it is cut. */
export async function wireTo(port: number): Promise<Wire> {
  const ends = new Set<Socket>()
  let whole = true
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        ends.delete(one)
        if (whole) other.destroy()
      })
      one.pipe(other)
    }
  })
  const { port: at, close } = await listening(server)
  return {
    port: at,
    cut: () => {
      whole = false
      for (const end of ends) end.unpipe().pause()
    },
    close: () => {
      for (const end of ends) end.destroy()
      return close()
    },
  }
}
