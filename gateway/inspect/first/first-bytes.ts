/**
 * Reads what a steered flow begins with, from the tunnel and without taking it away: a TLS hello, an HTTP request, or
 * something else. The origin is watched too: where it speaks first (SSH, SMTP, databases) there is nothing to wait for.
 */

import type { Socket } from 'node:net'
import type { TunnelStream } from '../../../agent/tunnel/stream.js'
import { type FirstKind, recognizeFirst } from './recognize-first.js'

/** What a flow begins with. */
export interface FirstBytes {
  readonly kind: FirstKind
  /** Every byte of it that was read, with its credit not given back yet; grows until somebody else attaches to the stream. */
  readonly head: Buffer
}

/** Most that is looked at, bytes: a tunnel's window is larger, and a ClientHello smaller. */
const MAX_BYTES = 64 * 1024

/** How long is waited, ms. */
export interface FirstTimes {
  /** For the first byte of either side. */
  readonly idleMs: number
  /** For a hello or a request line that has begun to come whole. */
  readonly withinMs?: number
}

/** How long a hello or a request line that has begun may take to come whole, ms. */
export const FIRST_MS = 10_000

/**
 * Looks at the beginning of a flow; `gone` when the flow is over before it has told, by the client or by silence. The
 * origin's socket, where there is one, must be paused. Never rejects.
 */
export function peekFirst(stream: TunnelStream, times: FirstTimes, origin?: Socket): Promise<FirstBytes | 'gone'> {
  const { idleMs, withinMs = FIRST_MS } = times
  return new Promise((resolve) => {
    let head: Buffer = Buffer.alloc(0)
    let settled = false
    const settle = (outcome: FirstKind | 'gone'): void => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      origin?.off('readable', originSpoke)
      origin?.off('end', originSpoke)
      origin?.off('close', originSpoke)
      if (outcome === 'gone') return resolve('gone')
      resolve({
        kind: outcome,
        get head() {
          return head
        },
      })
    }
    let timer = setTimeout(() => {
      settle('gone')
      stream.reset('timed-out', 'nobody spoke')
    }, idleMs)
    const originSpoke = (): void => settle({ type: 'opaque', why: 'the origin speaks first' })
    origin?.on('readable', originSpoke)
    origin?.on('end', originSpoke)
    origin?.on('close', originSpoke)
    // Never undefined: what has begun is what it looks like.
    const tooLate = (): void => settle(recognizeFirst(head, true) as FirstKind)
    stream.attach({
      data: (bytes) => {
        const isFirst = head.length === 0
        head = Buffer.concat([head, bytes])
        // Until its new owner attaches, what comes is kept, all of it.
        if (settled) return true
        const found = recognizeFirst(head, head.length >= MAX_BYTES)
        if (found !== undefined) settle(found)
        else if (isFirst) {
          clearTimeout(timer)
          timer = setTimeout(tooLate, withinMs)
        }
        return true
      },
      ended: () => settle(recognizeFirst(head, true) ?? { type: 'opaque', why: 'it ended before it said what it is' }),
      reset: () => settle('gone'),
      writable: () => {},
    })
  })
}
