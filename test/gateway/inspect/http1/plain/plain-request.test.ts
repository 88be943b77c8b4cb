import fc from 'fast-check'
import t from 'tap'
import { readPlainRequest } from '../../../../../gateway/inspect/http1/plain/plain-request.js'

const read = (text: string) => readPlainRequest(Buffer.from(text, 'latin1'), 'https')
const BROWSER =
  'GET /a/b?c=%20 HTTP/1.1\r\nHost: box.com\r\nConnection: keep-alive\r\nAccept: text/html\r\nCookie: a=b; c=d\r\n\r\n'

void t.test('plain requests, and what is sent on', async (t) => {
  const simple = read('GET / HTTP/1.1\r\nHost: box.com\r\n\r\nrest')
  t.match(simple, { method: 'GET', target: '/', authority: 'box.com', bytes: 0, headLength: 33, isLast: false })
  t.equal(simple?.sendHead, undefined, 'as it came')

  const browser = read(BROWSER)
  t.match(browser, { target: '/a/b?c=%20', accept: 'text/html', isLast: false })
  t.equal(
    browser?.sendHead?.toString(),
    'GET /a/b?c=%20 HTTP/1.1\r\nHost: box.com\r\nAccept: text/html\r\nCookie: a=b; c=d\r\n\r\n',
    'Connection goes no further, the rest is as it was',
  )
  t.match(read('POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\nContent-Type: text/plain\r\n\r\n'), {
    method: 'POST',
    bytes: 12,
    contentType: 'text/plain',
  })
  t.equal(read('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')?.isLast, true)
  t.match(read('GET //a/../%2f HTTP/1.1\r\nHost: a:8443\r\n\r\n'), { target: '//a/../%2f', authority: 'a:8443' })
})

const NOT_PLAIN: readonly (readonly [what: string, text: string])[] = [
  ['a head that is not whole', 'GET / HTTP/1.1\r\nHost: a\r\n'],
  ['chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['both framings', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['an upgrade', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'],
  ['an Upgrade without Connection', 'GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n'],
  ['an expectation', 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n'],
  ['trailers', 'GET / HTTP/1.1\r\nHost: a\r\nTE: trailers\r\n\r\n'],
  ['a header named by Connection', 'GET / HTTP/1.1\r\nHost: a\r\nConnection: X-A\r\nX-A: b\r\n\r\n'],
  ['a header for a proxy', 'GET / HTTP/1.1\r\nHost: a\r\nProxy-Authorization: x\r\n\r\n'],
  ['HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\nAccept: b\r\n\r\n'],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
  ['a Host that is none', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n'],
  ['an absolute target', 'GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['CONNECT', 'CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['an asterisk', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a fragment', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n'],
  ['a list of lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n'],
  ['a signed length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n'],
  ['a folded line', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n'],
  ['space before a colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
  ['a bare LF', 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n'],
  ['a bare CR', 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n'],
  ['NUL', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\x00c\r\n\r\n'],
  ['two spaces in the line', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['empty lines before', '\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a long head', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'b'.repeat(17_000)}\r\n\r\n`],
]

void t.test('all others are for the general way', async (t) => {
  for (const [what, text] of NOT_PLAIN) t.equal(read(text), undefined, what)
})

void t.test('never throws, whatever comes', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(BROWSER.length), (noise, at) => {
      const text = BROWSER.slice(0, at) + noise + BROWSER.slice(at)
      const found = read(text)
      if (found?.sendHead !== undefined) t.notMatch(found.sendHead.toString('latin1'), /\nconnection:/i)
    }),
  )
})
