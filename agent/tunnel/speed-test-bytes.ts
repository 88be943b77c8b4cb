/**
 * What both ends of a speed test agree on, and the bytes it is made of: zeros, sent as fast as the peer takes them. TLS
 * and DTLS compress nothing, so that zeros are as good as any.
 */

import { HEADER_BYTES } from './frame.js'
import type { TunnelStream } from './stream.js'

/** Most bytes of one test, the largest of `nsdiag -g ... -s`; and how long it may take, ms: either end then gives up. */
export const SPEED_TEST = { mostBytes: 100 * 1024 * 1024, withinMs: 60_000 } as const

/** Sends whole frames of `left` zeros while there is room, and returns how many are left for when the stream is writable again. */
export function sendZeros(stream: Pick<TunnelStream, 'scratch' | 'sendable' | 'send'>, left: number): number {
  const room = stream.scratch.subarray(HEADER_BYTES)
  let still = left
  while (still > 0) {
    const length = Math.min(still, room.length)
    if (stream.sendable < length) break
    // All flows of the session use this memory: what another left in it is not for this peer.
    room.fill(0, 0, length)
    stream.send(length)
    still -= length
  }
  return still
}
