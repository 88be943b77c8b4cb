import t from 'tap'
import { checkPortal, type PortalAnswer, type PortalQuestion } from '../../../agent/location/portal-check.js'
import { routeDialer } from '../../../agent/outbound/route-dialer.js'
import { freePort } from '../../support/https-host.js'
import { waitUntil } from '../../support/wait-until.js'
import { NO_ANSWERS, says, sends, type WebBehaviour, webPeer } from '../../support/web-peers.js'

const LONG_MS = 5000
const SHORT_MS = 150
const WORDS = 'netSkope@netSkope'

function question(port: number, changes: Partial<PortalQuestion> = {}): PortalQuestion {
  const dial = routeDialer({ timeoutMs: LONG_MS })
  const host = 'achecker-acme.goskope.com'
  return { host, ip: '127.0.0.1', port, expected: WORDS, dial, timeoutMs: LONG_MS, ...changes }
}

const none: PortalAnswer = { kind: 'none' }
const portal = (code: number): PortalAnswer => ({ kind: 'portal', code })
const unreachable: PortalAnswer = { kind: 'unreachable' }

const ANSWERS: readonly [why: string, WebBehaviour, PortalAnswer][] = [
  ['the words', says('200 OK', WORDS), none],
  ['the words and a line end', says('200 OK', `${WORDS}\r\n`), none],
  [
    'the words in pieces',
    sends(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nn\r\n10\r\n${WORDS.slice(1)}\r\n0\r\n\r\n`),
    none,
  ],
  ['the words with an error: a fault is no portal', says('500 Oh', WORDS), unreachable],
  ['a page that is not there', says('404 No', '<html>'), unreachable],
  ['a redirect to a page to sign in', says('302 Found', '', 'location: http://portal.example/\r\n'), portal(302)],
  ['network authentication required (RFC 6585)', says('511 Sign in', '<html>'), portal(511)],
  ['a page to sign in', says('200 OK', '<html>sign in</html>'), portal(200)],
  ['a page with the words in it', says('200 OK', `<html>${WORDS}</html>`), portal(200)],
  ['a page that begins with the words', says('200 OK', WORDS + 'x'.repeat(100_000)), portal(200)],
  ['a page without an end', sends('HTTP/1.1 200 OK\r\n\r\n', { text: WORDS, everyMs: 5 }), portal(200)],
  ['nothing in the answer', says('200 OK'), portal(200)],
  ['no content', (socket) => socket.end('HTTP/1.1 204 No\r\n\r\n'), portal(204)],
]

void t.test('the checker’s words mean that there is no portal; another page or a redirect is one', async (t) => {
  for (const [why, behave, answer] of ANSWERS) {
    const peer = await webPeer(t, behave)
    t.strictSame(await checkPortal(question(peer.port)), answer, why)
    await waitUntil(() => peer.sockets.size === 0)
  }
})

void t.test('no answer is neither', async (t) => {
  for (const [why, behave] of [...NO_ANSWERS, ['stops half-way', halfway] as const]) {
    const peer = await webPeer(t, behave)
    t.strictSame(await checkPortal(question(peer.port, { timeoutMs: SHORT_MS })), unreachable, why)
    await waitUntil(() => peer.sockets.size === 0)
  }
  t.strictSame(await checkPortal(question(await freePort())), unreachable, 'nobody listens')
})

function halfway(socket: { write(text: string): unknown }): void {
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 17\r\n\r\nnetSkope')
}

void t.test('a slow checker is still one', async (t) => {
  const slow = await webPeer(t, (socket) => void setTimeout(says('200 OK', WORDS), 100, socket))
  t.strictSame(await checkPortal(question(slow.port)), none)
})

void t.test('a checker without words says nothing, and says it with 200', async (t) => {
  const cases = [[says('200 OK'), none] as const, [says('302 Found'), portal(302)] as const]
  for (const [behave, answer] of cases) {
    const { port } = await webPeer(t, behave)
    t.strictSame(await checkPortal(question(port, { expected: '' })), answer)
  }
})

void t.test('it is asked by its name, for /', async (t) => {
  const { port, requests } = await webPeer(t, says('200 OK', WORDS))
  await checkPortal(question(port))
  t.match(requests, [/^GET \/ HTTP\/1\.1\r\nhost: achecker-acme\.goskope\.com\r\n/])
})

void t.test('a host that is no name, a check that is given up, a way out that never comes', async (t) => {
  const { port, requests, sockets } = await webPeer(t, () => {})
  t.strictSame(await checkPortal(question(port, { host: 'a b' })), unreachable)
  t.strictSame(await checkPortal(question(port, { signal: AbortSignal.abort() })), unreachable)
  const stuck = { dial: () => new Promise<never>(() => {}) }
  t.strictSame(await checkPortal(question(port, { dial: stuck, timeoutMs: SHORT_MS })), unreachable)
  t.strictSame(requests, [])
  const over = new AbortController()
  const answer = checkPortal(question(port, { signal: over.signal }))
  await waitUntil(() => sockets.size > 0)
  over.abort()
  t.strictSame(await answer, unreachable)
  await waitUntil(() => sockets.size === 0)
})
