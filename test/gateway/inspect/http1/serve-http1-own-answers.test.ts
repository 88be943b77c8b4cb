import t from 'tap'
import { curl } from '../../../support/curl.js'
import { conversation, inspected } from '../../../support/inspected-http1.js'
import { allOf, readUntil } from '../../../support/loopback.js'
import { httpOrigin } from '../../../support/origins.js'
import { get, OK, rawOrigin } from '../../../support/proxied-origins.js'
import { ownAnswer, recordingJudge } from '../../../support/recording-judge.js'

const web = await httpOrigin()
t.teardown(web.close)

const blocked = () =>
  recordingJudge({ instead: ({ target }) => (target.startsWith('/blocked') ? ownAnswer(403) : undefined) })

void t.test('an answer instead: the origin hears nothing, the connection is kept', async (t) => {
  const seen = web.seen.length
  const lab = await inspected(t, web.port, { judge: blocked() })
  const at = (path: string) => `http://127.0.0.1:${lab.port}${path}`
  const { stdout, stderr } = await curl(
    ...['-v', '-w', ' %{http_code}\n', at('/blocked'), at('/free')],
    ...['--next', '-sS', '-w', ' %{http_code}\n', '-d', 'x'.repeat(100_000), at('/blocked/up')],
    ...['--next', '-sS', '-w', ' %{http_code}\n', '-d', 'y', '-H', 'Transfer-Encoding: chunked', at('/blocked/chunks')],
    ...['--next', '-sS', '-w', ' %{http_code}\n', '-I', at('/blocked/head')],
    ...['--next', '-sS', '-w', ' %{http_code}\n', at('/free/2')],
  )
  t.match(
    stdout,
    /^own 403 403\nGET \/free \S+ 0 200\nown 403 403\nown 403 403\nHTTP\/1.1 403 Forbidden\r\n(?=.*content-length: 7\r\n).*\r\n\r\n 403\nGET \/free\/2 \S+ 0 200\n$/s,
  )
  t.equal(stderr.match(/Re-using existing connection/g)?.length, 5, 'one connection')
  t.strictSame(
    web.seen.slice(seen).map(({ url }) => url),
    ['/free', '/free/2'],
  )
  t.strictSame(await lab.end(), [])
  t.strictSame(
    lab.judge.exchanges.flatMap(({ ends }) => ends),
    ['own-answer', 'done', 'own-answer', 'own-answer', 'own-answer', 'done'],
  )
})

void t.test('without an origin every request has an answer of ours', async (t) => {
  const judge = recordingJudge({ instead: ({ target }) => (target === '/nothing' ? undefined : ownAnswer(200)) })
  const lab = await inspected(t, undefined, { judge })
  const heard = await conversation(lab, get('/') + get('/nothing') + get('/', 'Connection: close'))
  t.match(heard, /^HTTP\/1.1 200 .*HTTP\/1.1 502 .*HTTP\/1.1 200 .*own 200$/s)
  t.strictSame(judge.story(), ['GET / own-answer', 'GET /nothing origin-failed', 'GET / own-answer'])
})

void t.test('a large upload that is not wanted: the answer comes at once, the rest is not waited for', async (t) => {
  const limits = { drainBytes: 100_000, drainMs: 400 }
  const head = 'POST /blocked HTTP/1.1\r\nHost: box.com\r\n'
  const cases: readonly [why: string, sent: string, end: RegExp][] = [
    ['a length beyond the bound', `${head}Content-Length: 10000000\r\n\r\nx`, /Connection: close\r\n/],
    ['a body that does not come', `${head}Content-Length: 10\r\n\r\nx`, /Connection: keep-alive\r\n/],
    [
      'one that waits to be asked for',
      `${head}Expect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
      /Connection: close\r\n/,
    ],
  ]
  for (const [why, sent, end] of cases) {
    const lab = await inspected(t, web.port, { judge: blocked(), limits })
    const client = await lab.client()
    client.write(sent)
    const since = performance.now()
    const heard = await readUntil(client, 'own 403')
    t.ok(performance.now() - since < 350, `${why}: at once`)
    t.match(heard, end, why)
    t.equal(await allOf(client), '', `${why}: then the connection ends`)
    client.destroy()
    t.strictSame(await lab.end(), [], why)
    t.strictSame(lab.judge.story(), ['POST /blocked own-answer'], why)
  }
  const lab = await inspected(t, web.port, { judge: blocked(), limits: { ...limits, drainMs: 10_000 } })
  const client = await lab.client()
  client.write(`${head}Transfer-Encoding: chunked\r\n\r\n`)
  t.match(await readUntil(client, 'own 403'), /^HTTP\/1.1 403 /)
  const closed = allOf(client)
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  const timer = setInterval(() => client.write(chunk), 1)
  t.equal(await closed, '', 'endless chunks end at the bound')
  clearInterval(timer)
  client.destroy()
})

void t.test('an early last answer to an upload in chunks ends when the client has, or at the bound', async (t) => {
  const upstream = await rawOrigin(t, (socket) => {
    socket.end('HTTP/1.1 413 No\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n')
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write('POST / HTTP/1.1\r\nHost: box.com\r\nContent-Length: 200000\r\n\r\nx')
  const heard = await readUntil(client, 'ok')
  const since = performance.now()
  const rest = allOf(client)
  for (let nth = 0; nth < 4; nth++) {
    client.write('y'.repeat(50_000))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  t.match(heard + (await rest), /0\r\n\r\n$/)
  t.ok(performance.now() - since < 1_000)
  client.destroy()
  t.strictSame(await lab.end(), [])
  t.strictSame(lab.judge.story(), ['POST / done'])
})

void t.test('an answer in place of the origin’s: that is dropped, with its line', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    socket.write(
      bytes.includes('/big') ? 'HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: 1000000\r\n\r\nhalf' : OK,
    )
  })
  const judge = recordingJudge({ answered: ({ contentType }) => (contentType === 'x/y' ? ownAnswer(403) : undefined) })
  const lab = await inspected(t, upstream.port, { judge })
  const client = await lab.client()
  client.write(get('/big'))
  t.match(await readUntil(client, 'own 403'), /^HTTP\/1.1 403 (?!.*half)/s)
  client.write(get('/'))
  t.match(await readUntil(client, 'ok'), /^HTTP\/1.1 200 /)
  t.equal(lab.lines.length, 2)
  client.destroy()
  t.strictSame(await lab.end(), [])
  t.match(judge.exchanges[0], {
    answers: [{ status: 200, contentType: 'x/y', bytes: 1_000_000 }],
    ends: ['own-answer'],
  })
})

void t.test('bytes over a limit: an upload is answered, an answer that has begun is cut', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('/down'))
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(200_000)}`)
    if (bytes.includes('/both')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun')
  })
  const judge = () =>
    recordingJudge({
      sent: (total) => (total > 100_000 ? ownAnswer(403) : undefined),
      received: (total) => total <= 100_000,
    })
  const chunk = `8000\r\n${'x'.repeat(0x8000)}\r\n`
  const up = (path: string) => `POST ${path} HTTP/1.1\r\nHost: box.com\r\nTransfer-Encoding: chunked\r\n\r\n`
  const cases: readonly [why: string, sent: string, heard: RegExp][] = [
    ['up', `${up('/up')}${chunk.repeat(5)}`, /^HTTP\/1.1 403 .*own 403$/s],
    ['down', get('/down'), /^HTTP\/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nx*$/],
  ]
  for (const [why, sent, heard] of cases) {
    const lab = await inspected(t, upstream.port, { judge: judge(), limits: { drainMs: 50 } })
    const text = await conversation(lab, sent)
    t.match(text, heard, why)
    t.ok(text.length < 150_000, `${why}: ${text.length} bytes heard`)
    t.strictSame(await lab.end(), [], why)
    t.strictSame(lab.judge.exchanges[0]?.ends, ['own-answer'], why)
  }
  const lab = await inspected(t, upstream.port, { judge: judge() })
  const client = await lab.client()
  client.write(up('/both'))
  await readUntil(client, 'begun')
  client.write(chunk.repeat(5))
  t.equal(await allOf(client), '', 'up, while the answer is on its way: cut')
  client.destroy()
  t.strictSame(await lab.end(), [])
  t.strictSame(lab.judge.story(), ['POST /both own-answer'])
  t.ok((upstream.heard.at(-1)?.length ?? 0) < 140_000, 'what is over the limit did not reach the origin')
})
