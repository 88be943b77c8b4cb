/**
 * Dials through a SOCKS5 proxy (`--upstream-socks URL`), a common corporate need, with the `socks` package. The package is
 * given a socket of ours, because its own would not be allowHalfOpen; what it does to that socket is put right here.
 */

import { connect, type Socket } from 'node:net'
import { SocksClient } from 'socks'
import { messageOf, userMistake } from '../errors.js'
import type { Endpoint } from '../steering/flow.js'
import type { DialFailure, DialOutcome } from './dial.js'

/** A SOCKS5 proxy; `user` and `password` are '' when it asks for none. */
export interface SocksUpstream {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
}

const DEFAULT_PORT = 1080
/** RFC 1929: user and password have one byte of length each. */
const MAX_CREDENTIAL_BYTES = 255

// The words the package puts at the end of its message for the reply codes of RFC 1928 section 6.
const FAILURE_OF_REPLY: Readonly<Record<string, DialFailure>> = {
  NotAllowed: 'forbidden',
  ConnectionRefused: 'refused',
  TTLExpired: 'timed-out',
}

/**
 * Reads `socks5://[user:password@]host[:port]` (port 1080 by default; `socks5h` means the same, as we hand over addresses).
 * @throws SteerError `bad-socks-url`, the user's mistake
 */
export function parseSocksUrl(text: string): SocksUpstream {
  const wrong = (why: string) => userMistake('bad-socks-url', `${why}; write socks5://user:password@host:port`)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^socks5h?:$/.test(url.protocol)) throw wrong('the upstream proxy is no SOCKS5 URL')
  if (url.hostname === '') throw wrong('the URL of the upstream proxy has no host')
  if (!/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    throw wrong('the URL of the upstream proxy has something behind the port')
  if (url.port === '0') throw wrong('the port of the upstream proxy must be 1 to 65535')
  const [user, password] = [url.username, url.password].map(decoded)
  if (user === undefined || password === undefined)
    throw wrong('user or password of the upstream proxy is badly escaped')
  if ([user, password].some((credential) => Buffer.byteLength(credential) > MAX_CREDENTIAL_BYTES))
    throw wrong('user and password of the upstream proxy may have 255 bytes each')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return { host, port: url.port === '' ? DEFAULT_PORT : Number(url.port), user, password }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/**
 * A connection to `target` through `proxy`, or why there is none; `timeoutMs` is for both together. The socket is paused,
 * noDelay, allowHalfOpen and error-listened, with anything the target has already said waiting in it. Never rejects.
 */
export async function connectThroughSocks(
  proxy: SocksUpstream,
  target: Endpoint,
  timeoutMs: number,
): Promise<DialOutcome> {
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true, noDelay: true })
  let late = false
  const timer = setTimeout(() => {
    late = true
    socket.destroy(new Error('timed out'))
  }, timeoutMs)
  const name = `upstream proxy ${proxy.host} port ${proxy.port}`
  try {
    const unreached = await connected(socket)
    if (unreached !== undefined)
      return { failure: late ? 'timed-out' : 'unreachable', detail: `${name}: ${unreached.message}` }
    await handshake(socket, proxy, target, timeoutMs)
    return { socket }
  } catch (error) {
    socket.destroy()
    const detail = `${name}: ${late ? 'timed out' : messageOf(error)}`
    return { failure: late ? 'timed-out' : failureOf(messageOf(error)), detail }
  } finally {
    clearTimeout(timer)
  }
}

function connected(socket: Socket): Promise<Error | undefined> {
  return new Promise((resolve) => {
    // Stays for the life of the socket, so that no error is unheard.
    socket.on('error', resolve)
    socket.once('connect', () => resolve(undefined))
  })
}

/** Runs the package's handshake on a connected socket and leaves the socket paused. */
function handshake(socket: Socket, proxy: SocksUpstream, target: Endpoint, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const client = new SocksClient({
      command: 'connect',
      proxy: {
        host: proxy.host,
        port: proxy.port,
        type: 5,
        ...(proxy.user === '' && proxy.password === '' ? {} : { userId: proxy.user, password: proxy.password }),
      },
      destination: { host: target.ip, port: target.port },
      existing_socket: socket,
      timeout: timeoutMs,
    })
    // The package waits for 'close', which a half-open socket does not emit when the proxy ends.
    const ended = () => reject(new Error('the proxy ended the connection'))
    socket.once('end', ended)
    client.once('error', reject)
    client.once('established', () => {
      // In the next turn the package emits bytes that came behind the reply as a 'data' event and resumes the socket:
      // caught here, put back, and paused again.
      const early: Buffer[] = []
      const keep = (bytes: Buffer) => early.push(bytes)
      socket.on('data', keep)
      setImmediate(() => {
        socket.off('data', keep)
        socket.off('end', ended)
        socket.pause()
        if (socket.readableEnded || socket.destroyed) return ended()
        if (early.length > 0) socket.unshift(Buffer.concat(early))
        resolve()
      })
    })
    client.connect(socket)
  })
}

function failureOf(message: string): DialFailure {
  return FAILURE_OF_REPLY[message.split(' - ')[1] ?? ''] ?? 'unreachable'
}
