/**
 * A client, the gateway's HTTP/2 and an origin, with real sockets between them. As in production the client's TLS ends on
 * a stream in memory, not on a socket.
 */

import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2, createServer, type ServerHttp2Stream } from 'node:http2'
import { connect, createServer as createTcpServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createSecureContext, TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import { duplexPair } from '../../agent/capture/duplex-pair.js'
import { serveHttp2 } from '../../gateway/inspect/http2/serve-http2.js'
import type { OriginConnections } from '../../gateway/inspect/origin-connections.js'
import { listening } from './loopback.js'
import { type RecordingJudge, recordingJudge } from './recording-judge.js'
import { type SelfSigned, selfSigned } from './self-signed.js'
import { waitUntil } from './wait-until.js'

/** How the origin answers, by node:http2's own types. */
export type OriginReply = (
  stream: ServerHttp2Stream,
  headers: Record<string, string | undefined>,
  flags: number,
  raw: string[],
) => void

/** What a test may want otherwise. */
export interface H2WorldOptions {
  readonly judge?: RecordingJudge
  readonly idleMs?: number
  /** There is no origin: every answer is our own. */
  readonly alone?: boolean
  /** What again() gives instead of another connection. */
  readonly again?: OriginConnections['again']
  /** The origin, in place of node:http2. */
  readonly origin?: (socket: Socket) => void
}

/** Everything there is. */
export interface H2World {
  readonly judge: RecordingJudge
  readonly certificate: SelfSigned
  /** Where a client finds the gateway. */
  readonly port: number
  /** The client's session. */
  readonly client: ClientHttp2Session
  /** The gateway's connections to the origin so far, seen from the origin. */
  readonly originSockets: ReadonlySet<Socket>
  /** What serveHttp2 gave for each connection. */
  readonly served: ReadonlyArray<Promise<void>>
  /** What the gateway said of the origin. */
  readonly malformed: string[]
}

/** Starts all of it; ends with the test. */
export async function h2World(t: Test, reply: OriginReply, options: H2WorldOptions = {}): Promise<H2World> {
  const { judge: given = recordingJudge(), idleMs = 20_000 } = options
  const judge: RecordingJudge = { ...given, connection: { ...given.connection, scheme: 'https', protocol: 'h2' } }
  const certificate = await selfSigned(t.testdir(), 'localhost')
  const malformed: string[] = []
  const served: Array<Promise<void>> = []

  const origin = options.origin === undefined ? createServer() : createTcpServer(options.origin)
  origin.on('stream', reply)
  origin.on('session', (session) => session.on('error', () => {}))
  const originAt = await listening(origin)
  const dial = async (): Promise<Duplex> => {
    const socket = connect(originAt.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  const door = createTcpServer({ noDelay: true }, async (socket) => {
    const tls = await tlsInMemory(socket, certificate)
    const connections = options.alone
      ? undefined
      : { first: await dial(), again: options.again ?? dial, malformed: (why: string) => malformed.push(why), idleMs }
    served.push(serveHttp2(tls, connections, judge))
  })
  const doorAt = await listening(door)

  const client = connectHttp2(`https://localhost:${doorAt.port}`, {
    ca: certificate.cert,
    // So that heads beyond the gateway's bounds leave the client.
    maxSendHeaderBlockLength: 1024 * 1024,
  })
  client.on('error', () => {})
  await once(client, 'connect')
  await waitUntil(() => served.length === 1)
  t.teardown(async () => {
    client.destroy()
    await Promise.all([doorAt.close(), originAt.close()])
    await Promise.all(served)
  })
  return { judge, certificate, port: doorAt.port, client, originSockets: originAt.sockets, served, malformed }
}

/** The server's end of TLS on `socket`, by way of a stream in memory. */
async function tlsInMemory(socket: Socket, { key, cert }: SelfSigned): Promise<TLSSocket> {
  const [outer, inner] = duplexPair()
  for (const stream of [outer, inner, socket]) stream.on('error', () => {})
  socket.pipe(outer).pipe(socket)
  socket.on('close', () => outer.destroy())
  outer.on('close', () => socket.destroy())
  const secureContext = createSecureContext({ key, cert })
  const tls = new TLSSocket(inner, { isServer: true, secureContext, ALPNProtocols: ['h2'] })
  tls.on('error', () => {})
  await once(tls, 'secure')
  return tls
}

/** How each exchange ended; '' for one that goes on. */
export function endsOf(judge: RecordingJudge): string[] {
  return judge.exchanges.map(({ ends }) => ends.join('+'))
}

/** An answer, read to its end. */
export interface Read {
  readonly headers: Record<string, string | string[] | number | undefined>
  readonly raw: string[]
  readonly informational: Array<Record<string, unknown>>
  readonly trailers: Record<string, unknown>
  readonly body: Buffer
  /** How the stream closed; 0 = in order. */
  readonly rstCode: number
}

/** Asks and reads all; `headers` with `:path` and what else there is. Never rejects. */
export async function ask(
  client: ClientHttp2Session,
  headers: Record<string, string | string[]>,
  body?: string | Buffer,
): Promise<Read> {
  const stream = client.request(headers, { endStream: body === undefined })
  if (body !== undefined) stream.end(body)
  return read(stream)
}

/** Reads an answer to its end. */
export function read(stream: ReturnType<ClientHttp2Session['request']>): Promise<Read> {
  const chunks: Buffer[] = []
  const informational: Array<Record<string, unknown>> = []
  let headers = {}
  let raw: string[] = []
  let trailers = {}
  stream.on('error', () => {})
  stream.on('headers', (fields) => informational.push(fields))
  stream.on('response', (fields: Read['headers'], _flags: number, rawFields: string[]) => {
    headers = fields
    raw = rawFields
  })
  stream.on('trailers', (fields) => (trailers = fields))
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => {
    stream.once('close', () =>
      resolve({ headers, raw, informational, trailers, body: Buffer.concat(chunks), rstCode: stream.rstCode }),
    )
  })
}
