/** Listening to a connection for a while: whoever takes it over must find no listener of ours. */

import type { Duplex } from 'node:stream'

/** Listens until the function that it returns is called; errors stay heard. */
export function listenTo(stream: Duplex, listeners: Readonly<Record<string, (chunk: Buffer) => void>>): () => void {
  stream.on('error', () => {})
  for (const [event, listener] of Object.entries(listeners)) stream.on(event, listener)
  return () => {
    for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener)
  }
}
