/** Bounds of the HTTP services: bodies, and those who speak no HTTP. */

import { PassThrough, Readable } from 'node:stream'
import t from 'tap'
import { boundedBody, pathAndQuery, refuseUnreadable } from '../../../gateway/services/http-bounds.js'
import { textOf } from '../../support/text-of.js'

void t.test('a body', async (t) => {
  const bodyOf = (...chunks: string[]) => boundedBody(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), 6, 5000)
  t.strictSame(await bodyOf('abc', 'def'), Buffer.from('abcdef'), 'as large as it may be')
  t.strictSame(await bodyOf(), Buffer.alloc(0), 'none')
  t.equal(await bodyOf('abc', 'defg'), 'too-large')

  const broken = new PassThrough()
  broken.write('abc', () => broken.destroy())
  t.equal(await boundedBody(broken, 6, 5000), 'broken-off')
})

void t.test('a body that is too large is read to its end, and one that does not end is ended', async (t) => {
  const large = new PassThrough()
  const body = boundedBody(large, 6, 5000)
  large.end(Buffer.alloc(100_000))
  t.equal(await body, 'too-large')
  t.ok(large.readableEnded)

  const endless = new PassThrough()
  const waited = boundedBody(endless, 6, 0)
  endless.write('abc')
  t.equal(await waited, 'broken-off')
  t.ok(endless.destroyed)
})

void t.test('what cannot be read', async (t) => {
  const cases = [
    ['ERR_HTTP_REQUEST_TIMEOUT', 408],
    ['HPE_HEADER_OVERFLOW', 431],
    ['HPE_INVALID_METHOD', 400],
  ] as const
  for (const [code, status] of cases) {
    const socket = new PassThrough()
    const said = textOf(socket)
    refuseUnreadable(Object.assign(new Error(), { code }), socket)
    const [head = '', body = ''] = (await said).split('\r\n\r\n')
    t.match(head, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*content-length: ${body.length}$`))
    t.match(JSON.parse(body), { status: 'error' })
  }
  const socket = new PassThrough()
  const said = textOf(socket)
  refuseUnreadable(Object.assign(new Error(), { code: 'ECONNRESET' }), socket)
  t.equal(await said, '', 'a connection that is broken hears nothing')
  t.ok(socket.destroyed)
})

void t.test('the target of a request in two', async (t) => {
  t.strictSame(pathAndQuery('/resolve?name=a&b=c?d'), { path: '/resolve', query: 'name=a&b=c?d' }, 'at the first mark')
  t.strictSame(pathAndQuery('/resolve'), { path: '/resolve', query: '' }, 'without one')
})
