import fc from 'fast-check'
import t from 'tap'
import { parseHttpHead } from '../../../agent/steering/http-head.js'

const head = (...lines: readonly string[]) => Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')

void t.test('heads that name a host', async (t) => {
  const cases: readonly [why: string, bytes: Buffer, host: string][] = [
    ['a GET', head('GET /a HTTP/1.1', 'Host: box.com', 'Accept: */*'), 'box.com'],
    ['a port and capitals', head('GET / HTTP/1.1', 'hOST:\tBox.com:8080 '), 'box.com'],
    [
      'a body behind',
      Buffer.concat([head('POST / HTTP/1.1', 'Host: box.com', 'Content-Length: 4'), Buffer.from('\n\0\xff\r')]),
      'box.com',
    ],
    ['HTTP/1.0', head('GET / HTTP/1.0', 'Host: box.com'), 'box.com'],
    ['an absolute target wins over Host', head('GET http://box.com/ HTTP/1.1', 'Host: zoom.us'), 'box.com'],
    ['a method of WebDAV', head('VERSION-CONTROL /x HTTP/1.1', 'Host: box.com'), 'box.com'],
    ['no Host', head('GET / HTTP/1.0'), ''],
    ['an empty Host', head('GET / HTTP/1.1', 'Host:'), ''],
    ['an IPv4 address', head('GET / HTTP/1.1', 'Host: 192.0.2.1:80'), ''],
    ['an IPv6 address', head('GET / HTTP/1.1', 'Host: [2001:db8::1]'), ''],
    ['a Host that is no name', head('GET / HTTP/1.1', 'Host: box.com/evil'), ''],
    ['a user in the target', head('GET http://zoom.us@box.com/ HTTP/1.1', 'Host: zoom.us'), ''],
    ['letters beyond ASCII', head('GET / HTTP/1.1', 'Host: b\u00fccher.example'), ''],
  ]
  for (const [why, bytes, host] of cases) t.match(parseHttpHead(bytes), { host }, why)
  t.strictSame(parseHttpHead(head('PUT /x?y HTTP/1.1', 'Host: a.b')), { method: 'PUT', target: '/x?y', host: 'a.b' })
})

void t.test('what is no HTTP/1 request, or not surely one', async (t) => {
  const cases: readonly [why: string, bytes: Buffer][] = [
    ['TLS', Buffer.from('160301', 'hex')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n')],
    ['SMTP', Buffer.from('EHLO mail.example\r\n')],
    ['HTTP/2 with prior knowledge', Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
    ['HTTP/0.9', Buffer.from('GET /\r\n\r\n')],
    ['a method in small letters', head('get / HTTP/1.1')],
    ['bare line feeds', Buffer.from('GET / HTTP/1.1\nHost: box.com\n\n')],
    ['a bare line feed in a header', head('GET / HTTP/1.1', 'Host: zoom.us\nHost: box.com')],
    ['a bare carriage return', head('GET / HTTP/1.1', 'X: y\rHost: box.com')],
    ['a zero byte', head('GET / HTTP/1.1', 'Host: box.com\0')],
    ['two Host headers', head('GET / HTTP/1.1', 'Host: zoom.us', 'Host: box.com')],
    ['a folded line', head('GET / HTTP/1.1', 'Host: zoom.us', ' .box.com')],
    ['space before the colon', head('GET / HTTP/1.1', 'Host : box.com')],
    ['a header without a colon', head('GET / HTTP/1.1', 'Host')],
    ['two spaces in the request line', head('GET  / HTTP/1.1', 'Host: box.com')],
    ['an empty line first', Buffer.from('\r\nGET / HTTP/1.1\r\n\r\n')],
  ]
  for (const [why, bytes] of cases) t.equal(parseHttpHead(bytes), 'not-http', why)
})

void t.test('a head is complete at its last byte and not before', async (t) => {
  const whole = head('OPTIONS http://box.com/ HTTP/1.1', 'Host: box.com', 'X: y')
  const early = Array.from(whole.keys()).filter((length) => parseHttpHead(whole.subarray(0, length)) !== 'need-more')
  t.strictSame(early, [])
})

void t.test('the bound is 16 KiB', async (t) => {
  const endless = Buffer.from(`GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}`)
  t.equal(parseHttpHead(endless.subarray(0, 16_383)), 'need-more')
  t.equal(parseHttpHead(endless.subarray(0, 16_384)), 'not-http')
  t.match(parseHttpHead(Buffer.concat([head('GET / HTTP/1.1', 'Host: box.com'), endless])), { host: 'box.com' })
})

void t.test('random and mutated heads are never decided differently by more bytes', async (t) => {
  const seed = head('GET http://box.com/a HTTP/1.1', 'Host: box.com', 'Accept: */*')
  const mutated = fc
    .array(fc.tuple(fc.nat(), fc.constantFrom(...Buffer.from('\r\n :/GHa.\0\xff', 'latin1'))), {
      minLength: 1,
      maxLength: 3,
    })
    .map((changes) => {
      const bytes = Buffer.from(seed)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      return bytes
    })
  let found = 0
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(text)),
      ),
      fc.nat(120),
      (bytes, cut) => {
        const whole = parseHttpHead(bytes)
        if (typeof whole === 'object') found++
        const prefix = parseHttpHead(bytes.subarray(0, cut))
        return prefix === 'need-more' || JSON.stringify(prefix) === JSON.stringify(whole)
      },
    ),
    { numRuns: 10_000 },
  )
  t.ok(found > 500, `${found} of 10,000 still were heads`)
})
