/** The origins as curl and a raw socket see them: HTTP/1.1, HTTP/2, TLS versions, certificates, and `/whoami`. */

import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { RAW_GREETING } from '../../../scripts/lab/origin.js'
import { testOrigins } from '../../support/lab-origins.js'
import { lacking } from '../../support/needs.js'

const skip = lacking('curl')
const origins = await testOrigins()
t.teardown(() => origins.close())

const WHOAMI: readonly [args: string[], answer: Record<string, unknown>, why: string][] = [
  [
    ['--http2', 'https://box.com/whoami'],
    { host: 'box.com', sni: 'box.com', alpn: 'h2', tlsVersion: 'TLSv1.3', method: 'GET', path: '/whoami' },
    'HTTP/2',
  ],
  [
    ['--http1.1', 'https://www.box.com/whoami?x=1'],
    { host: 'www.box.com', sni: 'www.box.com', alpn: 'http/1.1', tlsVersion: 'TLSv1.3', path: '/whoami' },
    'HTTP/1.1, query left out of the path',
  ],
  [['--tls-max', '1.2', 'https://zoom.us/whoami'], { sni: 'zoom.us', tlsVersion: 'TLSv1.2', alpn: 'h2' }, 'TLS 1.2'],
  [['--no-alpn', 'https://zoom.us/whoami'], { sni: 'zoom.us', alpn: null }, 'no ALPN'],
  [['http://box.com/whoami'], { host: 'box.com', sni: null, alpn: null, tlsVersion: null }, 'plain HTTP'],
  [['-X', 'DELETE', 'https://box.com/whoami'], { method: 'DELETE' }, 'another method'],
  [
    ['-H', 'Host: other.example', 'https://box.com/whoami'],
    { host: 'other.example', sni: 'box.com' },
    'domain fronting',
  ],
  [['--interface', '127.0.0.7', 'http://box.com/whoami'], { from: '127.0.0.7' }, 'the address it was asked from'],
]

void t.test('whoami says what the origin saw', { skip }, async (t) => {
  for (const [args, answer, why] of WHOAMI) {
    const { stdout, stderr } = await origins.curl(...args)
    t.match(JSON.parse(stdout || '{}'), { from: '127.0.0.1', ...answer }, `${why} ${stderr}`)
  }
})

void t.test('a program that does not trust the lab is not deceived', { skip }, async (t) => {
  const { code, stderr } = await origins.curl(
    '--cacert',
    '/dev/null',
    '--capath',
    '/nonexistent',
    'https://box.com/whoami',
  )
  t.ok(code === 60 || code === 77, stderr)
})

void t.test('answers for what is not there', { skip }, async (t) => {
  const status = ['-o', '/dev/null', '-w', '%{http_code}']
  for (const way of ['--http1.1', '--http2']) {
    t.equal((await origins.curl(way, ...status, 'https://box.com/favicon.ico')).stdout, '204')
    const missing = await origins.curl(way, '-w', '\n%{http_code} %{content_type}', 'https://box.com/nope?x')
    t.match(missing.stdout, /\{"error":"[^"]+","path":"\/nope"\}\n\n404 application\/json/)
  }
  t.equal(
    (await origins.curl(...status, 'http://box.com/constructor')).stdout,
    '404',
    'no name of JavaScript is a page',
  )
})

void t.test('a proxy may ask with the whole URL as target', async (t) => {
  const client = connect({ host: '127.0.0.1', port: origins.http.port })
  client.setEncoding('utf8')
  client.end('GET http://box.com/whoami?x HTTP/1.1\r\nHost: box.com\r\nConnection: close\r\n\r\n')
  const chunks: string[] = []
  for await (const chunk of client) chunks.push(chunk)
  t.match(chunks.join(''), /"host":"box\.com","path":"\/whoami"/)
})

void t.test('nonsense ends one connection, not the origin', { skip }, async (t) => {
  for (const port of [origins.http.port, origins.https.port]) {
    for (const bytes of [
      '\x16\x03\x01\xff\xff\x01garbage',
      'NONSENSE\r\n\r\n',
      'GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n',
    ]) {
      const client = connect(port, '127.0.0.1')
      client.on('error', () => {})
      client.resume()
      const closed = once(client, 'close')
      client.end(bytes, 'latin1')
      await closed
    }
  }
  t.equal((await origins.curl('https://box.com/whoami')).code, 0)
  t.equal((await origins.curl('http://box.com/whoami')).code, 0)
})

void t.test('the raw listener greets, echoes, and echoes on after the client has ended', async (t) => {
  const client = connect({ host: '127.0.0.1', port: origins.raw.port, allowHalfOpen: true })
  client.setEncoding('latin1')
  const [greeting] = (await once(client, 'data')) as [string]
  t.equal(greeting, RAW_GREETING)
  const sent = 'x'.repeat(3_000_000)
  client.end(sent)
  const chunks: string[] = []
  for await (const chunk of client) chunks.push(chunk)
  t.equal(chunks.join('').length, sent.length)
})

void t.test('closing ends idle and busy connections at once', { skip }, async (t) => {
  const own = await testOrigins()
  const idle = connect(own.https.port, '127.0.0.1')
  await once(idle, 'connect')
  idle.on('error', () => {})
  const busy = own.curl('http://box.com/slow?ms=60000')
  const idleClosed = once(idle, 'close')
  const kept = connect(own.http.port, '127.0.0.1')
  kept.on('error', () => {})
  kept.write('GET /whoami HTTP/1.1\r\nHost: box.com\r\n\r\n')
  await once(kept, 'data')
  await own.close()
  await idleClosed
  t.not((await busy).code, 0)
  const again = connect(own.http.port, '127.0.0.1')
  await t.rejects(once(again, 'connect'), { code: 'ECONNREFUSED' })
})
