/** An HTTPS host on loopback, which answers as each test wants, and hosts that misbehave. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import type { Test } from 'tap'
import { generateKeys } from '../../certs/keys.js'
import { LeafContexts } from '../../certs/leaf-contexts.js'
import { issueRoot, openIssuer } from '../../certs/x509.js'
import { type Listening, listening } from './loopback.js'

const now = new Date()
const [rootKeys, leafKeys] = await Promise.all([generateKeys('rsa-2048'), generateKeys('ec-p256')])

/** The authority of the hosts, PEM. */
export const CA = issueRoot({ subject: { commonName: 'a root' }, keys: rootKeys, days: 3650, now })
const leaves = new LeafContexts({ issuer: openIssuer(CA, rootKeys.privateKey), keys: leafKeys, now: () => now })

/** What a path is answered with: a text or bytes (status 200), or whatever the function does. */
export type Reply = string | Uint8Array | ((request: IncomingMessage, response: ServerResponse) => void)

/** A running host. */
export interface HttpsHost {
  readonly port: number
  /** By path without query; what is not here is a 404 in HTML. */
  readonly replies: Map<string, Reply>
  /** Method and path with query of each request so far. */
  readonly asked: string[]
  /** Bodies posted so far, as text. */
  readonly posted: string[]
  /** Connections so far. */
  readonly connections: () => number
  readonly sockets: Listening['sockets']
  close(): Promise<void>
}

/** Starts a host with a certificate for `name`; closed with the test. */
export async function httpsHost(t: Test, name: string, replies = new Map<string, Reply>()): Promise<HttpsHost> {
  const asked: string[] = []
  const posted: string[] = []
  let connections = 0
  const server = createHttpsServer(leaves.issue([name]), (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.once('end', () => {
      if (request.method === 'POST') posted.push(body)
      const reply = replies.get(request.url?.split('?')[0] ?? '')
      if (typeof reply === 'function') reply(request, response)
      else if (reply === undefined) response.writeHead(404).end('<html>nothing here</html>')
      else response.end(reply)
    })
  })
  server.on('connection', () => (connections += 1))
  const { port, sockets, close } = await listening(server)
  t.teardown(close)
  return { port, replies, asked, posted, connections: () => connections, sockets, close }
}

/** A reply with this status. */
export function statusReply(status: number, body = '<html>'): Reply {
  return (_request, response) => response.writeHead(status).end(body)
}

/** A reply that never comes. */
export const SILENCE: Reply = () => {}

/** A reply that says how long it is and comes a byte at a time. */
export function byteByByte(text: string): Reply {
  return async (_request, response) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(text) })
    for (const byte of Buffer.from(text)) {
      response.write(Buffer.of(byte))
      await setImmediate()
    }
    response.end()
  }
}

/** Replies with which no service answers, and what a client whose time-out is short makes of them. */
export const BAD_REPLIES: readonly [why: string, Reply, wanted: object][] = [
  ['never answers', SILENCE, { failure: 'timed-out', curlCode: 28 }],
  ['hangs up', (request) => void request.socket.destroy(), { failure: 'cut-off', curlCode: 52 }],
  ['fails', statusReply(500), { failure: 'http', curlCode: 22, httpStatus: 500 }],
  ['redirects', statusReply(302), { failure: 'http', curlCode: 22, httpStatus: 302 }],
  ['answers garbage', Buffer.from([0, 255, 1, 254]), { failure: 'malformed', curlCode: 0 }],
  ['answers with a portal', '<html>', { failure: 'malformed', curlCode: 0 }],
  ['answers nothing', '', { failure: 'malformed', curlCode: 0 }],
  ['answers too much', '{}'.padEnd(1_048_577), { failure: 'too-large', curlCode: 63 }],
]

/** A port where every connection is treated like this; closed with the test. */
export async function rawPort(t: Test, treat: (socket: Socket) => void): Promise<number> {
  const listener = await listening(createServer(treat))
  t.teardown(listener.close)
  return listener.port
}

/** A port at which nobody listens. */
export async function freePort(): Promise<number> {
  const listener = await listening(createServer())
  await listener.close()
  return listener.port
}
