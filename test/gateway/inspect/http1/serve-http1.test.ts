import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { PairEnd } from '../../../../agent/capture/duplex-pair.js'
import { serveHttp1 } from '../../../../gateway/inspect/http1/serve-http1.js'
import { curl } from '../../../support/curl.js'
import { conversation, inspected } from '../../../support/inspected-http1.js'
import { closed, readUntil } from '../../../support/loopback.js'
import { httpOrigin } from '../../../support/origins.js'
import { get, origin, rawOrigin } from '../../../support/proxied-origins.js'
import { recordingJudge } from '../../../support/recording-judge.js'

const web = await httpOrigin()
t.teardown(web.close)

void t.test('curl: methods, bodies and paths arrive as they are, over one line', async (t) => {
  const lab = await inspected(t, web.port)
  const at = (path: string) => `http://127.0.0.1:${lab.port}${path}`
  const host = ['-H', 'Host: box.com']
  const cases: readonly [why: string, args: readonly string[], answer: string][] = [
    ['GET', [at('/a?b=//c')], 'GET /a?b=//c box.com 0'],
    ['slashes', ['--path-as-is', at('//a///b/../%2f%2F')], 'GET //a///b/../%2f%2F box.com 0'],
    ['odd characters', ['-g', at('/{a|b}?"[c]')], 'GET /{a|b}?"[c] box.com 0'],
    ['an asterisk', ['-X', 'OPTIONS', '--request-target', '*', at('/')], 'OPTIONS * box.com 0'],
    ['POST', ['-d', 'hello', at('/p')], 'POST /p box.com 5'],
    ['POST in chunks', ['-H', 'Transfer-Encoding: chunked', '-d', 'hello', at('/p')], 'POST /p box.com 5'],
    ['POST that waits', ['-H', 'Expect: 100-continue', '-d', 'hello', at('/p')], 'POST /p box.com 5'],
    ['an empty POST', ['-X', 'POST', at('/p')], 'POST /p box.com 0'],
    ['DELETE with a body', ['-X', 'DELETE', '-d', 'hello', at('/d')], 'DELETE /d box.com 5'],
    ['GET with a body', ['-X', 'GET', '-d', 'hello', at('/g')], 'GET /g box.com 5'],
    ['PROPFIND', ['-X', 'PROPFIND', at('/')], 'PROPFIND / box.com 0'],
    ['an offer of h2c', ['--http2', at('/h2')], 'GET /h2 box.com 0'],
    ['an offer of h2c with a body', ['--http2', '-d', 'hello', at('/h2')], 'POST /h2 box.com 5'],
    ['absolute form', ['--request-target', 'http://box.com//x', at('/')], 'GET //x box.com 0'],
  ]
  const args = cases.flatMap(([, given], i) => [...(i > 0 ? ['--next', '-sS'] : []), ...host, '-w', '\n', ...given])
  const { stdout, stderr } = await curl(...args)
  t.strictSame(
    stdout.trim().split('\n'),
    cases.map(([, , answer]) => answer),
    stderr,
  )
  t.equal(lab.lines.length, 1, 'all of them on one connection to the origin')
  t.strictSame(await lab.end(), [])
  t.ok(lab.judge.exchanges.every(({ ends }) => ends[0] === 'done'))
  t.match(lab.judge.exchanges[4], { head: { bytes: 5 }, answers: [{ status: 200, bytes: 17 }], sent: 5, received: 17 })
})

void t.test('headers pass both ways in their order, spelling and number', async (t) => {
  const answer = [
    'hTTp: 1',
    'Set-Cookie: a=1',
    'X-A: 1',
    'set-cookie: b=2',
    'X-a: 2',
    'Content-Length: 2',
    'Content-Disposition: f="\xc3\xa9\xe9"',
  ]
  const upstream = await rawOrigin(t, (socket) => {
    socket.write(
      Buffer.from(
        `HTTP/1.1 200 All g\xf3od\r\n${answer.join('\r\n')}\r\nKeep-Alive: timeout=5\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\nok`,
        'latin1',
      ),
    )
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  const sent = [
    'hOST: box.com',
    'ACCEPT: */*',
    'x-b: 1',
    'Cookie: a',
    'accept: x',
    'X-C: \xc3\xa9',
    'Content-Length: 0',
  ]
  client.write(
    Buffer.from(
      ['GET /a HTTP/1.1', ...sent, 'Proxy-Connection: x', 'Keep-Alive: x', 'Connection: x-n', 'X-N: 1', '', ''].join(
        '\r\n',
      ),
      'latin1',
    ),
  )
  const moved = (lines: readonly string[], name: string) => [
    ...lines.filter((line) => !line.startsWith(name)),
    ...lines.filter((line) => line.startsWith(name)),
  ]
  const heard = (await readUntil(client, '\r\n\r\nok')).split('\r\n').slice(0, -2)
  t.strictSame(
    heard,
    ['HTTP/1.1 200 All g\xf3od', ...moved(answer, 'Content-Length')],
    'the answer; a length behind the disposition',
  )
  const [request = ''] = upstream.heard
  const ordered = [...sent.slice(0, 2), 'ACCEPT: x', ...sent.slice(2, 4), ...sent.slice(5)]
  t.strictSame(request.split('\r\n').slice(1, -2), ordered, 'the request; a second value behind the first')
  client.destroy()
  t.strictSame(await lab.end(), [])
})

void t.test('Via and X-Forwarded-For only as the settings say', async (t) => {
  for (const [forwarded, expected] of [
    [{}, { via: undefined, 'x-forwarded-for': '10.0.0.1' }],
    [
      { via: true, xForwardedFor: true },
      { via: '1.1 ns-us-nyc1', 'x-forwarded-for': '10.0.0.1, 198.51.100.7' },
    ],
  ] as const) {
    const lab = await inspected(t, web.port, { judge: recordingJudge({ forwarded }) })
    await conversation(lab, get('/', 'X-Forwarded-For: 10.0.0.1', 'Connection: close'))
    const { headers } = web.seen.at(-1) as IncomingMessage
    t.match({ via: headers.via, 'x-forwarded-for': headers['x-forwarded-for'] }, expected)
    t.notMatch(headers, { 'x-forwarded-host': /./ })
  }
})

void t.test('answers without a body, of old servers and to old clients', async (t) => {
  const request = (method: string, version = '1.1') => `${method} / HTTP/${version}\r\nHost: box.com\r\n`
  const cases: readonly [why: string, asked: string, answer: string, heard: RegExp][] = [
    [
      'HEAD',
      `${request('HEAD')}Connection: close`,
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n',
      /^HTTP\/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n$/,
    ],
    [
      'HEAD of chunks',
      `${request('HEAD')}Connection: close`,
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
      /^HTTP\/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n$/,
    ],
    [
      '204',
      `${request('GET')}Connection: close`,
      'HTTP/1.1 204 No Content\r\n\r\n',
      /^HTTP\/1.1 204 No Content\r\nConnection: close\r\n\r\n$/,
    ],
    [
      '304',
      `${request('GET')}Connection: close`,
      'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n',
      /^HTTP\/1.1 304 Not Modified\r\nContent-Length: 9\r\nConnection: close\r\n\r\n$/,
    ],
    [
      'no reason',
      `${request('GET')}Connection: close`,
      'HTTP/1.1 299 \r\nContent-Length: 2\r\n\r\nok',
      /^HTTP\/1.1 299 \r\n.*ok$/s,
    ],
    [
      'an end by closing',
      request('GET'),
      'HTTP/1.0 200 OK\r\nConnection: close\r\n\r\nok',
      /^HTTP\/1.1 200 OK\r\n(?=.*Connection: close).*\r\n\r\n(2\r\nok\r\n0\r\n\r\n|ok)$/s,
    ],
    [
      'to 1.0, a length',
      request('GET', '1.0'),
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      /^HTTP\/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok$/,
    ],
    [
      'to 1.0, chunks',
      request('GET', '1.0'),
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n',
      /^HTTP\/1.1 200 OK\r\nConnection: close\r\n\r\nok$/,
    ],
    ['to 1.0, without a Host', 'GET / HTTP/1.0\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', /ok$/],
    [
      'identity',
      `${request('GET')}Connection: close`,
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nok',
      /^HTTP\/1.1 200 OK\r\n.*\r\n\r\n(2\r\nok\r\n0\r\n\r\n|ok)$/s,
    ],
  ]
  for (const [why, asked, answer, heard] of cases) {
    const upstream = await rawOrigin(t, (socket) => {
      socket.write(answer)
      if (!/Length|HEAD|chunked|204/.test(answer)) socket.end()
    })
    const lab = await inspected(t, upstream.port)
    t.match(await conversation(lab, `${asked.replace(/(?<!\n)$/, '\r\n')}\r\n`), heard, why)
    t.strictSame(await lab.end(), [], why)
    t.strictSame(lab.judge.exchanges[0]?.ends, ['done'], why)
  }
})

void t.test('to a client of 1.0 that asks for it the connection is kept', async (t) => {
  const lab = await inspected(t, web.port)
  const { stdout, stderr } = await curl(
    '-0',
    '-v',
    '-H',
    'Connection: keep-alive',
    `http://127.0.0.1:${lab.port}/1`,
    `http://127.0.0.1:${lab.port}/2`,
  )
  t.match(stdout, /^GET \/1 .*GET \/2 /)
  t.match(stderr, /Re-using existing connection/)
})

void t.test('an origin that ends its line after an answer gets another one', async (t) => {
  const once = await rawOrigin(t, (socket) => socket.end('HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'))
  const lab = await inspected(t, once.port)
  const client = await lab.client()
  for (let nth = 1; nth <= 3; nth++) {
    client.write(get('/'))
    await readUntil(client, 'ok')
    await closed(lab.lines[nth - 1]!)
    t.equal(lab.lines.length, nth)
  }
  client.destroy()
  t.strictSame(await lab.end(), [])
})

void t.test('Connection: close of either side ends both', async (t) => {
  const upstream = await origin(t, (req, res) => {
    if (req.url === '/last') res.setHeader('Connection', 'close')
    res.end(`${req.headers.connection}`)
  })
  for (const asked of [get('/last'), get('/', 'Connection: close')]) {
    const lab = await inspected(t, upstream.port)
    t.match(await conversation(lab, asked), /\r\nConnection: close\r\n\r\n(close|undefined)$/)
    await Promise.all(lab.served)
    t.pass('served, without anybody else closing')
  }
})

void t.test('streams that are no sockets', async (t) => {
  const wrap = (socket: Socket) => {
    const [near, far] = PairEnd.join({ allowHalfOpen: true }, { allowHalfOpen: true })
    // As little as a Duplex has.
    for (const name of ['setTimeout', 'setNoDelay', 'setKeepAlive', 'destroySoon'] as const)
      Object.defineProperty(near, name, { value: undefined })
    far.on('error', () => {})
    socket.on('error', () => {})
    socket.pipe(far).pipe(socket)
    socket.once('close', () => far.destroy())
    far.once('close', () => socket.destroy())
    return near
  }
  const lab = await inspected(t, web.port, { wrap })
  const url = (path: string) => `http://127.0.0.1:${lab.port}${path}`
  const { stdout } = await curl('-d', 'x'.repeat(100_000), url('/1'), url('/2'), '--next', '-sS', '-0', url('/3'))
  t.match(stdout, /^POST \/1 \S+ 100000POST \/2 \S+ 100000GET \/3 \S+ 0$/)
  t.match(await conversation(lab, 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'), /^HTTP\/1.1 400 /)
  t.strictSame(await lab.end(), [])
})

void t.test('sides that are gone already', async (t) => {
  const gone = () => {
    const stream = new PassThrough()
    stream.destroy()
    return stream
  }
  const again = () => Promise.resolve({ failure: 'no' })
  const judge = recordingJudge()
  await serveHttp1(gone(), { first: gone(), again, malformed: () => {}, idleMs: 1000 }, judge)
  await serveHttp1(gone(), undefined, judge)
  t.strictSame(judge.story(), [])
})
