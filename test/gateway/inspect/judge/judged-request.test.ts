import fc from 'fast-check'
import t from 'tap'
import { hostOf, judgedRequest, mediaType } from '../../../../gateway/inspect/judge/judged-request.js'
import { CONNECTION, FLOW, HEAD, judgingWorld, NOW, PLAIN } from '../../../support/judged.js'

void t.test('the host of an authority', async (t) => {
  const cases: [authority: string, host: string, what: string][] = [
    ['box.com', 'box.com', 'a name'],
    ['BOX.com.', 'box.com', 'in the one spelling'],
    ['box.com:8443', 'box.com', 'the port is no part of it'],
    ['box.com:', 'box.com', 'nor is an empty one'],
    ['bücher.example', 'xn--bcher-kva.example', 'a name beyond ASCII'],
    ['192.0.2.7:80', '192.0.2.7', 'an IPv4 address'],
    ['[2001:DB8:0:0::1]:443', '2001:db8::1', 'an IPv6 address, as the system writes it'],
    ['[::ffff:192.0.2.7]', '192.0.2.7', 'an IPv4 address in IPv6 clothes'],
    ['', '', 'none'],
    ['2001:db8::1', '', 'IPv6 without brackets is no authority'],
    ['[fe80::1%25eth0]', '', 'a zone'],
    ['[box.com]', '', 'a name in brackets'],
    ['anna@box.com', '', 'a user'],
    ['box.com/evil.com', '', 'a path'],
    ['box.com:80:90', '', 'two ports'],
    ['box.com evil.com', '', 'two names'],
    ['box.com\u0000.evil.com', '', 'a NUL'],
    ['a..b', '', 'an empty label'],
  ]
  for (const [authority, host, what] of cases) t.equal(hostOf(authority), host, what)
})

void t.test('whatever is no host is no host: the result is one, or nothing', async () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => /^(?:[a-z0-9_.-]+|[0-9a-f:]+)?$/.test(hostOf(text))),
    { numRuns: 500 },
  )
})

void t.test('media types', async (t) => {
  t.equal(mediaType('Application/JSON; charset=utf-8'), 'application/json')
  t.equal(mediaType(' text/html '), 'text/html')
  t.equal(mediaType(''), '')
})

void t.test('a request and what is known of it', async (t) => {
  const { parts } = judgingWorld()
  const head = { ...HEAD, authority: 'Box.com:443', contentType: 'Text/Plain;x', bytes: 12 }
  t.strictSame(judgedRequest(CONNECTION, head, parts), {
    connection: CONNECTION,
    id: 'request-1',
    startedMs: NOW,
    time: '2026-11-24T08:00:00.005Z',
    method: 'GET',
    host: 'box.com',
    path: '/files/a',
    url: 'https://Box.com:443/files/a?b=c',
    category: 'Cloud Storage',
    contentType: 'text/plain',
    bytes: 12,
    accept: 'text/html',
  })
})

void t.test('host, path and URL of odd requests', async (t) => {
  const { parts } = judgingWorld()
  const unnamed = { ...PLAIN, flow: { ...FLOW, host: '', ip: '2001:db8::7' } }
  const cases = [
    [CONNECTION, { authority: '', target: '/x' }, 'box.com', '/x', 'https://box.com/x', 'no Host: the SNI'],
    [CONNECTION, { authority: 'a b', target: '/x' }, 'box.com', '/x', 'https://a b/x', 'no host in it: the SNI'],
    [PLAIN, { authority: '', target: '/x' }, 'box.com', '/x', 'http://box.com/x', 'no TLS either: what the agent says'],
    [unnamed, { authority: '', target: '/' }, '2001:db8::7', '/', 'http://[2001:db8::7]/', 'who knows: the address'],
    [
      PLAIN,
      { authority: 'x.example', target: '/' },
      'x.example',
      '/',
      'http://x.example/',
      'Host over all without TLS',
    ],
    [CONNECTION, { authority: 'box.com', target: '*' }, 'box.com', '/', 'https://box.com/', 'OPTIONS *'],
    [CONNECTION, { authority: 'box.com', target: '' }, 'box.com', '/', 'https://box.com/', 'an empty target'],
    [
      CONNECTION,
      { authority: 'box.com', target: '/%2e?' },
      'box.com',
      '/%2e',
      'https://box.com/%2e?',
      'as it was sent',
    ],
    [CONNECTION, { authority: 'box.com', target: '/a?b?c' }, 'box.com', '/a', 'https://box.com/a?b?c', 'two marks'],
  ] as const
  for (const [connection, head, host, path, url, what] of cases)
    t.match(judgedRequest(connection, { ...HEAD, ...head }, parts), { host, path, url }, what)
})
