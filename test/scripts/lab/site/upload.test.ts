/** Request bodies: streamed back, or counted. */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { testOrigins } from '../../../support/lab-origins.js'
import { lacking } from '../../../support/needs.js'
import { runProgram } from '../../../support/run-program.js'

const skip = lacking('curl')
const origins = await testOrigins()
t.teardown(() => origins.close())

const body = Buffer.alloc(
  5_000_001,
  Uint8Array.from({ length: 251 }, (_, k) => k),
)
const WAYS: readonly string[][] = [['http://box.com'], ['--http1.1', 'https://box.com'], ['--http2', 'https://box.com']]

void t.test('echo gives the body back, at every protocol and path below it', { skip }, async (t) => {
  const sent = join(t.testdir(), 'sent')
  const got = join(t.testdirName, 'got')
  await writeFile(sent, body)
  for (const way of WAYS) {
    const url = `${way.at(-1)}/echo/any/where`
    const type = ['-H', 'Content-Type: application/x-lab', '-w', '%{content_type}']
    const result = await origins.curl('--data-binary', `@${sent}`, '-o', got, ...type, ...way.slice(0, -1), url)
    t.equal(result.stdout, 'application/x-lab', way.join(' '))
    t.equal((await runProgram('cmp', [sent, got])).code, 0, way.join(' '))
  }
})

void t.test('echo answers while the body is still coming', async (t) => {
  const client = connect(origins.http.port, '127.0.0.1')
  client.setEncoding('latin1')
  client.write('POST /echo HTTP/1.1\r\nHost: box.com\r\nContent-Length: 10\r\n\r\nfirst')
  let text = ''
  while (!text.includes('first')) text += String((await once(client, 'data'))[0])
  client.write('after')
  while (!text.includes('after')) text += String((await once(client, 'data'))[0])
  t.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  client.destroy()
})

void t.test('count says how much it was and its SHA-256', { skip }, async (t) => {
  const sent = join(t.testdir(), 'sent')
  await writeFile(sent, body)
  const sha256 = createHash('sha256').update(body).digest('hex')
  for (const way of WAYS) {
    const result = await origins.curl('--data-binary', `@${sent}`, ...way.slice(0, -1), `${way.at(-1)}/count`)
    t.strictSame(JSON.parse(result.stdout), { bytes: body.length, sha256 }, way.join(' '))
  }
  const nothing = await origins.curl('-d', '', 'https://box.com/count')
  t.strictSame(JSON.parse(nothing.stdout), { bytes: 0, sha256: createHash('sha256').digest('hex') }, 'an empty body')
})

void t.test('a client that goes away midway ends its own request alone', { skip }, async (t) => {
  for (const path of ['/echo', '/count']) {
    const client = connect(origins.http.port, '127.0.0.1')
    client.write(`POST ${path} HTTP/1.1\r\nHost: box.com\r\nContent-Length: 1000\r\n\r\nsome`)
    await new Promise((resolve) => setImmediate(resolve))
    client.destroy()
  }
  t.equal((await origins.curl('http://box.com/whoami')).code, 0)
})
