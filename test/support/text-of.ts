/** What a stream says, as text. */

import type { Duplex } from 'node:stream'

/** Everything the stream still says until its end or its close; it stays half-open. */
export function textOf(stream: Duplex): Promise<string> {
  const chunks: Buffer[] = []
  return new Promise((resolve) => {
    const done = () => resolve(Buffer.concat(chunks).toString('latin1'))
    if (stream.readableEnded || stream.destroyed) return done()
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.once('end', done)
    stream.once('close', done)
    stream.resume()
  })
}
