import fc from 'fast-check'
import t from 'tap'
import { recognizeFirst } from '../../../../gateway/inspect/first/recognize-first.js'
import { nodeHello } from '../../../support/client-hellos.js'

const hello = await nodeHello('box.com', ['h2', 'http/1.1'])
const bytes = (text: string) => Buffer.from(text, 'latin1')

const CASES: ReadonlyArray<readonly [what: string, first: Buffer, type: string | undefined]> = [
  ['a ClientHello', hello, 'tls'],
  ['half of one', hello.subarray(0, 100), undefined],
  ['its first byte', hello.subarray(0, 1), undefined],
  ['a record of another kind inside', Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]), 'malformed-tls'],
  ['a record without a length', Buffer.from([22, 3, 1, 0, 0]), 'malformed-tls'],
  ['a 22 that is no TLS', Buffer.from([22, 9, 9, 9]), 'opaque'],
  ['a request', bytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n'), 'http'],
  ['a request line alone', bytes('GET / HTTP/1.1\r\n'), 'http'],
  ['a request line with a bare LF: for the parser to refuse', bytes('GET / HTTP/1.1\nHost: a\n\n'), 'http'],
  ['a version nobody speaks: as well', bytes('GET / HTTP/1.7\r\n'), 'http'],
  ['empty lines before a request', bytes('\r\n\r\nGET / HTTP/1.1\r\n'), 'http'],
  ['a method that has begun', bytes('GE'), undefined],
  ['a request line that has begun', bytes('POST /a/b?c HT'), undefined],
  ['a method of an extension', bytes('M-SEARCH * HTTP/1.1\r\n'), 'http'],
  ['HTTP/2 without TLS', bytes('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), 'http2'],
  ['nearly: for the parser to refuse', bytes('PRI * HTTP/2.0\n\nSM\n\n'), 'http'],
  ['a version of another time', bytes('GET / HTTP/3.0\r\n'), 'http'],
  ['HTTP/0.9', bytes('GET /a\r\n'), 'http'],
  ['a memory cache', bytes('get /a\r\n'), 'opaque'],
  ['another', bytes('GET a\r\n'), 'opaque'],
  ['space before it', bytes('\v GET / HTTP/1.1\r\n'), 'http'],
  ['odd space in it', bytes('GET\v/\fHTTP/1.1\r\n'), 'http'],
  ['a bare CR in it', bytes('GET / HTTP/1.1\rHost: a\n'), 'http'],
  ['an odd method', bytes('get_2! / http/1.1\r\n'), 'http'],
  ['git', bytes('0032git-upload-pack /a.git\0host=a\0'), 'opaque'],
  ['an RTSP camera', bytes('DESCRIBE rtsp://a/ RTSP/1.0\r\n'), 'opaque'],
  ['words', bytes('{"id": 1}'), 'opaque'],
  ['a mail client', bytes('EHLO there\r\n'), 'opaque'],
  ['SSH', bytes('SSH-2.0-OpenSSH\r\n'), 'opaque'],
  ['lower case', bytes('get / HTTP/1.1\r\n'), 'http'],
  ['a line without end that is too long', Buffer.alloc(17 * 1024, 'GET /a'), 'http'],
  ['a word that is too long', Buffer.alloc(50, 'GET'), 'opaque'],
]

void t.test('what a flow begins with', async (t) => {
  for (const [what, first, type] of CASES) t.equal(recognizeFirst(first, false)?.type, type, what)
})

void t.test('when no more is to come it is decided', async (t) => {
  t.equal(recognizeFirst(hello.subarray(0, 100), true)?.type, 'malformed-tls')
  t.equal(recognizeFirst(bytes('GET /a'), true)?.type, 'http')
  t.equal(recognizeFirst(bytes('\r\n'), true)?.type, 'http')
})

void t.test('cut anywhere, the answer is the same or not yet there', async (t) => {
  for (const [what, first, type] of CASES)
    for (let length = 1; length < Math.min(first.length, 600); length++) {
      const found = recognizeFirst(first.subarray(0, length), false)?.type
      if (found !== undefined && found !== type) t.fail(`${what}, cut at ${length}: ${found}`)
    }
  t.pass('all cuts')
})

void t.test('never throws, whatever comes', async (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), fc.boolean(), (noise, whole, isTls) => {
      const first = isTls ? Uint8Array.from([22, 3, ...noise]) : noise
      const found = recognizeFirst(first, whole)
      if (whole && first.length > 0) t.ok(found)
    }),
  )
})
