/**
 * Gets revocation lists over plain HTTP, as they are published (RFC 5280 8: over HTTPS, a check could wait for itself).
 * The list is signed, so it does not matter who sends it; how much and how long does.
 */

import { request as httpRequest, type IncomingMessage } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { Dialer } from '../../../agent/outbound/dial.js'
import { LARGEST_CRL_BYTES } from '../../../certs/read-crl.js'

/** The way out. */
export interface CrlFetchParts {
  readonly dialer: Dialer
  readonly resolve: (host: string) => Promise<readonly string[]>
}

/** For request and answer, ms. */
const LONGEST_EXCHANGE_MS = 5000

/**
 * The body behind a URL of scheme http; undefined when it is not to be had: no address, no connection, another status
 * than 200 (redirects too), over 1 MiB, or not whole within 5 s of connecting. Never rejects.
 */
export async function fetchCrl(url: string, { dialer, resolve }: CrlFetchParts): Promise<Buffer | undefined> {
  if (!URL.canParse(url)) return undefined
  const target = new URL(url)
  if (target.protocol !== 'http:') return undefined
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const [ip] = isIP(host) === 0 ? await resolve(host) : [host]
  if (ip === undefined) return undefined
  const dialled = await dialer.dial({ ip, port: Number(target.port || '80') })
  return 'socket' in dialled ? get(target, dialled.socket) : undefined
}

function get(target: URL, socket: Socket): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const request = httpRequest({
      createConnection: () => socket,
      path: target.pathname + target.search,
      headers: { host: target.host },
    })
    const settle = (body?: Buffer): void => {
      clearTimeout(deadline)
      resolve(body)
      request.destroy()
      socket.destroy()
    }
    const deadline = setTimeout(settle, LONGEST_EXCHANGE_MS)
    request.on('error', () => settle())
    request.once('close', () => settle())
    request.once('response', (response) => read(response, settle))
    request.end()
  })
}

function read(response: IncomingMessage, settle: (body?: Buffer) => void): void {
  response.on('error', () => settle())
  if (response.statusCode !== 200 || Number(response.headers['content-length']) > LARGEST_CRL_BYTES) return settle()
  const chunks: Buffer[] = []
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > LARGEST_CRL_BYTES) settle()
    else chunks.push(chunk)
  })
  response.once('end', () => settle(response.complete ? Buffer.concat(chunks) : undefined))
}
