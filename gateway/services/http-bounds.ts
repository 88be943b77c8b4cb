/**
 * Bounds of an HTTP service that anybody on the machine may talk to: how much is read, how long is waited for, and what
 * becomes of those who speak no HTTP.
 */

import type { Duplex, Readable } from 'node:stream'
import { failure } from './http-answer.js'

/** Connections at once; more are turned away. */
export const MAX_CONNECTIONS = 256

/** Time for a TLS handshake, and for the header of a request, ms. */
export const GREETING_MS = 5000

/** Silence after which a connection is ended, ms: a client that does not read, or does not ask again. */
export const IDLE_MS = 30_000

/** How often node looks for HTTP/1.1 requests that take too long, ms. */
export const CHECK_MS = 1000

/** Longest path in a log, characters. */
export const MAX_LOGGED = 200

/**
 * The body of a request, unless it is over `most` bytes or its client hangs up. What is over is read and thrown away, for
 * as long as a request may take, `withinMs`: a client that is still sending would not hear the answer.
 */
export async function boundedBody(
  request: Readable,
  most: number,
  withinMs: number,
): Promise<Buffer | 'too-large' | 'broken-off'> {
  const chunks: Buffer[] = []
  let bytes = 0
  // For HTTP/2. Over HTTP/1.1 node ends a slow request itself, with 408, at its first look after `withinMs`.
  const late = setTimeout(() => request.destroy(), withinMs + CHECK_MS)
  try {
    for await (const chunk of request) {
      bytes += chunk.length
      if (bytes <= most) chunks.push(chunk)
    }
  } catch {
    return 'broken-off'
  } finally {
    clearTimeout(late)
  }
  return bytes > most ? 'too-large' : Buffer.concat(chunks)
}

/** For `clientError`: what becomes of a client that speaks no HTTP, or too slowly; a failed handshake has no answer. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  const status = statusOf(error.code ?? '')
  if (status === undefined || !socket.writable) return void socket.destroy()
  const { body } = failure(status, 'The request is not readable, too large or too slow')
  const head = `HTTP/1.1 ${status} \r\nconnection: close\r\ncontent-type: application/json\r\n`
  socket.end(`${head}content-length: ${body.length}\r\n\r\n${body}`, () => socket.destroy())
}

function statusOf(code: string): number | undefined {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 408
  if (code === 'HPE_HEADER_OVERFLOW') return 431
  return code.startsWith('HPE_') ? 400 : undefined
}

/** A request's target in two; of several question marks the first one parts them. */
export function pathAndQuery(url: string): { readonly path: string; readonly query: string } {
  const at = url.indexOf('?')
  return at < 0 ? { path: url, query: '' } : { path: url.slice(0, at), query: url.slice(at + 1) }
}
