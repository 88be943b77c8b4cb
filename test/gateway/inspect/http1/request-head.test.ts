import t from 'tap'
import { readRequest, requestHeaders } from '../../../../gateway/inspect/http1/request-head.js'

/** `Name: value` lines as node:http has them. */
const raw = (...lines: readonly string[]) => lines.flatMap((line) => line.split(/: ?(.*)/s).slice(0, 2))
const HOST = 'Host: box.com'

function read(
  url: string,
  headers: readonly string[],
  { method = 'GET', httpVersion = '1.1', scheme = 'http' as 'http' | 'https' } = {},
) {
  return readRequest({ method, url, httpVersion, rawHeaders: raw(...headers) }, scheme, 1000)
}

void t.test('what is read of a head', async (t) => {
  const rest = { 'Content-Type': 'text/plain; a=b', Accept: 'text/html' }
  const headers = ['hOsT: Box.com:8080', ...Object.entries(rest).map(([name, value]) => `${name}: ${value}`)]
  t.match(read('//a/%2f/../?b=%2F', [...headers, 'Content-Length: 5'], { method: 'POST' }), {
    method: 'POST',
    authority: 'Box.com:8080',
    target: '//a/%2f/../?b=%2F',
    contentType: 'text/plain; a=b',
    accept: 'text/html',
    bytes: 5,
    hasBody: true,
    isChunked: false,
    expectsContinue: false,
  })
  t.match(read('/', [HOST]), { bytes: 0, hasBody: false, accept: '', contentType: '', upgrade: '' }, 'no body')
  t.match(
    read('/', [HOST, 'Transfer-Encoding: Chunked']),
    { bytes: undefined, hasBody: true, isChunked: true },
    'chunks',
  )
  t.match(read('/', [HOST, 'Expect: 100-Continue']), { expectsContinue: true })
  t.match(read('/', [HOST, 'Expect: 100-Continue'], { httpVersion: '1.0' }), { expectsContinue: false }, 'not in 1.0')
  t.match(read('*', [HOST], { method: 'OPTIONS' }), { target: '*' })
  t.match(read('/', [], { httpVersion: '1.0' }), { authority: '' }, 'no Host in 1.0')
})

void t.test('a target in absolute form names the host that Host names, and becomes a path', async (t) => {
  const cases: readonly [url: string, host: string, scheme: 'http' | 'https', target: string | undefined][] = [
    ['http://box.com/a?b', 'box.com', 'http', '/a?b'],
    ['HTTP://BOX.com//a', 'box.com', 'http', '//a'],
    ['http://box.com', 'box.com', 'http', '/'],
    ['http://box.com?a', 'box.com', 'http', '/?a'],
    ['http://box.com:80/', 'box.com', 'http', '/'],
    ['https://box.com/', 'box.com:443', 'https', '/'],
    ['http://box.com:8080/', 'box.com:8080', 'http', '/'],
    ['http://zoom.us/', 'box.com', 'http', undefined],
    ['http://box.com:81/', 'box.com', 'http', undefined],
    ['http://box.com@zoom.us/', 'zoom.us', 'http', undefined],
    ['https://box.com/', 'box.com', 'http', undefined],
    ['http://box.com/', 'box.com', 'https', undefined],
    ['ftp://box.com/', 'box.com', 'http', undefined],
    ['http:///a', '', 'http', '/a'],
    ['box.com:80', 'box.com', 'http', undefined],
  ]
  for (const [url, host, scheme, target] of cases) {
    const reading = read(url, [`Host: ${host}`], { scheme })
    t.equal('refused' in reading ? undefined : reading.target, target, `${url} at ${host} over ${scheme}`)
  }
})

void t.test('what two programs could read in two ways is refused', async (t) => {
  const cases: readonly [why: RegExp, headers: readonly string[], httpVersion?: string][] = [
    [/two Host/, [HOST, 'host: box.com']],
    [/no Host/, ['A: b']],
    [/no host/, ['Host: a, b']],
    [/no host/, ['Host: a/b']],
    [/no host/, ['Host: user@a']],
    [/no host/, ['Host: a b']],
    [/no host/, ['Host: a:b']],
    [/no host/, ['Host: [::1']],
    [/other than chunked/, [HOST, 'Transfer-Encoding: gzip, chunked']],
    [/other than chunked/, [HOST, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
    [/other than chunked/, [HOST, 'Transfer-Encoding: identity', 'Transfer-Encoding: chunked']],
    [/other than chunked/, [HOST, 'Transfer-Encoding: ']],
    [/in HTTP\/1.0/, [HOST, 'Transfer-Encoding: chunked'], '1.0'],
    [/two Host/, [HOST, HOST], '1.0'],
    [/HTTP\/2.0/, [HOST], '2.0'],
    [/HTTP\/0.9/, [], '0.9'],
  ]
  for (const [why, headers, httpVersion = '1.1'] of cases)
    t.match(read('/', headers, { httpVersion }), { status: 400, refused: why }, headers.join(' | '))
  t.match(read(`/${'x'.repeat(990)}`, [HOST]), { status: 431 }, 'too long')
  t.match(read(`/${'x'.repeat(970)}`, [HOST]), { authority: 'box.com' }, 'just not too long')
  for (const host of ['box.com', '[::1]:80', '192.0.2.1', 'a_b.c:', 'xn--a.b', ''])
    t.match(read('/', [`Host: ${host}`]), { authority: host }, `${host} is a host`)
})

void t.test('what is sent on', async (t) => {
  const added = {
    forwarded: { xForwardedFor: false, via: false },
    clientIp: '198.51.100.7',
    via: 'ns-us-nyc1',
    host: 'flow.host',
  }
  const all = { xForwardedFor: true, via: true }
  const sent = (
    headers: readonly string[],
    forwarded = added.forwarded,
    { httpVersion = '1.1', switches = false } = {},
  ) => {
    const request = read('/', headers, { httpVersion })
    if ('refused' in request) throw new Error(request.refused)
    const list = requestHeaders(request, { ...added, forwarded }, switches)
    return list.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${list[i + 1]}`] : []))
  }
  t.strictSame(sent(['a: 1', HOST, 'A: 2', 'Connection: keep-alive']), ['a: 1', HOST, 'A: 2'], 'as it came')
  t.strictSame(sent([HOST, 'Connection: close']), [HOST, 'Connection: close'], 'the last request is told to be')
  t.strictSame(sent([HOST, 'TE: trailers, gzip', 'Connection: TE']), [HOST, 'TE: trailers', 'Connection: TE'])
  t.strictSame(sent([HOST, 'TE: gzip', 'Connection: TE']), [HOST], 'no coding but chunks')
  t.strictSame(sent([HOST], all), [HOST, 'X-Forwarded-For: 198.51.100.7', 'Via: 1.1 ns-us-nyc1'])
  const there = [HOST, 'X-Forwarded-For: 10.0.0.1', 'Via: 1.0 a']
  t.strictSame(sent(there, all), [HOST, 'X-Forwarded-For: 10.0.0.1, 198.51.100.7', 'Via: 1.0 a', 'Via: 1.1 ns-us-nyc1'])
  t.strictSame(sent([], undefined, { httpVersion: '1.0' }), ['Host: flow.host'], 'a Host for 1.0 without one')
  t.strictSame(sent([HOST, 'Expect: 100-continue'], undefined, { httpVersion: '1.0' }), [HOST])
  t.strictSame(sent([HOST, 'Transfer-Encoding: chunked', 'Trailer: A']), [
    HOST,
    'Transfer-Encoding: chunked',
    'Trailer: A',
  ])
  const upgrade = [HOST, 'Upgrade: websocket', 'Connection: keep-alive, Upgrade']
  t.strictSame(sent(upgrade, undefined, { switches: true }), [HOST, 'Upgrade: websocket', 'Connection: Upgrade'])
  t.strictSame(sent(upgrade), [HOST], 'an upgrade that is not passed on')
})
