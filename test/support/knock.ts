/** Whether a port is open, as a client finds out. */

import { connect } from 'node:net'

/** Connects and hangs up: `open`, or the code of the error, such as `ECONNREFUSED`. */
export function knock(port: number, host = '127.0.0.1'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host })
    socket.once('connect', () => {
      socket.destroy()
      resolve('open')
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
  })
}
