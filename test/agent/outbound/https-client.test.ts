/** The client against hosts that are away, slow, hostile or somebody else; curl, which the real log quotes, is the oracle. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { askOnce, HttpsClient, type HttpsClientOptions } from '../../../agent/outbound/https-client.js'
import {
  byteByByte,
  CA,
  freePort,
  httpsHost,
  type Reply,
  rawPort,
  SILENCE,
  statusReply,
} from '../../support/https-host.js'
import { lacking } from '../../support/needs.js'
import { runProgram } from '../../support/run-program.js'
import { waitUntil } from '../../support/wait-until.js'

const HOST = 'addon-acme.goskope.com'
const PATH = '/a/path'
const OK = '{"status":"success"}'
const MIB = 1_048_576

function optionsFor(port: number, more: Partial<HttpsClientOptions> = {}): HttpsClientOptions {
  return { host: HOST, ip: '127.0.0.1', port, ca: CA, timeoutMs: 2000, ...more }
}

function clientOf(t: Test, port: number, more?: Partial<HttpsClientOptions>): HttpsClient {
  const client = new HttpsClient(optionsFor(port, more))
  t.teardown(() => client.close())
  return client
}

/** A host that answers the one path with this, or does this to each connection. */
type Peer = { readonly reply: Reply; readonly name?: string } | { readonly raw: (socket: Socket) => void }

async function peerPort(t: Test, peer: Peer): Promise<number> {
  if ('raw' in peer) return rawPort(t, peer.raw)
  return (await httpsHost(t, peer.name ?? HOST, new Map([[PATH, peer.reply]]))).port
}

const head = (response: ServerResponse, bytes: number) => response.writeHead(200, { 'content-length': bytes })

const FAILURES: readonly [why: string, Peer, failure: string, curlCode: number][] = [
  ['never answers', { reply: SILENCE }, 'timed-out', 28],
  ['accepts and says nothing', { raw: (socket) => void socket.resume() }, 'timed-out', 28],
  ['sends its answer too slowly', { reply: drip }, 'timed-out', 28],
  [
    'hangs up in the handshake',
    { raw: (socket) => void socket.once('data', () => socket.resetAndDestroy()) },
    'tls',
    35,
  ],
  ['speaks no TLS', { raw: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n') }, 'tls', 35],
  ['has a certificate of another name', { reply: OK, name: 'addon-other.goskope.com' }, 'certificate', 60],
  ['closes without an answer', { reply: (request) => void request.socket.end() }, 'cut-off', 52],
  ['resets instead of an answer', { reply: (request) => reset(request) }, 'cut-off', 56],
  ['closes in mid-answer', { reply: halfAnswer }, 'cut-off', 18],
  ['speaks no HTTP', { reply: (request) => void request.socket.end('220 mail ready\r\n') }, 'malformed', 1],
  [
    'says that its answer is too large',
    { reply: (_, response) => void head(response, MIB + 1).flushHeaders() },
    'too-large',
    63,
  ],
  ['sends 1 MiB and one byte', { reply: pour }, 'too-large', 63],
]

function reset({ socket }: IncomingMessage): void {
  // The TLS socket's own way out says goodbye in order; the raw one below it does not.
  ;(socket as unknown as { readonly _parent: Socket })._parent.resetAndDestroy()
}

function drip(_request: IncomingMessage, response: ServerResponse): void {
  head(response, 1000).write('{')
  const timer = setInterval(() => response.write(' '), 50)
  response.once('close', () => clearInterval(timer))
}

/** Without a content-length. */
function pour(_request: IncomingMessage, response: ServerResponse): void {
  response.flushHeaders()
  response.end(padded(MIB + 1))
}

function halfAnswer(request: IncomingMessage, response: ServerResponse): void {
  head(response, 1000).write('{"status"', () => request.socket.end())
}

/** Short where it is waited for, long where a busy machine must not reach it. */
function patienceMs(failure: string): number {
  return failure === 'timed-out' ? 300 : 5000
}

function padded(bytes: number): string {
  return OK.padEnd(bytes)
}

void t.test('a host that', async (t) => {
  for (const [why, peer, failure, curlCode] of FAILURES) {
    const client = clientOf(t, await peerPort(t, peer), { timeoutMs: patienceMs(failure) })
    t.match(await client.ask({ path: PATH }), { failure, curlCode, detail: /\S/ }, why)
    client.close()
  }
})

void t.test('curl ends with the same code', { skip: lacking('curl') }, async (t) => {
  const caFile = `${t.testdir({ 'ca.pem': CA })}/ca.pem`
  const always = ['-q', '-sf', '--noproxy', '*', '--cacert', caFile, '--max-filesize', `${MIB}`]
  for (const [why, peer, failure, curlCode] of FAILURES) {
    // curl 7.88 bounds what is announced only.
    if (why === 'sends 1 MiB and one byte') continue
    const port = await peerPort(t, peer)
    const { code } = await runProgram('curl', [
      ...always,
      '--max-time',
      `${patienceMs(failure) / 1000}`,
      '--resolve',
      `${HOST}:${port}:127.0.0.1`,
      `https://${HOST}:${port}${PATH}`,
    ])
    t.equal(code, curlCode, why)
  }
})

void t.test('a host that is not there', async (t) => {
  const cases: readonly [why: string, Partial<HttpsClientOptions>, object][] = [
    ['nobody listens', {}, { failure: 'refused', curlCode: 7 }],
    ['the name is none', { ip: `${'x'.repeat(64)}.invalid` }, { failure: 'not-resolved', curlCode: 6 }],
    ['no way leads there', { ip: '255.255.255.255' }, { failure: 'unreachable', curlCode: 7 }],
  ]
  const port = await freePort()
  for (const [why, options, wanted] of cases) t.match(await clientOf(t, port, options).ask({ path: PATH }), wanted, why)
})

void t.test('a certificate of another authority is refused, whatever the environment says', async (t) => {
  const { port, asked } = await httpsHost(t, HOST, new Map([[PATH, OK]]))
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.teardown(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
  const { rootCertificates } = await import('node:tls')
  const answer = await clientOf(t, port, { ca: rootCertificates[0]! }).ask({ path: PATH })
  t.match(answer, { failure: 'certificate', curlCode: 60 })
  t.strictSame(asked, [], 'and nothing was asked, so no key was shown')
})

void t.test('an answer comes whole, up to 1 MiB, however it is cut and whatever its status', async (t) => {
  const host = await httpsHost(t, HOST, new Map([[PATH, padded(MIB)]]))
  const client = clientOf(t, host.port)
  t.match(await client.ask({ path: `${PATH}?a=b` }), { status: 200, body: Buffer.from(padded(MIB)) })
  host.replies.set(PATH, byteByByte(padded(300)))
  t.match(await client.ask({ path: PATH }), { status: 200, body: Buffer.from(padded(300)) })
  host.replies.set(PATH, (_, response) => void response.writeHead(302, { location: '/', 'x-of': 'v 7' }).end(OK))
  t.match(await client.ask({ path: PATH }), { status: 302, headers: { 'x-of': 'v 7' }, body: Buffer.from(OK) })
  t.strictSame(host.asked, [`GET ${PATH}?a=b`, `GET ${PATH}`, `GET ${PATH}`])
  t.equal(host.connections(), 1, 'over one connection')
})

void t.test('a post sends JSON', async (t) => {
  const host = await httpsHost(t, HOST, new Map([[PATH, OK]]))
  t.match(await clientOf(t, host.port).ask({ path: PATH, posted: { event: 'é' } }), { body: Buffer.from(OK) })
  t.strictSame([host.asked, host.posted], [[`POST ${PATH}`], ['{"event":"é"}']])
})

void t.test('a kept connection that is gone when it is used is replaced', async (t) => {
  let requests = 0
  const reply: Reply = (request, response) => (++requests === 2 ? reset(request) : void response.end(OK))
  const { port } = await httpsHost(t, HOST, new Map([[PATH, reply]]))
  const client = clientOf(t, port)
  await client.ask({ path: PATH })
  t.match(await client.ask({ path: PATH }), { body: Buffer.from(OK) })
  t.equal(requests, 3)
})

void t.test('closing ends what is under way, and nothing is asked after it', async (t) => {
  const host = await httpsHost(t, HOST, new Map([[PATH, SILENCE]]))
  const client = clientOf(t, host.port)
  const answer = client.ask({ path: PATH })
  await waitUntil(() => host.asked.length === 1)
  client.close()
  t.match(await answer, { failure: 'closed', curlCode: 42 })
  t.match(await client.ask({ path: PATH }), { failure: 'closed' })
  t.equal(host.asked.length, 1)
  const early = clientOf(t, host.port)
  const connecting = early.ask({ path: PATH })
  early.close()
  t.match(await connecting, { failure: 'closed' }, 'in mid-handshake too')
})

void t.test('what is asked once has a connection of its own, which is closed', async (t) => {
  const host = await httpsHost(t, HOST, new Map([[PATH, statusReply(500)]]))
  for (const connections of [1, 2]) {
    t.match(await askOnce(optionsFor(host.port), { path: PATH }), { status: 500 })
    t.equal(host.connections(), connections)
  }
  await waitUntil(() => host.sockets.size === 0)

  host.replies.set(PATH, SILENCE)
  const stop = new AbortController()
  const answer = askOnce(optionsFor(host.port), { path: PATH }, stop.signal)
  await waitUntil(() => host.asked.length === 3)
  stop.abort()
  t.match(await answer, { failure: 'closed' }, 'an abort ends it')
  t.match(
    await askOnce(optionsFor(host.port), { path: PATH }, stop.signal),
    { failure: 'closed' },
    'and comes too early',
  )
  t.equal(host.connections(), 3)
})
