/**
 * Copies a body from one HTTP/2 stream to another, as it comes, with back-pressure: while the reader is slow, one window of
 * the sender's stream and QUEUE_BYTES are held, and no more.
 */

import type { Duplex } from 'node:stream'

/**
 * Unsent bytes of one body at which reading stops. Eight frames, so that several leave in one write: with one frame a GiB
 * cost 3.0 s of processor time, with eight 2.0 s, with 32 no less.
 */
const QUEUE_BYTES = 128 * 1024

/**
 * Copies until the end. `mayPass` is asked about each piece, and says false when nothing more may pass; `atEnd` comes at the
 * end of `from`, also when that was cut off, and ends `to` if it was not.
 */
export function copyBody(from: Duplex, to: Duplex, mayPass: (bytes: number) => boolean, atEnd: () => void): void {
  const pass = (piece: Buffer): void => {
    if (!mayPass(piece.length)) from.off('data', pass)
    else if (to.writable && !to.write(piece) && to.writableLength >= QUEUE_BYTES) from.pause()
  }
  to.on('drain', () => from.resume())
  from.once('end', atEnd)
  from.on('data', pass)
}
