/**
 * How the gateway's own answers leave, so that they arrive: closing a connection with unread bytes in it makes the system
 * send a reset, which can overtake the answer. So what the client still says is read and dropped, up to a bound.
 */

import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { OwnAnswer } from '../exchange.js'
import type { Http1Limits } from './limits.js'

/**
 * Sends `answer` as the answer to `req`, whose body (of `length` bytes, if known) is read to its end within the bounds; where
 * that cannot be, or the response is not to be kept alive, the connection ends.
 */
export function sendOwnAnswer(
  req: IncomingMessage,
  res: ServerResponse,
  answer: OwnAnswer,
  length: number | undefined,
  limits: Http1Limits,
): void {
  if (length !== undefined && length > limits.drainBytes) res.shouldKeepAlive = false
  res.sendDate = false
  res.writeHead(answer.status, { ...answer.headers })
  if (req.method !== 'HEAD') res.write(answer.body)
  else res.flushHeaders()
  void drained(req, limits).then((wasRead) => {
    res.end()
    if (!wasRead) res.destroy()
  })
}

/** Reads what is left of a request and drops it; false when the bounds are reached or the client leaves before its end. */
export function drained(req: IncomingMessage, { drainBytes, drainMs }: Http1Limits): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (wasRead: boolean) => {
      clearTimeout(timer)
      req.off('data', count)
      resolve(wasRead)
    }
    const timer = setTimeout(finish, drainMs, false)
    let bytes = 0
    const count = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > drainBytes) finish(false)
    }
    if (req.readableEnded || req.destroyed) {
      finish(req.complete)
      return
    }
    // Or it would stop with the one it is piped to.
    req.unpipe()
    req.on('data', count)
    req.once('end', () => finish(true))
    req.once('close', () => finish(req.complete))
    req.resume()
  })
}

/** An answer as bytes, for a connection that node:http does not write to. */
export function answerBytes(answer: OwnAnswer, method: string, isLast: boolean): Buffer {
  const lines = [`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`]
  for (const [name, value] of Object.entries(answer.headers)) lines.push(`${name}: ${value}`)
  lines.push(`Connection: ${isLast ? 'close' : 'keep-alive'}`)
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
  return method === 'HEAD' ? head : Buffer.concat([head, answer.body])
}

/**
 * Ends a connection that nobody reads any more: sends the last words, and closes once the client has heard them. A slow
 * client has the time of a silent one for what it is still owed.
 */
export function sayLastWords(client: Duplex, lastWords: Buffer, { drainBytes, drainMs, idleMs }: Http1Limits): void {
  if (client.destroyed) return
  let timer = setTimeout(() => client.destroy(), idleMs)
  client.once('finish', () => {
    clearTimeout(timer)
    timer = setTimeout(() => client.destroy(), drainMs)
  })
  client.once('close', () => clearTimeout(timer))
  client.end(lastWords)
  client.removeAllListeners('data')
  let bytes = 0
  client.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > drainBytes) client.destroy()
  })
  client.resume()
}
