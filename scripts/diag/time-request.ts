/**
 * One GET through a running agent, timed (`nsdiag -r`): the name is asked of the agent's DNS server, the connection made
 * through its SOCKS5 door to the address so found, and redirects are followed, each over a connection of its own.
 */

import { type IncomingMessage, request } from 'node:http'
import { isIP, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { messageOf, SteerError } from '../../agent/errors.js'
import type { DialFailure, DialOutcome } from '../../agent/outbound/dial.js'
import type { Endpoint } from '../../agent/steering/flow.js'
import { type RequestMoments, type Timing, timingOf } from './timing.js'

/** How a request gets out. */
export interface TimingMeans {
  /** Addresses of a name, none when it has none. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly connect: (target: Endpoint) => Promise<DialOutcome>
  /** PEM of the authorities a certificate may come from. */
  readonly roots: readonly string[]
  /** ms, on a clock that never goes back. */
  readonly now: () => number
  /** How long it may take, all in all, ms. */
  readonly withinMs: number
}

/** Redirects that are followed. */
export const MOST_REDIRECTS = 10

const FAILURES: Readonly<Record<DialFailure, string>> = {
  refused: 'refuses the connection',
  unreachable: 'cannot be reached',
  'timed-out': 'does not answer',
  forbidden: 'is blocked',
}

interface Answered {
  readonly moments: RequestMoments
  readonly bytes: number
  /** Where it leads, undefined where it is the end. */
  readonly redirect: string | undefined
}

function failed(sentence: string, cause?: unknown): SteerError {
  return new SteerError('request-failed', sentence, { cause })
}

/** Times a request to its end. Throws SteerError `request-failed`. */
export async function timeRequest(url: string, means: TimingMeans): Promise<Timing> {
  const over = AbortSignal.timeout(means.withinMs)
  const requests: RequestMoments[] = []
  let at = new URL(url)
  while (requests.length <= MOST_REDIRECTS) {
    const { moments, bytes, redirect } = await timeOne(at, means, over)
    requests.push(moments)
    if (redirect === undefined) return timingOf(requests, bytes)
    const next = URL.canParse(redirect, at) ? new URL(redirect, at) : undefined
    if (next === undefined || !/^https?:$/.test(next.protocol))
      throw failed(`${at.href} redirects to ${JSON.stringify(redirect)}, which is no URL of http or https`)
    at = next
  }
  throw failed(`${url} redirects more than ${MOST_REDIRECTS} times`)
}

async function timeOne(url: URL, means: TimingMeans, over: AbortSignal): Promise<Answered> {
  const { now } = means
  const started = now()
  const ip = await addressOf(url, means)
  const lookedUp = now()
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80)
  const outcome = await means.connect({ ip, port })
  if ('failure' in outcome) throw failed(`${url.host} ${FAILURES[outcome.failure]}`)
  const connected = now()
  const { socket } = outcome
  const giveUp = (): void => void socket.destroy(new Error('it took too long'))
  over.addEventListener('abort', giveUp)
  if (over.aborted) giveUp()
  try {
    const isSecure = url.protocol === 'https:'
    const stream = isSecure ? await secured(socket, url, means.roots) : socket
    const ready = now()
    const { response, answered } = await exchange(stream, url, now)
    const bytes = await lengthOf(response)
    const { location } = response.headers
    const isRedirect = [301, 302, 303, 307, 308].includes(response.statusCode ?? 0)
    return {
      moments: { started, lookedUp, connected, secured: isSecure ? ready : undefined, ready, answered, ended: now() },
      bytes,
      redirect: isRedirect ? location : undefined,
    }
  } catch (error) {
    throw failed(`${url.href} gave no answer: ${over.aborted ? 'it took too long' : messageOf(error)}`, error)
  } finally {
    over.removeEventListener('abort', giveUp)
    socket.destroy()
  }
}

async function addressOf({ hostname }: URL, { resolve }: TimingMeans): Promise<string> {
  const literal = hostname.replace(/^\[|\]$/g, '')
  if (isIP(literal) !== 0) return literal
  const [ip] = await resolve(hostname)
  if (ip === undefined) throw failed(`the name ${hostname} has no address`)
  return ip
}

function secured(socket: Socket, { hostname }: URL, roots: readonly string[]): Promise<Duplex> {
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const stream = connectTls({
      socket,
      host,
      // An address is no server name (RFC 6066 section 3); the certificate is then judged by `host`.
      servername: isIP(host) === 0 ? host : '',
      ALPNProtocols: ['http/1.1'],
      ca: [...roots],
      // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED in the environment would change the default.
      rejectUnauthorized: true,
    })
    // The first counts; later ones are heard so that they are not unheard.
    stream.on('error', reject)
    stream.once('close', () => reject(new Error('the connection ended')))
    stream.once('secureConnect', () => resolve(stream))
  })
}

function exchange(
  stream: Duplex,
  url: URL,
  now: () => number,
): Promise<{ readonly response: IncomingMessage; readonly answered: number }> {
  return new Promise((resolve, reject) => {
    stream.on('error', reject)
    const asked = request({
      createConnection: () => stream,
      path: url.pathname + url.search,
      headers: { host: url.host, 'user-agent': 'nsdiag', accept: '*/*' },
    })
    // A socket from a SOCKS5 proxy is paused, and a request does not change that.
    asked.once('socket', () => stream.resume())
    asked.on('error', reject)
    asked.once('close', () => reject(new Error('it ended without an answer')))
    asked.once('response', (response) => {
      response.on('error', reject)
      resolve({ response, answered: now() })
    })
    asked.end()
  })
}

async function lengthOf(body: IncomingMessage): Promise<number> {
  let bytes = 0
  for await (const chunk of body) bytes += (chunk as Buffer).length
  return bytes
}
