/** A client and an origin with `serveHttp1` between them, on real sockets: the client says and hears bytes. */

import { connect, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Test } from 'tap'
import { HTTP1_LIMITS, type Http1Limits } from '../../gateway/inspect/http1/limits.js'
import { serveHttp1 } from '../../gateway/inspect/http1/serve-http1.js'
import { serveParsed } from '../../gateway/inspect/http1/serve-parsed.js'
import { closed, connected, listening } from './loopback.js'
import { type RecordingJudge, recordingJudge } from './recording-judge.js'

let serveAs = serveHttp1

/** From now on nothing is relayed as bytes: all requests take the general way. */
export function onlyTheGeneralWay(): void {
  serveAs = (client, origin, judge, limits = HTTP1_LIMITS) => serveParsed(client, origin, judge, limits)
}

/** What stands between. */
export interface Inspected {
  /** Where clients connect to. */
  readonly port: number
  readonly judge: RecordingJudge
  /** Connections opened to the origin, in order. */
  readonly lines: readonly Duplex[]
  /** What the origin was blamed for. */
  readonly blames: readonly string[]
  /** One for each client, in order: settles when serveHttp1 does. */
  readonly served: readonly Promise<void>[]
  /** A connected client. */
  client(): Promise<Socket>
  /** Cuts all clients and waits until all is over; what must not be, in words: none, or there is a fault. */
  end(): Promise<readonly string[]>
}

/** How it stands there. */
export interface InspectedOptions {
  readonly judge?: RecordingJudge
  readonly limits?: Partial<Http1Limits>
  readonly idleMs?: number
  /** What `serveHttp1` gets of an accepted socket, and of one to the origin. */
  readonly wrap?: (socket: Socket) => Duplex
  /** Why there is no second connection to the origin. */
  readonly noMore?: string
}

/** Serves between clients and the origin at `originPort`; undefined: there is none. Closed with the test. */
export async function inspected(
  t: Test,
  originPort: number | undefined,
  { judge = recordingJudge(), limits, idleMs = 5_000, wrap = (socket) => socket, noMore }: InspectedOptions = {},
): Promise<Inspected> {
  const lines: Duplex[] = []
  const blames: string[] = []
  const served: Promise<void>[] = []
  const dial = (port: number) =>
    new Promise<Duplex | { failure: string }>((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      socket.on('error', ({ message }) => resolve({ failure: message }))
      socket.once('connect', () => {
        const line = wrap(socket)
        lines.push(line)
        resolve(line)
      })
    })
  const serve = async (socket: Socket) => {
    const client = wrap(socket)
    const all = limits && { ...HTTP1_LIMITS, ...limits }
    if (originPort === undefined) return serveAs(client, undefined, judge, all)
    const first = await dial(originPort)
    if ('failure' in first) throw new Error(first.failure)
    const again = () => (noMore === undefined ? dial(originPort) : Promise.resolve({ failure: noMore }))
    return serveAs(client, { first, again, malformed: (why) => blames.push(why), idleMs }, judge, all)
  }
  const server = await listening(createServer({ noDelay: true }, (socket) => void served.push(serve(socket))))
  const end = async () => {
    await server.close()
    await Promise.all(served)
    const unended = judge.exchanges.filter(({ ends }) => ends.length !== 1)
    const faults = unended.map(({ head, ends }) => `${head.method} ${head.target} ended ${ends.length} times`)
    if (!lines.every((line) => line.closed)) faults.push('a connection to the origin is left')
    return faults
  }
  t.teardown(end)
  return { port: server.port, judge, lines, blames, served, client: () => connected(server.port), end }
}

/** Sends `bytes` on a connection of its own and hears all of the answer until the connection ends. */
export async function conversation({ client }: Inspected, bytes: string | Buffer): Promise<string> {
  const socket = await client()
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  let text = ''
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1')
  })
  socket.once('end', () => socket.end())
  await closed(socket)
  return text
}
