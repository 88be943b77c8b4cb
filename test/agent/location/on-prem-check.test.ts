/** Plans carried out against name servers and web servers that are good, odd, slow or away. */

import t, { type Test } from 'tap'
import { checkOnPrem, type OnPremAnswer, type OnPremMeans } from '../../../agent/location/on-prem-check.js'
import type { OnPremPlan } from '../../../agent/location/on-prem-plan.js'
import { routeDialer } from '../../../agent/outbound/route-dialer.js'
import { CA, freePort, httpsHost } from '../../support/https-host.js'
import { waitUntil } from '../../support/wait-until.js'
import { NO_ANSWERS, says, sends, type WebBehaviour, type WebPeer, webPeer } from '../../support/web-peers.js'

const LONG_MS = 5000
const SHORT_MS = 200

const warnings: Error[] = []
process.on('warning', (warning) => warnings.push(warning))

const never = () => new Promise<never>(() => {})

/** Names of these tests; all else has no address. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'a.corp': ['127.0.0.1'],
  'two.corp': ['127.0.0.9', '127.0.0.1'],
  'v6.corp': ['2001:DB8:0:0::1'],
  'mapped.corp': ['::ffff:10.0.0.1'],
  'odd.corp': ['not an address', '10.0.0.1'],
}

function means(changes: Partial<OnPremMeans> = {}): OnPremMeans {
  return {
    resolve: async (host) => NAMES[host] ?? [],
    dial: routeDialer({ timeoutMs: LONG_MS }),
    signal: new AbortController().signal,
    ...changes,
  }
}

const dns = (host: string, ...ips: string[]): OnPremPlan => ({ kind: 'dns', host, ips, ignored: [] })
const http = (urls: readonly string[], timeoutMs = LONG_MS): OnPremPlan => ({
  kind: 'http',
  urls,
  timeoutMs,
  ignored: [],
})

/** Every sentence is one a user can read. */
function isSentence(t: Test, { why }: OnPremAnswer): void {
  t.match(why, /^\S.*\S$/, why)
}

void t.test('nothing is configured', async (t) => {
  t.strictSame(await checkOnPrem({ kind: 'none' }, means()), {
    location: 'off-prem',
    why: 'On-premises detection is not configured',
  })
})

void t.test('by DNS', async (t) => {
  const cases: readonly [why: string, plan: OnPremPlan, location: string, said: RegExp][] = [
    ['the address', dns('a.corp', '127.0.0.1'), 'on-prem', /a\.corp has the address 127\.0\.0\.1/],
    ['another', dns('a.corp', '127.0.0.2'), 'off-prem', /127\.0\.0\.1, which is not one/],
    ['one of several', dns('a.corp', '127.0.0.2', '127.0.0.1'), 'on-prem', /./],
    ['the second of two', dns('two.corp', '127.0.0.1'), 'on-prem', /the address 127\.0\.0\.1/],
    ['an IPv6 address in another spelling', dns('v6.corp', '2001:db8::1'), 'on-prem', /./],
    ['an IPv4 address dressed as IPv6', dns('mapped.corp', '10.0.0.1'), 'on-prem', /./],
    ['an answer that is none, and one that is', dns('odd.corp', '10.0.0.1'), 'on-prem', /./],
    ['only answers that are none', dns('odd.corp', '10.0.0.2'), 'off-prem', /./],
    ['no address', dns('none.corp', '10.0.0.1'), 'off-prem', /none\.corp has no address/],
    ['nothing that would do', dns('a.corp'), 'off-prem', /./],
  ]
  for (const [why, plan, location, said] of cases) {
    const answer = await checkOnPrem(plan, means())
    t.match(answer, { location, why: said }, why)
    isSentence(t, answer)
  }
})

void t.test('a resolver that fails, and one that is given up', async (t) => {
  const failing = means({ resolve: () => Promise.reject(new Error('no')) })
  t.match(await checkOnPrem(dns('a.corp', '127.0.0.1'), failing), { location: 'off-prem', why: /has no address/ })
  const over = new AbortController()
  const answer = checkOnPrem(dns('a.corp', '127.0.0.1'), means({ resolve: never, signal: over.signal }))
  over.abort()
  t.strictSame(await answer, { location: 'off-prem', why: 'The check was given up' })
})

void t.test('a resolver that says nothing is waited for five seconds', async (t) => {
  const begun = performance.now()
  const answer = await checkOnPrem(dns('a.corp', '127.0.0.1'), means({ resolve: never }))
  const took = performance.now() - begun
  t.match(answer, { location: 'off-prem', why: /^Nobody said within 5 s what address a\.corp has$/ })
  t.ok(took > 4900 && took < 7000, `${took} ms`)
})

void t.test('what the file had wrong is said when it is off premises', async (t) => {
  const cases: readonly [plan: OnPremPlan, why: string][] = [
    [
      { kind: 'dns', host: 'a.corp', ips: ['10.0.0.1'], ignored: ['10.0.0.300'] },
      'a.corp has the address 127.0.0.1, which is not one of the configured (not usable: "10.0.0.300")',
    ],
    [
      { kind: 'http', urls: [], timeoutMs: LONG_MS, ignored: ['a b', 'x'.repeat(1000), 'y'] },
      'No host can be asked (not usable: "a b" and 2 more)',
    ],
    [
      { kind: 'http', urls: [], timeoutMs: LONG_MS, ignored: ['x'.repeat(1000)] },
      `No host can be asked (not usable: "${'x'.repeat(60)}")`,
    ],
  ]
  for (const [plan, why] of cases) t.strictSame(await checkOnPrem(plan, means()), { location: 'off-prem', why })
  const good = await checkOnPrem({ kind: 'dns', host: 'a.corp', ips: ['127.0.0.1'], ignored: ['x'] }, means())
  t.strictSame(good, { location: 'on-prem', why: 'a.corp has the address 127.0.0.1' })
})

const ANSWERS: readonly [why: string, WebBehaviour, location: string, said: RegExp][] = [
  ['200', says('200 OK', 'hello'), 'on-prem', /answered 200/],
  ['200 whose body never ends', sends('HTTP/1.1 200 OK\r\n\r\n', { text: 'x', everyMs: 5 }), 'on-prem', /./],
  ['204', (socket) => socket.end('HTTP/1.1 204 No\r\n\r\n'), 'off-prem', /answered 204/],
  ['a redirect', says('302 Found', '', 'location: /\r\n'), 'off-prem', /answered 302/],
  ['401', says('401 Who'), 'off-prem', /answered 401/],
  ['500', says('500 Oh'), 'off-prem', /answered 500/],
]

void t.test('by HTTP: 200, and nothing else', async (t) => {
  for (const [why, behave, location, said] of ANSWERS) {
    const peer = await webPeer(t, behave)
    const answer = await checkOnPrem(http([`http://a.corp:${peer.port}/`]), means())
    t.match(answer, { location, why: said }, why)
    isSentence(t, answer)
    await waitUntil(() => peer.sockets.size === 0)
    t.equal(peer.requests.length, 1, 'asked once')
  }
})

void t.test('by HTTP: whatever is no answer', async (t) => {
  for (const [why, behave] of NO_ANSWERS) {
    const peer = await webPeer(t, behave)
    const answer = await checkOnPrem(http([`http://a.corp:${peer.port}/`], SHORT_MS), means())
    t.match(answer, { location: 'off-prem', why: /^No host answered 200/ }, why)
    isSentence(t, answer)
    await waitUntil(() => peer.sockets.size === 0)
  }
  const refused = await checkOnPrem(http([`http://a.corp:${await freePort()}/`]), means())
  t.match(refused, { location: 'off-prem', why: /ECONNREFUSED/ }, 'nobody listens')
  t.match(await checkOnPrem(http(['http://none.corp/']), means()), { why: /none\.corp\/ has no address/ })
})

void t.test('all hosts are asked at once; the first 200 decides and ends the others', async (t) => {
  const silent = await Promise.all(Array.from({ length: 14 }, () => webPeer(t, () => {})))
  const peers: readonly WebPeer[] = [...silent, await webPeer(t, says('500 Oh')), await webPeer(t, says('200 OK'))]
  const urls = peers.map(({ port }) => `http://a.corp:${port}/`)
  const answer = await checkOnPrem(http(urls), means())
  t.strictSame(answer, { location: 'on-prem', why: `${urls.at(-1)} answered 200` })
  await waitUntil(() => peers.every(({ sockets }) => sockets.size === 0))
  t.strictSame(warnings, [], 'Node has nothing to warn of')
})

void t.test('no host says 200: the first is quoted', async (t) => {
  const ports = await Promise.all(
    ['500 Oh', '404 No', '403 No'].map(async (status) => (await webPeer(t, says(status))).port),
  )
  const { why } = await checkOnPrem(http(ports.map((port) => `http://a.corp:${port}/`)), means())
  t.equal(why, `No host answered 200: http://a.corp:${ports[0]}/ answered 500, and 2 more did not either`)
})

void t.test('the time-out covers names, connections and answers', async (t) => {
  const silent = await webPeer(t, () => {})
  const urls = [`http://a.corp:${silent.port}/`]
  const late = { location: 'off-prem', why: 'No host answered 200 within 0.2 s' }
  const slow: readonly [why: string, changes: Partial<OnPremMeans>][] = [
    ['a server', {}],
    ['a name server', { resolve: never }],
    ['a way out', { dial: { dial: never } }],
  ]
  for (const [why, changes] of slow) t.strictSame(await checkOnPrem(http(urls, SHORT_MS), means(changes)), late, why)
  const over = new AbortController()
  const answer = checkOnPrem(http(urls), means({ signal: over.signal }))
  await waitUntil(() => silent.sockets.size > 0)
  over.abort()
  t.strictSame(await answer, { location: 'off-prem', why: 'The check was given up' })
  await waitUntil(() => silent.sockets.size === 0)
})

void t.test('every address of a name is tried, and an address needs no name', async (t) => {
  const { port } = await webPeer(t, says('200 OK'))
  t.match(await checkOnPrem(http([`http://two.corp:${port}/`]), means()), { location: 'on-prem' })
  const asking = means({ resolve: () => Promise.reject(new Error('must not be asked')) })
  t.match(await checkOnPrem(http([`http://127.0.0.1:${port}/`]), asking), { location: 'on-prem' })
})

void t.test('no further address is tried when time is up', async (t) => {
  const { port } = await webPeer(t, () => {})
  const dialled: string[] = []
  const direct = means().dial
  const dial: OnPremMeans['dial'] = {
    dial: (request) => {
      dialled.push(request.ip)
      return direct.dial({ ...request, ip: '127.0.0.1' })
    },
  }
  await checkOnPrem(http([`http://two.corp:${port}/`], SHORT_MS), means({ dial }))
  await new Promise((resolve) => setImmediate(resolve))
  t.strictSame(dialled, ['127.0.0.9'])
})

void t.test('a URL without a port means that of its scheme', async (t) => {
  const dialled: number[] = []
  const dial: OnPremMeans['dial'] = {
    dial: async ({ port }) => {
      dialled.push(port)
      return { failure: 'refused', detail: 'refused' }
    },
  }
  await checkOnPrem(http(['http://a.corp/', 'https://a.corp/', 'http://[::1]:8080/']), means({ dial }))
  t.strictSame(dialled.sort(), [443, 80, 8080].sort())
})

void t.test('by HTTPS: 200 from a host whose certificate is good', async (t) => {
  const { port } = await httpsHost(t, 'a.corp', new Map([['/', 'hello']]))
  const plan = http([`https://a.corp:${port}/`])
  t.match(await checkOnPrem(plan, means({ roots: CA })), { location: 'on-prem' })
  t.match(await checkOnPrem(plan, means()), { location: 'off-prem', why: /certificate/ })
})
