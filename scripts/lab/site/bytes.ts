/**
 * `/bytes/N`, a download of any length, as fast as the connection takes it: one block for the whole process,
 * written again and again, the next time when the last has left. Byte k of the body is k modulo 256, so that a client
 * can tell a byte that was lost, doubled or moved.
 */

import { answerJson, type Visit } from './visit.js'

/** 10 GiB. */
export const MOST_BYTES = 10 * 1024 ** 3
const BLOCK = Buffer.alloc(
  256 * 1024,
  Uint8Array.from({ length: 256 }, (_, k) => k),
)

/** `/bytes/N` for a whole N up to 10 GiB, GET or HEAD; anything else is 400. */
export function bytesPage(visit: Visit): void {
  const text = visit.path.slice('/bytes/'.length)
  const length = /^\d{1,11}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY
  if (length > MOST_BYTES) {
    answerJson(visit, 400, { error: `the length must be a whole number from 0 to ${MOST_BYTES}` })
    return
  }
  const { request, response } = visit
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': length })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  let left = length
  const pump = () => {
    while (left > BLOCK.length) {
      left -= BLOCK.length
      if (!response.write(BLOCK)) return
    }
    response.off('drain', pump)
    response.end(BLOCK.subarray(0, left))
  }
  response.on('drain', pump)
  pump()
}
