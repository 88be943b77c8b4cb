/** Requests timed over real sockets: TLS, redirects, and hosts that misbehave. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { Endpoint } from '../../../agent/steering/flow.js'
import { MOST_REDIRECTS, type TimingMeans, timeRequest } from '../../../scripts/diag/time-request.js'
import { CA, freePort, httpsHost, SILENCE } from '../../support/https-host.js'
import { httpOrigin } from '../../support/origins.js'

const plain = await httpOrigin()
t.teardown(() => plain.close())

/** Ways to hosts on loopback: port 443 is the one of the test, 80 the plain origin; sockets are paused, as from SOCKS5. */
function means(port: number, change: Partial<TimingMeans> = {}) {
  const asked: string[] = []
  const dialled: Endpoint[] = []
  const way: TimingMeans = {
    resolve: async (host) => {
      asked.push(host)
      return host.endsWith('.example') ? ['192.0.2.7'] : []
    },
    connect: (target) => {
      dialled.push(target)
      return new Promise((resolve) => {
        const socket = connect({ port: target.port === 80 ? plain.port : port, host: '127.0.0.1', allowHalfOpen: true })
        socket.on('error', (error) => resolve({ failure: 'refused', detail: error.message }))
        socket.on('connect', () => resolve({ socket: socket.pause() }))
      })
    },
    roots: [CA],
    now: () => performance.now(),
    withinMs: 10_000,
    ...change,
  }
  return { way, asked, dialled }
}

const to =
  (location: string, status = 302) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, { location }).end('moved')

const host = (t: Test) => httpsHost(t, 'a.example')

void t.test('plain HTTP', async (t) => {
  const { way, asked, dialled } = means(0)
  const timing = await timeRequest('http://a.example/x?y', way)
  t.strictSame(asked, ['a.example'])
  t.strictSame(dialled, [{ ip: '192.0.2.7', port: 80 }])
  t.equal(timing.appConnect, 0)
  t.equal(timing.redirect, 0)
  t.ok(timing.downloadSpeed > 0)
  t.match(plain.seen.at(-1), { url: '/x?y', headers: { host: 'a.example' } })
})

void t.test('HTTPS: the moments come one after the other', async (t) => {
  const { port, replies } = await host(t)
  replies.set('/', 'x'.repeat(300_000))
  const timing = await timeRequest('https://a.example/', means(port).way)
  const { nameLookup, connect, appConnect, pretransfer, starttransfer, total } = timing
  const moments = [nameLookup, connect, appConnect, pretransfer, starttransfer, total]
  t.strictSame(
    moments,
    [...moments].sort((a, b) => a - b),
  )
  t.ok(connect > 0 && appConnect > connect, 'TLS takes its time')
  t.equal(timing.downloadSpeed, Math.round(300_000 / total))
})

void t.test('an address needs no look-up', async (t) => {
  const { way, asked, dialled } = means(0)
  await timeRequest('http://192.0.2.9/', way)
  await timeRequest('http://[2001:db8::9]/', way)
  t.strictSame(asked, [])
  t.strictSame(
    dialled.map(({ ip }) => ip),
    ['192.0.2.9', '2001:db8::9'],
  )
})

void t.test('redirects are followed, to another scheme too', async (t) => {
  const { port, replies, asked } = await host(t)
  replies.set('/1', to('/2', 301)).set('/2', to('//a.example/3', 307)).set('/3', to('http://b.example/4', 308))
  const { way, dialled } = means(port)
  const timing = await timeRequest('https://a.example/1', way)
  t.strictSame(asked, ['GET /1', 'GET /2', 'GET /3'])
  t.strictSame(
    dialled.map(({ port }) => port),
    [443, 443, 443, 80],
  )
  t.ok(timing.redirect > 0 && timing.redirect < timing.total)
})

void t.test('an answer that only looks like a redirect is the end', async (t) => {
  const { port, replies } = await host(t)
  replies.set('/a', to('/b', 201)).set('/c', (_, response) => void response.writeHead(302).end())
  for (const path of ['/a', '/c']) t.equal((await timeRequest(`https://a.example${path}`, means(port).way)).redirect, 0)
})

void t.test('ten redirects are followed, and no more', async (t) => {
  const { port, replies, asked } = await host(t)
  for (let i = 0; i <= MOST_REDIRECTS; i += 1) replies.set(`/${i}`, to(`/${i + 1}`))
  await timeRequest('https://a.example/1', means(port).way)
  t.equal(asked.length, MOST_REDIRECTS + 1, 'and what the last leads to')
  await t.rejects(timeRequest('https://a.example/0', means(port).way), {
    code: 'request-failed',
    exitCode: 1,
    message: 'https://a.example/0 redirects more than 10 times',
  })
})

void t.test('what fails is one sentence', async (t) => {
  const { port, replies } = await host(t)
  replies.set('/silent', SILENCE).set('/cut', (request) => void request.socket.destroy())
  replies.set('/half', (_, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half')
    setImmediate(() => response.destroy())
  })
  replies.set('/ftp', to('ftp://a.example/')).set('/bad', to('http://[/'))
  const nobody = await freePort()
  const cases: readonly [url: string, way: TimingMeans, message: RegExp][] = [
    ['http://nosuch.invalid/', means(port).way, /^the name nosuch\.invalid has no address$/],
    ['https://a.example/', means(nobody).way, /^a\.example refuses the connection$/],
    ['https://a.example/cut', means(port).way, /^https:\/\/a\.example\/cut gave no answer: /],
    ['https://a.example/half', means(port).way, /^https:\/\/a\.example\/half gave no answer: /],
    ['https://a.example/silent', means(port, { withinMs: 50 }).way, /\/silent gave no answer: it took too long$/],
    ['https://b.example/', means(port).way, /^https:\/\/b\.example\/ gave no answer: .*altnames/],
    ['https://a.example/', means(port, { roots: [] }).way, /gave no answer: .*certificate/],
    [
      'https://a.example/ftp',
      means(port).way,
      /redirects to "ftp:\/\/a\.example\/", which is no URL of http or https$/,
    ],
    ['https://a.example/bad', means(port).way, /redirects to "http:\/\/\[\/", which is no URL/],
  ]
  for (const [url, way, message] of cases)
    await t.rejects(timeRequest(url, way), { code: 'request-failed', message }, url)
})
