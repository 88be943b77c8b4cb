/** Answers a request with an answer of the gateway's own, and ends requests whose answer is there before their end. */

import { constants, type ServerHttp2Stream } from 'node:http2'
import type { OwnAnswer } from '../exchange.js'

/** Sends the answer on a stream whose answer has not begun; nothing is sent to a client that has gone. */
export function sendOwnAnswer(stream: ServerHttp2Stream, answer: OwnAnswer, requestEnded: boolean): void {
  if (stream.closed || stream.destroyed) return
  // To HEAD node has ended the answer beforehand.
  const endStream = stream.writableEnded || answer.body.length === 0
  stream.respond({ ':status': answer.status, ...answer.headers }, { endStream })
  if (!endStream) stream.end(answer.body)
  if (!requestEnded) refuseRest(stream)
}

/** Tells the client, once it has its whole answer, that the rest of its request is not wanted (RFC 9113 8.1). */
export function refuseRest(stream: ServerHttp2Stream): void {
  stream.removeAllListeners('data')
  stream.resume()
  // Not at once: node sends trailers in the next turn of the loop, and none on a stream that is being closed.
  setImmediate(() => stream.close(constants.NGHTTP2_NO_ERROR))
}
