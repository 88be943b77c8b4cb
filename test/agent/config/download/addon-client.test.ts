/** The client against hosts that are away, slow, hostile or somebody else; curl, which the real log quotes, is the oracle. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import type { AddonClientOptions } from '../../../../agent/config/download/addon-client.js'
import { brandingRequest, configurationRequests, statusRequest } from '../../../../agent/config/download/endpoints.js'
import { listening } from '../../../support/loopback.js'
import { lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'
import { waitUntil } from '../../../support/wait-until.js'
import { addonHost, CA, clientOf, HOST, KEYS, type Reply, refusal } from './addon-host.js'

const [CONFIG] = configurationRequests(KEYS)
const PATH = CONFIG!.path
const OK = '{"status":"success"}'
const MIB = 1_048_576

/** A host that answers the one path with this, or does this to each connection. */
type Peer = { readonly reply: Reply; readonly name?: string } | { readonly raw: (socket: Socket) => void }

async function peerPort(t: Test, peer: Peer): Promise<number> {
  if ('reply' in peer) return (await addonHost(t, new Map([[PATH, peer.reply]]), peer.name)).port
  const listener = await listening(createServer(peer.raw))
  t.teardown(listener.close)
  return listener.port
}

async function freePort(): Promise<number> {
  const listener = await listening(createServer())
  await listener.close()
  return listener.port
}

const head = (response: ServerResponse, bytes: number) => response.writeHead(200, { 'content-length': bytes })

const FAILURES: readonly [why: string, Peer, failure: string, curlCode: number, detail?: RegExp][] = [
  ['never answers', { reply: () => {} }, 'timed-out', 28],
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
  [
    'refuses in HTML',
    { reply: (_, response) => void response.writeHead(502).end('<html>') },
    'http',
    22,
    /^HTTP status 502$/,
  ],
  ['redirects', { reply: (_, response) => void response.writeHead(302, { location: '/' }).end() }, 'http', 22],
  ['refuses in JSON', { reply: refusal(403, 'Wrong key') }, 'rejected', 22, /^Wrong key$/],
  ['refuses in JSON that looks like success', { reply: refusal(200, 'Wrong key') }, 'rejected', 0],
  ['answers with a portal', { reply: '<html>sign in</html>' }, 'malformed', 0, /not a JSON object/],
  ['answers with nothing', { reply: '' }, 'malformed', 0],
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
  for (const [why, peer, failure, curlCode, detail] of FAILURES) {
    const client = clientOf(t, await peerPort(t, peer), { timeoutMs: patienceMs(failure) })
    const answer = await client.ask(CONFIG!)
    t.match(answer, { failure, curlCode, detail: detail ?? /\S/ }, why)
    client.close()
  }
})

void t.test('curl ends with the same code', { skip: lacking('curl') }, async (t) => {
  const caFile = `${t.testdir({ 'ca.pem': CA })}/ca.pem`
  const always = ['-q', '-sf', '--noproxy', '*', '--cacert', caFile, '--max-filesize', `${MIB}`]
  for (const [why, peer, failure, curlCode] of FAILURES) {
    // curl 7.88 bounds what is announced only, has no opinion on content, and -f leaves 3xx alone.
    if (curlCode === 0 || why === 'sends 1 MiB and one byte' || why === 'redirects') continue
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
  const cases: readonly [why: string, Partial<AddonClientOptions>, object][] = [
    ['nobody listens', {}, { failure: 'refused', curlCode: 7 }],
    ['the name is none', { ip: `${'x'.repeat(64)}.invalid` }, { failure: 'not-resolved', curlCode: 6 }],
    ['no way leads there', { ip: '255.255.255.255' }, { failure: 'unreachable', curlCode: 7 }],
  ]
  const port = await freePort()
  for (const [why, options, wanted] of cases) t.match(await clientOf(t, port, options).ask(CONFIG!), wanted, why)
})

void t.test('a certificate of another authority is refused, whatever the environment says', async (t) => {
  const { port, asked } = await addonHost(t, new Map([[PATH, OK]]))
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  t.teardown(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
  const { rootCertificates } = await import('node:tls')
  const answer = await clientOf(t, port, { ca: rootCertificates[0]! }).ask(CONFIG!)
  t.match(answer, { failure: 'certificate', curlCode: 60 })
  t.strictSame(asked, [], 'and nothing was asked, so no key was shown')
})

void t.test('a good answer comes whole, up to 1 MiB, with the version it says', async (t) => {
  const host = await addonHost(t, new Map([[PATH, padded(MIB)]]))
  const client = clientOf(t, host.port)
  t.match(await client.ask(CONFIG!), { body: Buffer.from(padded(MIB)), version: undefined })
  host.replies.set(PATH, (_, response) => void response.setHeader('x-steerlab-config-version', 'v 7').end(OK))
  t.match(await client.ask(CONFIG!), { body: Buffer.from(OK), version: 'v 7' })
  const query = `orgkey=${KEYS.orgKey}&hashkey=${KEYS.userKey}&tenantconfig=1`
  t.strictSame(host.asked, Array(2).fill(`GET ${PATH}?${query}`))
  t.equal(host.sockets.size, 1, 'over one connection')
})

void t.test('a post sends JSON, and parameters are encoded', async (t) => {
  const host = await addonHost(t, new Map([[statusRequest(KEYS).path, OK]]))
  const client = clientOf(t, host.port)
  t.match(await client.ask(statusRequest(KEYS), { event: 'é' }), { body: Buffer.from(OK) })
  await client.ask(brandingRequest('a&b', 'x+y@acme.example'))
  t.strictSame(host.posted, ['{"event":"é"}'])
  t.match(host.asked[1], /\?orgkey=a%26b&email=x%2By%40acme.example$/)
})

void t.test('a kept connection that is gone when it is used is replaced', async (t) => {
  let requests = 0
  const reply: Reply = (request, response) => (++requests === 2 ? reset(request) : void response.end(OK))
  const host = await addonHost(t, new Map([[PATH, reply]]))
  const client = clientOf(t, host.port)
  await client.ask(CONFIG!)
  t.match(await client.ask(CONFIG!), { body: Buffer.from(OK) })
  t.equal(requests, 3)
})

void t.test('the host shows no key in what it says', async (t) => {
  const message = `no ${KEYS.userKey} in\n${KEYS.orgKey} `.repeat(30)
  const { port } = await addonHost(t, new Map([[PATH, refusal(403, message)]]))
  const answer = await clientOf(t, port).ask(CONFIG!)
  t.match(answer, { failure: 'rejected', detail: /^no \*\*\* in \*\*\* no .{150,190}\.\.\.$/ })
  t.notMatch(answer, { detail: /KEY/ })
})

void t.test('closing ends what is under way, and nothing is asked after it', async (t) => {
  const host = await addonHost(t, new Map([[PATH, () => {}]]))
  const client = clientOf(t, host.port)
  const answer = client.ask(CONFIG!)
  await waitUntil(() => host.asked.length === 1)
  client.close()
  t.match(await answer, { failure: 'closed', curlCode: 42 })
  t.match(await client.ask(CONFIG!), { failure: 'closed' })
  t.equal(host.asked.length, 1)
  const early = clientOf(t, host.port)
  const connecting = early.ask(CONFIG!)
  early.close()
  t.match(await connecting, { failure: 'closed' }, 'in mid-handshake too')
})
