/**
 * What takes a request body: `/echo` streams it back while it arrives, `/count` says how much it was and its SHA-256.
 */

import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream'
import { answerJson, type Visit } from './visit.js'

/** `/echo` and below: the body comes back as it is, with its type. */
export function echoPage({ request, response }: Visit): void {
  response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'application/octet-stream' })
  // A client that goes away ends both; there is nobody left to tell.
  pipeline(request, response, () => {})
}

/** `/count`: `{ "bytes": ..., "sha256": "..." }` once the body has ended. */
export function countPage(visit: Visit): void {
  const hash = createHash('sha256')
  let bytes = 0
  visit.request.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    hash.update(chunk)
  })
  visit.request.once('end', () => answerJson(visit, 200, { bytes, sha256: hash.digest('hex') }))
}
