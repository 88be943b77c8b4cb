import { request } from 'node:http'
import type { Socket } from 'node:net'
import t from 'tap'
import { drink, pour } from '../../../support/byte-flow.js'
import { inspected } from '../../../support/inspected-http1.js'
import { allOf, readUntil } from '../../../support/loopback.js'
import { get, OK, origin, rawOrigin } from '../../../support/proxied-origins.js'

const POST = 'POST /up HTTP/1.1\r\nHost: box.com\r\n'

/** Until the origin has heard so much. */
async function heard(upstream: { readonly heard: readonly string[] }, text: string): Promise<void> {
  while (!upstream.heard.join('').includes(text)) await new Promise(setImmediate)
}

void t.test('each event of a stream arrives when it is sent, the head before the first', async (t) => {
  let stream: Socket | undefined
  const upstream = await rawOrigin(t, (socket) => {
    stream = socket
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(get('/events'))
  t.match(await readUntil(client, '\r\n\r\n'), /^HTTP\/1.1 200 OK\r\n/)
  const delays: number[] = []
  for (let nth = 0; nth < 20; nth++) {
    const sent = performance.now()
    stream?.write(`9\r\ndata: ${nth % 10}\n\n\r\n`)
    await readUntil(client, `data: ${nth % 10}`)
    delays.push(performance.now() - sent)
  }
  // The median: other tests run beside this one.
  const delay = delays.sort((a, b) => a - b)[10] ?? 0
  t.ok(delay <= 20, `${delay} ms`)
  client.destroy()
  t.strictSame(await lab.end(), [])
  t.strictSame(lab.judge.story(), ['GET /events client-left'])
  t.equal(lab.judge.exchanges[0]?.received, 180)
})

void t.test('an upload in pieces arrives piece by piece, its head before the first', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('0\r\n\r\n')) socket.write(OK)
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`)
  await heard(upstream, '\r\n\r\n')
  client.write('5\r\nhello\r\n')
  await heard(upstream, 'hello')
  client.write('0\r\n\r\n')
  await readUntil(client, 'ok')
  client.destroy()
})

void t.test('Expect: 100-continue goes end to end', async (t) => {
  const expecting = `${POST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('hello')) socket.write(OK)
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(expecting)
  await heard(upstream, 'Expect: 100-continue\r\n')
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal(client.bytesRead, 0, 'nobody but the origin says so')
  for (const socket of upstream.sockets) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  t.equal(await readUntil(client, '\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n')
  client.write('hello')
  t.match(await readUntil(client, 'ok'), /^HTTP\/1.1 200 OK\r\n/)
  client.destroy()
  t.strictSame(await lab.end(), [])

  const refusing = await rawOrigin(t, (socket) => void socket.write(OK.replace('200 OK', '413 Too Large')))
  const other = await inspected(t, refusing.port)
  const second = await other.client()
  second.write(expecting)
  t.match(
    await allOf(second),
    /^HTTP\/1.1 413 Too Large\r\n.*Connection: close\r\n.*ok$/s,
    'a no, at once, and the end',
  )
  second.destroy()
  t.strictSame(await other.end(), [])
  t.strictSame(other.judge.story(), ['POST /up done'])
})

void t.test('a body that does not wait for its 100', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('hello')) socket.write(`HTTP/1.1 100 Continue\r\n\r\n${OK}`)
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(`${POST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello`)
  t.match(await readUntil(client, 'ok'), /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/)
  client.destroy()
})

void t.test('interim answers pass, but not without end, and not to HTTP/1.0', async (t) => {
  const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-A: b\r\n\r\n'
  const upstream = await rawOrigin(t, (socket) => void socket.write(`${hint.repeat(50)}${OK}`))
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(get('/'))
  const text = await readUntil(client, 'ok')
  t.ok(text.startsWith(hint.repeat(8)) && text.endsWith(OK), text)
  t.equal(lab.judge.exchanges[0]?.answers.length, 1, 'they are not judged')
  client.destroy()
  const old = await lab.client()
  old.write('GET / HTTP/1.0\r\n\r\n')
  t.match(await allOf(old), /^HTTP\/1.1 200 OK\r\n/)
  old.destroy()
})

void t.test('trailers pass both ways, those that frame do not', async (t) => {
  const chunks = '5\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: evil.com\r\nx-sum: 2\r\n\r\n'
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('0\r\n'))
      socket.write(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n${chunks}`)
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(`${POST}Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\nTE: trailers\r\nConnection: TE\r\n\r\n${chunks}`)
  const passed = '5\r\nhello\r\n0\r\nX-Sum: 1\r\nx-sum: 2\r\n\r\n'
  const answer = await readUntil(client, 'x-sum: 2\r\n\r\n')
  t.match(answer, 'Trailer: X-Sum\r\n')
  t.ok(answer.endsWith(`\r\n\r\n${passed}`), answer)
  t.ok(upstream.heard[0]?.endsWith(`TE: trailers\r\nConnection: TE\r\n\r\n${passed}`), `${upstream.heard[0]}`)
  client.write(get('/'))
  await heard(upstream, 'GET /')
  t.equal(lab.lines.length, 1, 'the line is kept')
  client.destroy()
})

void t.test('256 MiB up and down in bounded memory, every byte counted', async (t) => {
  const BYTES = 256 * 1024 * 1024
  const upstream = await origin(t, (req, res) => void drink(req).then(() => pour(res, BYTES)))
  const lab = await inspected(t, upstream.port)
  const before = process.memoryUsage().rss
  let most = before
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const upload = request({ port: lab.port, method: 'POST', headers: { host: 'box.com' } })
  const answer = new Promise<Awaited<ReturnType<typeof drink>>>((resolve) => {
    upload.once('response', (incoming) => resolve(drink(incoming)))
  })
  const sent = await pour(upload, BYTES)
  const received = await answer
  clearInterval(watch)
  t.equal(received.bytes, BYTES)
  t.strictSame({ ...received }, { ...sent }, 'the same bytes')
  t.ok(most - before < 150 * 1024 * 1024, `${Math.round((most - before) / 1e6)} MB more than before`)
  upload.destroy()
  t.strictSame(await lab.end(), [])
  t.match(lab.judge.exchanges, [{ sent: BYTES, received: BYTES, ends: ['done'] }])
})

void t.test('a client that reads nothing stops the origin, and one that is not read is stopped', async (t) => {
  const endless = await origin(t, (_req, res) => {
    const fill = () => {
      while (res.write(Buffer.alloc(65_536)));
    }
    res.on('drain', fill)
    fill()
  })
  const lab = await inspected(t, endless.port)
  const client = await lab.client()
  client.write(get('/'))
  await stillness(() => lab.judge.exchanges[0]?.received ?? 0)
  t.ok(
    (lab.judge.exchanges[0]?.received ?? 0) < 16e6,
    `${lab.judge.exchanges[0]?.received} bytes taken from the origin`,
  )
  client.destroy()

  const deaf = await rawOrigin(t, (socket) => void socket.pause())
  const other = await inspected(t, deaf.port)
  const talker = await other.client()
  talker.write(`${POST}Transfer-Encoding: chunked\r\n\r\n`)
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`
  for (let nth = 0; nth < 1000; nth++) talker.write(chunk)
  await stillness(() => other.judge.exchanges[0]?.sent ?? 0)
  t.ok((other.judge.exchanges[0]?.sent ?? 0) < 32e6, `${other.judge.exchanges[0]?.sent} bytes taken from the client`)
  talker.resetAndDestroy()
  t.strictSame(await other.end(), [])
})

/** Until a number above 0 has stayed the same for 100 ms. */
async function stillness(value: () => number): Promise<void> {
  for (let last = -1; last !== value() || last === 0; ) {
    last = value()
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
