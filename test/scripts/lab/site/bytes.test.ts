/** Downloads of any length: the right bytes, as fast as they are read and no faster, in constant memory. */

import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { testOrigins } from '../../../support/lab-origins.js'
import { lacking } from '../../../support/needs.js'

const skip = lacking('curl')
const origins = await testOrigins()
t.teardown(() => origins.close())

const MIB = 1024 * 1024
const WAYS = ['http://box.com', '--http1.1 https://box.com', '--http2 https://box.com'].map((way) => way.split(' '))

function url(way: readonly string[], path: string): string[] {
  return [...way.slice(0, -1), `${way.at(-1)}${path}`]
}

void t.test('byte k is k modulo 256, for lengths around the block', async (t) => {
  for (const length of [0, 1, 255, 262_143, 262_144, 262_145, 700_001]) {
    const answer = await fetch(`http://127.0.0.1:${origins.http.port}/bytes/${length}`)
    const body = Buffer.from(await answer.arrayBuffer())
    t.equal(answer.headers.get('content-length'), String(length))
    t.equal(body.length, length)
    t.ok(
      body.every((byte, k) => byte === (k & 0xff)),
      `${length} bytes`,
    )
  }
})

void t.test('64 MiB arrive whole over every protocol, in constant memory', { skip }, async (t) => {
  for (const way of WAYS) {
    await origins.curl('-o', '/dev/null', ...url(way, `/bytes/${4 * MIB}`))
    const before = process.memoryUsage().rss
    const sizes = ['-o', '/dev/null', '-w', '%{http_code} %{size_download}']
    t.equal((await origins.curl(...sizes, ...url(way, `/bytes/${64 * MIB}`))).stdout, `200 ${64 * MIB}`, way.join(' '))
    const growth = (process.memoryUsage().rss - before) / MIB
    t.ok(growth < 32, `${way.join(' ')}: ${growth.toFixed(1)} MiB more`)
  }
})

void t.test('a reader that stops makes the origin wait', async (t) => {
  const client = connect(origins.http.port, '127.0.0.1')
  client.write('GET /bytes/10737418240 HTTP/1.1\r\nHost: box.com\r\n\r\n')
  await once(client, 'readable')
  client.pause()
  const before = process.memoryUsage().rss
  // Other downloads go on meanwhile: the origin has had every chance to write.
  for (let n = 0; n < 20; n++) await (await fetch(`http://127.0.0.1:${origins.http.port}/bytes/${MIB}`)).arrayBuffer()
  t.ok(process.memoryUsage().rss - before < 64 * MIB)
  client.destroy()
})

void t.test('HEAD says how long it would be', { skip }, async (t) => {
  for (const way of WAYS) {
    const { stdout } = await origins.curl('-I', ...url(way, '/bytes/10737418240'))
    t.match(stdout, /^HTTP\/[12.]+ 200/)
    t.match(stdout, /content-length: 10737418240\r\n/)
  }
})

void t.test('what is no length up to 10 GiB is refused', { skip }, async (t) => {
  for (const length of ['10737418241', '99999999999999999999', '-1', '1.5', '0x10', '1e3', '', 'abc', '1/2', '%31']) {
    const { stdout } = await origins.curl('-w', '%{http_code}', `https://box.com/bytes/${length}`)
    t.match(stdout, /the length must be a whole number from 0 to 10737418240.*\s400$/, JSON.stringify(length))
  }
})

void t.test('clients that go away midway leave the origin well', { skip }, async (t) => {
  for (const way of WAYS) {
    const { code } = await origins.curl('--max-time', '0.3', '-o', '/dev/null', ...url(way, '/bytes/10737418240'))
    t.equal(code, 28, way.join(' '))
  }
  for (let n = 0; n < 20; n++) {
    const client = connect(origins.http.port, '127.0.0.1')
    client.write('GET /bytes/10737418240 HTTP/1.1\r\nHost: box.com\r\n\r\n')
    await once(client, 'data')
    client.resetAndDestroy()
  }
  t.equal((await fetch(`http://127.0.0.1:${origins.http.port}/bytes/3`)).status, 200)
})
