/**
 * What a connection carries inside TLS where no ALPN tells: HTTP, or something else. Nothing is taken from the client's
 * socket for good.
 */

import type { Duplex } from 'node:stream'
import { FIRST_MS, type FirstTimes } from './first-bytes.js'
import { recognizeFirst } from './recognize-first.js'

/** What is inside: HTTP/1.1, HTTP/2, an origin that speaks first, something else of the client's, or nothing: it left. */
export type FirstInside = 'http' | 'http2' | 'origin-first' | 'other' | 'gone'

/** Most that is looked at, bytes. */
const MAX_BYTES = 16 * 1024

/**
 * Looks. Nobody may read either stream yet, and both must have error listeners; they are as before afterwards, what was
 * read being back in the client's. `gone` also after silence. Never rejects.
 */
export function firstInside(client: Duplex, origin: Duplex, times: FirstTimes): Promise<FirstInside> {
  const { idleMs, withinMs = FIRST_MS } = times
  return new Promise((resolve) => {
    let read: Buffer = Buffer.alloc(0)
    const settle = (found: FirstInside): void => {
      clearTimeout(timer)
      client.off('readable', look)
      client.off('end', over)
      client.off('close', over)
      origin.off('readable', originSpoke)
      if (read.length > 0 && !client.destroyed) client.unshift(read)
      resolve(found)
    }
    let timer = setTimeout(() => settle('gone'), idleMs)
    const recognize = (whole: boolean): void => {
      const found = recognizeFirst(read, whole)?.type
      if (found !== undefined) settle(found === 'http' || found === 'http2' ? found : 'other')
    }
    const look = (): void => {
      const chunk = client.read() as Buffer | null
      if (chunk === null) return
      if (read.length === 0) {
        clearTimeout(timer)
        timer = setTimeout(recognize, withinMs, true)
      }
      read = Buffer.concat([read, chunk])
      recognize(read.length >= MAX_BYTES)
    }
    const originSpoke = (): void => settle('origin-first')
    const over = (): void => (read.length === 0 ? settle('gone') : recognize(true))
    // Not 'data' and pause: whoever reads next would find the stream paused, and node:http does not resume it.
    client.on('readable', look)
    client.once('end', over)
    client.once('close', over)
    origin.on('readable', originSpoke)
    if (client.destroyed) over()
  })
}
