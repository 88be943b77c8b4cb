/** One GET against every kind of server; curl, where it is there, agrees on which of them answered. */

import { getEventListeners } from 'node:events'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { type HttpAnswer, type HttpMeans, httpGet } from '../../../agent/location/http-get.js'
import type { Dialer } from '../../../agent/outbound/dial.js'
import { routeDialer } from '../../../agent/outbound/route-dialer.js'
import { curl } from '../../support/curl.js'
import { CA, freePort, httpsHost } from '../../support/https-host.js'
import { lacking } from '../../support/needs.js'
import { waitUntil } from '../../support/wait-until.js'
import { NO_ANSWERS, says, sends, type WebBehaviour, webPeer } from '../../support/web-peers.js'

/** Long where a busy machine must not reach it. */
const LONG_MS = 5000
const SHORT_MS = 150

const dial = routeDialer({ timeoutMs: LONG_MS })

const warnings: Error[] = []
process.on('warning', (warning) => warnings.push(warning))

/** Asks, by the name of `url`, whoever is at a port of 127.0.0.1. */
async function ask(url: string, port: number, means: Partial<HttpMeans> = {}, ms = LONG_MS): Promise<HttpAnswer> {
  const over = new AbortController()
  const timer = setTimeout(() => over.abort(), ms)
  const answer = await httpGet({ url: new URL(url), ip: '127.0.0.1', port }, { dial, over: over.signal, ...means })
  clearTimeout(timer)
  return answer
}

const ANSWERS: readonly [why: string, WebBehaviour, status: number, body: string][] = [
  ['a 200', says('200 OK', 'hello'), 200, 'hello'],
  ['a 200 without a body', says('200 OK'), 200, ''],
  ['a 200 that ends with its connection', (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'), 200, 'hello'],
  [
    'a 200 in pieces',
    sends('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n'),
    200,
    'hello',
  ],
  [
    'a 200 whose body never ends',
    sends('HTTP/1.1 200 OK\r\n\r\n', { text: 'hello, ', everyMs: 5 }),
    200,
    'hello, hell',
  ],
  ['a 200 with too large a body', says('200 OK', 'x'.repeat(100_000)), 200, 'x'.repeat(11)],
  ['a redirect', says('302 Found', 'there', 'location: http://127.0.0.1:9/\r\n'), 302, ''],
  ['an error', says('500 Oh', 'oh'), 500, ''],
  ['an error whose body never comes', sends('HTTP/1.1 503 Oh\r\ncontent-length: 9\r\n\r\n'), 503, ''],
  ['a 204', (socket) => socket.end('HTTP/1.1 204 No\r\n\r\n'), 204, ''],
]

void t.test('an answer is its status and, of a 200, the first bytes of its body', async (t) => {
  for (const [why, behave, status, body] of ANSWERS) {
    const peer = await webPeer(t, behave)
    t.strictSame(await ask('http://a.corp/', peer.port, { mostBytes: 11 }), { status, body }, why)
    await waitUntil(() => peer.sockets.size === 0)
    t.strictSame(
      await ask('http://a.corp/', peer.port),
      { status, body: '' },
      `${why}, of which only the head is wanted`,
    )
    await waitUntil(() => peer.sockets.size === 0)
  }
})

void t.test('a socket that comes paused, as from a SOCKS5 proxy', async (t) => {
  const peer = await webPeer(t, says('200 OK', 'hello'))
  const paused: Dialer = {
    dial: async (target) => {
      const outcome = await dial.dial(target)
      return 'failure' in outcome ? outcome : { socket: outcome.socket.pause() }
    },
  }
  t.strictSame(await ask('http://a.corp/', peer.port, { dial: paused, mostBytes: 11 }), { status: 200, body: 'hello' })
})

void t.test('no answer is a failure, and leaves no connection', async (t) => {
  for (const [why, behave] of NO_ANSWERS) {
    const peer = await webPeer(t, behave)
    const silent = /says nothing|never|only goes on/.test(why)
    const answer = await ask('http://a.corp/', peer.port, {}, silent ? SHORT_MS : LONG_MS)
    t.match(answer, { failure: silent ? /^was given up$/ : /^(?!was given up)/ }, why)
    await waitUntil(() => peer.sockets.size === 0)
  }
  t.match(await ask('http://a.corp/', await freePort()), { failure: /ECONNREFUSED/ }, 'nobody listens')
})

void t.test('a body that stops half-way is no answer', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'
  const cut = await webPeer(t, (socket) => socket.end(head))
  t.match(await ask('http://a.corp/', cut.port, { mostBytes: 20 }), { failure: 'aborted' }, 'by an end')
  const stuck = await webPeer(t, sends(head))
  const answer = await ask('http://a.corp/', stuck.port, { mostBytes: 20 }, SHORT_MS)
  t.match(answer, { failure: 'was given up' }, 'by silence')
})

void t.test('curl agrees on who answers with what', { skip: lacking('curl') }, async (t) => {
  for (const [why, behave, status] of ANSWERS) {
    if (why.includes('never')) continue
    const { port } = await webPeer(t, behave)
    const { stdout } = await curl(
      '--noproxy',
      '*',
      '-o',
      '/dev/null',
      '-w',
      '%{http_code}',
      `http://127.0.0.1:${port}/`,
    )
    t.equal(stdout, String(status), why)
  }
})

void t.test('what is sent: the name of the URL, its path, and no wish to go on', async (t) => {
  const peer = await webPeer(t, says('200 OK'))
  await ask('http://A.corp:8080/a%20b?c=d#e', peer.port)
  t.strictSame(peer.requests, ['GET /a%20b?c=d HTTP/1.1\r\nhost: a.corp:8080\r\nConnection: close\r\n\r\n'])
})

/** A dialer whose sockets are kept, and who may be slow. */
function watchedDialer(before: () => void | Promise<void> = () => {}): Dialer & { readonly sockets: Socket[] } {
  const sockets: Socket[] = []
  return {
    sockets,
    async dial(request) {
      const outcome = await dial.dial(request)
      if ('socket' in outcome) sockets.push(outcome.socket)
      await before()
      return outcome
    },
  }
}

void t.test('a connection that comes after the end is not used', async (t) => {
  const peer = await webPeer(t, says('200 OK'))
  const over = new AbortController()
  const dialer = watchedDialer(() => over.abort())
  t.match(await ask('http://a.corp/', peer.port, { dial: dialer, over: over.signal }), { failure: 'was given up' })
  t.ok(dialer.sockets[0]?.destroyed)
  t.strictSame(peer.requests, [])
})

void t.test('over TLS the certificate decides', async (t) => {
  const { port, asked, sockets } = await httpsHost(t, 'a.corp', new Map([['/', 'hello']]))
  const dialer = watchedDialer()
  const trusting = { dial: dialer, roots: CA, mostBytes: 9 }
  t.strictSame(await ask('https://a.corp/', port, trusting), { status: 200, body: 'hello' }, 'a good one')
  t.match(await ask('https://b.corp/', port, trusting), { failure: /altnames/ }, 'of another name')
  t.match(await ask('https://127.0.0.1/', port, trusting), { failure: /IP: 127.0.0.1 is not/ }, 'of no address')
  t.match(await ask('https://a.corp/', port, { dial: dialer }), { failure: /certificate/ }, 'of an unknown authority')
  t.match(
    await ask('https://a.corp/', port, { ...trusting, roots: '-----BEGIN CERTIFICATE-----' }),
    { failure: /\S/ },
    'bad roots',
  )
  t.match(await ask('http://a.corp/', port, trusting), { failure: /\S/ }, 'plain HTTP is not what it speaks')
  t.equal(asked.length, 1, 'nobody else was asked')
  t.strictSame(
    dialer.sockets.map(({ destroyed }) => destroyed),
    Array(6).fill(true),
  )
  await waitUntil(() => sockets.size === 0)
})

void t.test('a certificate for an address is good for it', async (t: Test) => {
  const { port } = await httpsHost(t, '127.0.0.1', new Map([['/', 'hello']]))
  t.match(await ask('https://127.0.0.1/', port, { roots: CA }), { status: 200 })
})

void t.test('a server that speaks no TLS, and one that says nothing', async (t) => {
  const plain = await webPeer(t, () => {})
  const answer = await ask('https://a.corp/', plain.port, {}, SHORT_MS)
  t.match(answer, { failure: 'was given up' })
  await waitUntil(() => plain.sockets.size === 0)
})

void t.test('nothing stays at the signal, and Node has nothing to warn of', async (t) => {
  const { port } = await webPeer(t, says('200 OK'))
  const over = new AbortController()
  await ask('http://a.corp/', port, { over: over.signal })
  t.strictSame(getEventListeners(over.signal, 'abort'), [])
  t.strictSame(warnings, [])
})
