import t from 'tap'
import { conversation, inspected } from '../../../support/inspected-http1.js'
import { allOf, readUntil } from '../../../support/loopback.js'
import { get, OK, origin, rawOrigin } from '../../../support/proxied-origins.js'

const H = 'Host: box.com\r\n'
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: box.com\r\n\r\n'
const CHUNKS = `0\r\n\r\n${HIDDEN}`
const post = (headers: string, body: string) => `POST / HTTP/1.1\r\n${H}${headers}\r\n${body}`
const te = (value: string) => post(`Transfer-Encoding:${value}\r\n`, CHUNKS)

/** Messages that two programs could read in two ways, each behind a name. */
const CORPUS: Readonly<Record<string, string>> = {
  'CL.TE': post(`Content-Length: ${CHUNKS.length}\r\nTransfer-Encoding: chunked\r\n`, CHUNKS),
  'TE.CL': post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', CHUNKS),
  'CL.CL, the same': post('Content-Length: 1\r\nContent-Length: 1\r\n', `x${HIDDEN}`),
  'CL.CL, another': post(`Content-Length: 1\r\nContent-Length: 50\r\n`, `x${HIDDEN}`),
  'a list of lengths': post('Content-Length: 1, 1\r\n', 'x'),
  'a signed length': post('Content-Length: +1\r\n', 'x'),
  'a length in hex': post('Content-Length: 0x1\r\n', 'x'),
  'an empty length': post('Content-Length:\r\n', HIDDEN),
  'a huge length': post('Content-Length: 99999999999999999999999\r\n', HIDDEN),
  'TE.TE, identity last': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', CHUNKS),
  'TE.TE, identity first': post('Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n', CHUNKS),
  'TE.TE, twice': post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', CHUNKS),
  'TE, gzip too': te(' gzip, chunked'),
  'TE, misspelt': te(' xchunked'),
  'TE, quoted': te(' "chunked"'),
  'TE, a tab behind': te(' chunked\t'),
  'TE, a vertical tab': te('\x0bchunked'),
  'TE, nothing': te(''),
  'TE, a parameter': te(' chunked;a=b'),
  'TE behind a bare LF': post('X: y\nTransfer-Encoding: chunked\r\n', CHUNKS),
  'TE in HTTP/1.0': `POST / HTTP/1.0\r\n${H}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
  'a space before the colon': `GET / HTTP/1.1\r\nHost : box.com\r\n\r\n`,
  'a tab before the colon': post('Transfer-Encoding\t: chunked\r\n', CHUNKS),
  'a space before a name': `GET / HTTP/1.1\r\n X: y\r\n${H}\r\n`,
  'a folded line': `GET / HTTP/1.1\r\n${H}X: y\r\n z\r\n\r\n`,
  'a folded length': post('Content-Length:\r\n 5\r\n', 'hello'),
  'bare LFs': 'GET / HTTP/1.1\nHost: box.com\n\n',
  'a bare LF in the head': `GET / HTTP/1.1\r\nHost: box.com\nX: y\r\n\r\n`,
  'a bare CR in the head': `GET / HTTP/1.1\r\nHost: box.com\rX: y\r\n\r\n`,
  'a NUL in a value': `GET / HTTP/1.1\r\n${H}X: a\0b\r\n\r\n`,
  'a NUL in a name': `GET / HTTP/1.1\r\n${H}X\0: b\r\n\r\n`,
  'a control character': `GET / HTTP/1.1\r\n${H}X: \x01\r\n\r\n`,
  'no name': `GET / HTTP/1.1\r\n${H}: x\r\n\r\n`,
  'no colon': `GET / HTTP/1.1\r\n${H}X\r\n\r\n`,
  'two Hosts': `GET / HTTP/1.1\r\n${H}Host: evil.com\r\n\r\n`,
  'no Host': 'GET / HTTP/1.1\r\n\r\n',
  'another Host': `GET http://evil.com/ HTTP/1.1\r\n${H}\r\n`,
  'a user in the target': `GET http://box.com@evil.com/ HTTP/1.1\r\n${H}\r\n`,
  'a space in the target': `GET /a b HTTP/1.1\r\n${H}\r\n`,
  'HTTP/0.9': 'GET /\r\n\r\n',
  'HTTP/1.2': `GET / HTTP/1.2\r\n${H}\r\n`,
  'HTTP/2.0': `GET / HTTP/2.0\r\n${H}\r\n`,
  'the preface of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'a method in lower case': `get / HTTP/1.1\r\n${H}\r\n`,
  CONNECT: 'CONNECT box.com:443 HTTP/1.1\r\nHost: box.com:443\r\n\r\n',
  'no HTTP': 'EHLO box.com\r\n',
  'a chunk that is too long': post('Transfer-Encoding: chunked\r\n', `1\r\nxy\r\n${CHUNKS}`),
  'a chunk of no size': post('Transfer-Encoding: chunked\r\n', 'zz\r\n'),
  'a chunk size with a prefix': post('Transfer-Encoding: chunked\r\n', `0x1\r\nx\r\n${CHUNKS}`),
  'a chunk size that overflows': post('Transfer-Encoding: chunked\r\n', `10000000000000001\r\nx\r\n${CHUNKS}`),
  'chunks with bare LFs': post('Transfer-Encoding: chunked\r\n', '1\nx\n0\n\n'),
  'a chunk extension with a bare LF': post('Transfer-Encoding: chunked\r\n', `1;a\nx\r\n${CHUNKS}`),
}

void t.test('whatever can be read in two ways is answered 400, and nothing behind it is looked at', async (t) => {
  for (const [why, message] of Object.entries(CORPUS)) {
    const upstream = await rawOrigin(t, () => {})
    const lab = await inspected(t, upstream.port)
    const heard = await conversation(lab, message)
    t.match(heard, /^HTTP\/1.1 400 Bad Request\r\n(?=.*connection: close\r\n)/is, why)
    t.equal(heard.match(/HTTP\/1.1/g)?.length, 1, `${why}: one answer`)
    t.strictSame(await lab.end(), [])
    t.match(lab.judge.refusals, [/^400 ./], why)
    t.equal(lab.judge.refusals.length, 1, why)
    t.notMatch(upstream.heard.join(''), /hidden/, why)
    await upstream.close()
  }
})

void t.test('what is well formed passes: the negatives of the corpus', async (t) => {
  const cases: readonly [why: string, message: string, heard: RegExp][] = [
    [
      'chunks in capitals',
      post('Transfer-Encoding: CHUNKED\r\n', '5\r\nhello\r\n0\r\n\r\n'),
      /^5\r\nhello\r\n0\r\n\r\n$/,
    ],
    [
      'chunks with an extension',
      post('Transfer-Encoding: chunked\r\n', '5;a=b\r\nhello\r\n0\r\n\r\n'),
      /^5\r\nhello\r\n0\r\n\r\n$/,
    ],
    ['a length with spaces', post('Content-Length:  5 \r\n', 'hello'), /^hello$/],
    ['empty lines before', `\r\n\r\n${post('Content-Length: 5\r\n', 'hello')}`, /^hello$/],
    ['bytes beyond ASCII', post('X: \xc3\xa9\r\nContent-Length: 5\r\n', 'hello'), /^hello$/],
  ]
  for (const [why, message, body] of cases) {
    const upstream = await rawOrigin(t, (socket, bytes) => {
      if (/hello(\r\n0\r\n\r\n)?$/.test(bytes.toString())) socket.write(OK)
    })
    const lab = await inspected(t, upstream.port)
    const client = await lab.client()
    client.write(Buffer.from(message, 'latin1'))
    await readUntil(client, '\r\n\r\nok')
    t.match(upstream.heard.join('').split('\r\n\r\n').slice(1).join('\r\n\r\n'), body, why)
    t.strictSame(lab.judge.refusals, [], why)
    client.destroy()
  }
})

void t.test('hole 1: a chunked DELETE reaches the origin as one request, on a line that is kept', async (t) => {
  const paths: string[] = []
  const upstream = await origin(t, (req, res) => {
    paths.push(`${req.method} ${req.url}`)
    let body = ''
    req.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1')
    })
    req.on('end', () => res.end(body))
  })
  for (const method of ['DELETE', 'OPTIONS', 'GET', 'TRACE']) {
    paths.length = 0
    const lab = await inspected(t, upstream.port)
    const client = await lab.client()
    const chunk = `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`
    client.write(`${method} /d HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n${chunk}`)
    client.write(get('/after', 'Connection: close'))
    await allOf(client)
    client.destroy()
    t.strictSame(await lab.end(), [])
    t.strictSame(paths, [`${method} /d`, 'GET /after'], method)
    t.equal(lab.lines.length, 1, 'one line')
    t.equal(lab.judge.exchanges[0]?.sent, HIDDEN.length)
  }
})

void t.test('what is malformed behind a good request is refused after that is answered', async (t) => {
  const upstream = await rawOrigin(t, (socket) => void setTimeout(() => socket.write(OK), 20))
  const lab = await inspected(t, upstream.port)
  const heard = await conversation(lab, `${get('/good')}${get('/too')}GET /bad HTTP/1.1\r\nHost : a\r\n\r\n`)
  t.match(heard, /^HTTP\/1.1 200 OK\r\n.*ok.*HTTP\/1.1 200 OK.*ok.*HTTP\/1.1 400 /s)
  t.strictSame(await lab.end(), [])
  t.strictSame(lab.judge.story(), ['GET /good done', 'GET /too done'])
})

void t.test('a body that turns out malformed: its request is refused, and its line closed', async (t) => {
  const upstream = await rawOrigin(t, () => {})
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(post('Transfer-Encoding: chunked\r\n', '5\r\nhello\r\n'))
  while (!upstream.heard.join('').includes('hello')) await new Promise(setImmediate)
  client.write('zz\r\n')
  t.match(await allOf(client), /^HTTP\/1.1 400 /)
  client.destroy()
  t.strictSame(await lab.end(), [])
  t.strictSame(lab.judge.story(), ['POST / client-left'])
  t.notMatch(upstream.heard[0], /0\r\n\r\n$/, 'the origin was not told that it ended')
})
