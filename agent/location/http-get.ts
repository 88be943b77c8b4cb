/**
 * One GET over a socket of the dialer's: how the endpoint looks around itself, past any proxy. No redirect is followed,
 * and nothing of the exchange outlives its answer.
 */

import { request } from 'node:http'
import { isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { messageOf } from '../errors.js'
import type { Dialer } from '../outbound/dial.js'

/** What to ask for, and where that is. */
export interface HttpTarget {
  /** `http:` or `https:`; its host goes into the request, and a certificate must be for it. */
  readonly url: URL
  readonly ip: string
  readonly port: number
}

/** How to ask. */
export interface HttpMeans {
  readonly dial: Dialer
  /** Ends the exchange; there is no other deadline. */
  readonly over: AbortSignal
  /** The body of a 200 is read up to so many bytes; left out = no byte of it. */
  readonly mostBytes?: number
  /** PEM of the authorities a certificate may come from; left out = Node's own. */
  readonly roots?: string | undefined
}

/** What came, or in words why nothing did. `body` is '' where it was not to be read. */
export type HttpAnswer = { readonly status: number; readonly body: string } | { readonly failure: string }

const GIVEN_UP: HttpAnswer = { failure: 'was given up' }

/** Asks once. Never rejects. */
export async function httpGet({ url, ip, port }: HttpTarget, means: HttpMeans): Promise<HttpAnswer> {
  const outcome = await means.dial.dial({ ip, port })
  if ('failure' in outcome) return { failure: outcome.detail }
  try {
    return means.over.aborted ? GIVEN_UP : await exchange(url, outcome.socket, means)
  } catch (error) {
    // Roots that are no certificates.
    return { failure: messageOf(error) }
  } finally {
    outcome.socket.destroy()
  }
}

function exchange(url: URL, socket: Socket, { over, mostBytes = 0, roots }: HttpMeans): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    const stream = url.protocol === 'https:' ? secured(socket, url, roots) : socket
    // With a connection made for it a request has no agent, and so neither keep-alive nor a proxy of the environment.
    const asked = request({
      createConnection: () => stream,
      path: url.pathname + url.search,
      headers: { host: url.host },
    })
    const settle = (answer: HttpAnswer): void => {
      over.removeEventListener('abort', giveUp)
      resolve(answer)
      asked.destroy()
    }
    const giveUp = () => settle(GIVEN_UP)
    const broken = (error: Error) => settle({ failure: error.message })
    over.addEventListener('abort', giveUp)
    stream.on('error', broken)
    // A socket from a SOCKS5 proxy is paused, and a request does not change that.
    asked.once('socket', () => stream.resume())
    asked.on('error', broken)
    // An upgrade nobody asked for ends the request without an error.
    const ended = () => settle({ failure: 'ended without an answer' })
    asked.once('close', ended)
    asked.once('response', (response) => {
      // The request may close before the last of the answer is read; the answer then ends with an error or an end.
      asked.off('close', ended)
      response.on('error', broken)
      const status = response.statusCode ?? 0
      if (status !== 200 || mostBytes === 0) return settle({ status, body: '' })
      const chunks: Buffer[] = []
      let bytes = 0
      const done = () => settle({ status, body: Buffer.concat(chunks).subarray(0, mostBytes).toString() })
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes >= mostBytes) done()
      })
      response.once('end', done)
    })
    asked.end()
  })
}

function secured(socket: Socket, { hostname }: URL, roots: string | undefined) {
  const host = hostname.replace(/^\[|\]$/g, '')
  return connectTls({
    socket,
    host,
    // An address is no server name (RFC 6066 section 3); the certificate is then judged by `host`.
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
    ...(roots === undefined ? {} : { ca: roots }),
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED in the environment would change the default.
    rejectUnauthorized: true,
  })
}
