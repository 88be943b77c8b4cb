/**
 * Large flows of bytes that no test has to keep: they are made as they are written and hashed as they are read, so that
 * one lost, doubled or moved byte shows.
 */

import { createHash, randomBytes } from 'node:crypto'
import type { Duplex, Readable, Writable } from 'node:stream'

const BLOCK = randomBytes(1024 * 1024)

/** What went in or came out: how many bytes, and their SHA-256. */
export interface ByteFlow {
  readonly bytes: number
  readonly sha256: string
}

/**
 * Writes `bytes` bytes in pieces of `piece` (a prime keeps them off every boundary), one in a turn of the event loop, ends
 * the stream, and says what it wrote. `apart` lets two turns pass, so that a reader in this process reads each piece alone.
 */
export async function pour(into: Writable, bytes: number, piece = 65_521, apart = false): Promise<ByteFlow> {
  const hash = createHash('sha256')
  let poured = 0
  while (poured < bytes) {
    const length = Math.min(piece, bytes - poured)
    const from = (poured * 31) % (BLOCK.length - length + 1)
    const chunk = BLOCK.subarray(from, from + length)
    const error = await new Promise((written) => into.write(chunk, written))
    if (error) break
    hash.update(chunk)
    poured += length
    for (let turns = apart ? 2 : 1; turns > 0; turns -= 1) await new Promise(setImmediate)
  }
  if (!into.destroyed) into.end()
  return { bytes: poured, sha256: hash.digest('hex') }
}

/**
 * Reads until the end or the close, and says what came. `slowly` takes one chunk in a turn of the event loop and looks
 * at it only in the next, as a program would that hands it on.
 */
export function drink(from: Readable, slowly = false): Promise<ByteFlow> {
  const hash = createHash('sha256')
  let bytes = 0
  return new Promise((resolve) => {
    const done = () => setImmediate(() => resolve({ bytes, sha256: hash.copy().digest('hex') }))
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      hash.update(chunk)
    }
    const takeLater = (chunk: Buffer) => {
      from.pause()
      setImmediate(() => {
        take(chunk)
        from.resume()
      })
    }
    from.on('data', slowly ? takeLater : take)
    from.once('end', done)
    from.once('close', done)
    from.resume()
  })
}

/** The code a stream fails with, '' when it closes without one. */
export function fate(stream: Duplex): Promise<string> {
  return new Promise((resolve) => {
    let code = ''
    stream.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? error.message
    })
    stream.once('close', () => resolve(code))
  })
}
