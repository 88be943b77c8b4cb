/**
 * The benchmark's client, a process of its own and the same for every system: HTTPS through a proxy's CONNECT, which is
 * how all of them are used and the only way that needs no privileges. `client.js TASK` (JSON) prints two lines of JSON:
 * who signed the certificate it is shown, when its connections are open, and then what it measured.
 *
 * It is cheap, so that the systems and not their client are measured: 15 us of processor time for a request and 0.55 ms for
 * a handshake, where wrk (which knows no CONNECT) takes 13 us and 0.47 ms, and 0.7 ms for a MB, as curl does. Handshakes
 * are whole ones, TLS 1.3 with AES-128-GCM; no certificate is verified.
 */

import { connect, type Socket } from 'node:net'
import { createSecureContext, connect as startTls, type TLSSocket } from 'node:tls'
import { ResponseCounter } from './response-counter.js'

/** What to measure, and by which way. */
export interface ClientTask {
  /** The proxy, or the origin itself, on loopback. */
  readonly port: number
  /** Whether that port is a proxy's. */
  readonly proxy: boolean
  /** The origin as the proxy is to find it. */
  readonly host: string
  readonly hostPort: number
  /** Connections at once. */
  readonly flows: number
  /** Length of each answer. */
  readonly bytes: number
  /** Request after request on the same connections, or one request each. */
  readonly keep: boolean
  readonly seconds: number
}

/** First line: the connections are open. */
export interface ClientOpen {
  /** Common name of who signed the certificate. */
  readonly issuer: string
}

/** Second line. */
export interface ClientResult {
  readonly answers: number
  /** From the first request to the last answer. */
  readonly seconds: number
}

/** How much later than it should a measurement may end, ms: large answers that are under way are waited for. */
const LATE_MS = 120_000

/**
 * Not the address from which a proxy dials the origin: now and then both would have the same port, and mockttp then takes
 * the client for itself ("Passthrough loop detected").
 */
const OWN_ADDRESS = '127.0.0.2'

const task = JSON.parse(process.argv[2] ?? '') as ClientTask
const authority = `${task.host}:${task.hostPort}`
const connectRequest = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`
const request =
  `GET /bytes/${task.bytes} HTTP/1.1\r\nHost: ${task.hostPort === 443 ? task.host : authority}\r\n` +
  `Connection: ${task.keep ? 'keep-alive' : 'close'}\r\n\r\n`

// One for all connections, without roots: reading the system's would cost more than the handshake.
const secureContext = createSecureContext({ ca: [], minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' })

function fail(error: Error): never {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
}

/** A new connection, its handshakes done. */
function open(): Promise<TLSSocket> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: task.port, localAddress: OWN_ADDRESS, noDelay: true })
    socket.on('error', fail)
    socket.once('connect', () => {
      if (!task.proxy) return secure(socket, resolve)
      socket.once('data', (answer) => {
        // Proxies send so short a head at once; the origin says nothing before the client does.
        if (!/^HTTP\/1\.[01] 200 [\s\S]*\r\n\r\n$/.test(answer.toString('latin1')))
          fail(new Error(`the proxy answered "${answer.toString('latin1').split('\r\n')[0]}"`))
        secure(socket, resolve)
      })
      socket.write(connectRequest)
    })
  })
}

function secure(socket: Socket, ready: (tls: TLSSocket) => void): void {
  const tls = startTls(
    {
      socket,
      servername: task.host,
      secureContext,
      ALPNProtocols: ['http/1.1'],
      // Trust is checked by nobody here: it would cost every system's client the same.
      rejectUnauthorized: false,
    },
    () => ready(tls),
  )
  tls.on('error', fail)
}

/** Asks on a connection until `again` says no; resolves when it is closed. */
function ask(tls: TLSSocket, again: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const counter = new ResponseCounter(task.bytes)
    let isDone = false
    tls.on('data', (chunk: Buffer) => {
      try {
        if (!counter.take(chunk)) return
      } catch (error) {
        fail(error as Error)
      }
      if (again()) tls.write(request, 'latin1')
      else {
        isDone = true
        tls.destroy()
      }
    })
    tls.once('close', () => (isDone ? resolve() : fail(new Error('the connection was closed before its answer'))))
    tls.write(request, 'latin1')
  })
}

function say(line: ClientOpen | ClientResult): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

setTimeout(() => fail(new Error('the measurement does not end')), task.seconds * 1000 + LATE_MS).unref()

const opened = await Promise.all(Array.from({ length: task.keep ? task.flows : 1 }, open))
say({ issuer: String(opened[0]!.getPeerCertificate().issuer.CN) })

let answers = 0
const begun = performance.now()
const isTime = (): boolean => performance.now() - begun < task.seconds * 1000
if (task.keep)
  await Promise.all(
    opened.map((tls) =>
      ask(tls, () => {
        answers += 1
        return isTime()
      }),
    ),
  )
else {
  opened[0]!.destroy()
  await Promise.all(
    Array.from({ length: task.flows }, async () => {
      while (isTime()) {
        await ask(await open(), () => false)
        answers += 1
      }
    }),
  )
}
say({ answers, seconds: (performance.now() - begun) / 1000 })
process.exit(0)
