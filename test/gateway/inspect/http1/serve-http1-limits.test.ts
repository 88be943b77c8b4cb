import t from 'tap'
import { conversation, inspected } from '../../../support/inspected-http1.js'
import { allOf, closed, readUntil } from '../../../support/loopback.js'
import { httpOrigin } from '../../../support/origins.js'
import { get, OK, rawOrigin } from '../../../support/proxied-origins.js'
import { ownAnswer, recordingJudge } from '../../../support/recording-judge.js'

const web = await httpOrigin()
t.teardown(web.close)

const HEAD = 'GET / HTTP/1.1\r\nHost: box.com\r\n'

void t.test('a head of 64 KiB passes, a longer one is answered 431', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.toString('latin1').endsWith('\r\n\r\n')) socket.write(OK.replace('\r\n', '\r\nConnection: close\r\n'))
  })
  const cases: readonly [why: string, head: string, heard: RegExp][] = [
    ['one long header', `${HEAD}X: ${'y'.repeat(60_000)}`, /^HTTP\/1.1 200 /],
    ['many headers', `${HEAD}${Array.from({ length: 6_000 }, (_, i) => `x${i}: y`).join('\r\n')}`, /^HTTP\/1.1 200 /],
    ['a long target', `GET /${'y'.repeat(60_000)} HTTP/1.1\r\nHost: box.com`, /^HTTP\/1.1 200 /],
    ['one too long', `${HEAD}X: ${'y'.repeat(70_000)}`, /^HTTP\/1.1 431 /],
    ['too many', `${HEAD}${Array.from({ length: 9_000 }, (_, i) => `x${i}: y`).join('\r\n')}`, /^HTTP\/1.1 431 /],
    ['a target too long', `GET /${'y'.repeat(70_000)} HTTP/1.1\r\nHost: box.com`, /^HTTP\/1.1 431 /],
    ['one without an end', `${HEAD}X: ${'y'.repeat(1_000_000)}`, /^HTTP\/1.1 431 /],
  ]
  for (const [why, head, heard] of cases) {
    const lab = await inspected(t, upstream.port)
    t.match((await conversation(lab, `${head}\r\n\r\n`)).slice(0, 100), heard, why)
    t.strictSame(await lab.end(), [], why)
    t.equal(lab.judge.refusals.length, heard.test('HTTP/1.1 431 ') ? 1 : 0, why)
  }
  t.match(upstream.heard.join(''), /\r\nx5999: y\r\n\r\n/, 'no header is lost on the way')
})

void t.test('trailers have the bound of heads', async (t) => {
  const lab = await inspected(t, web.port)
  const chunks = `POST / HTTP/1.1\r\nHost: box.com\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ${'y'.repeat(200_000)}\r\n\r\n`
  t.match(await conversation(lab, chunks), /^HTTP\/1.1 431 /)
})

void t.test('a head that does not end is answered 408 in time, a connection that says nothing just ends', async (t) => {
  const limits = { headMs: 60 }
  const cases: readonly [why: string, sent: string, heard: RegExp, refusals: number][] = [
    ['half a head', HEAD, /^HTTP\/1.1 408 /, 1],
    ['half a head on a kept connection', `${get('/')}${HEAD}`, /^HTTP\/1.1 200 .*HTTP\/1.1 408 /s, 1],
    ['nothing', '', /^$/, 0],
  ]
  for (const [why, sent, heard, refusals] of cases) {
    const lab = await inspected(t, web.port, { limits })
    const since = performance.now()
    t.match(await conversation(lab, sent), heard, why)
    t.ok(performance.now() - since < 1_000, why)
    t.equal(lab.judge.refusals.length, refusals, why)
  }
  const lab = await inspected(t, web.port, { limits })
  const client = await lab.client()
  const drip = setInterval(() => client.write('x: y\r\n'), 10)
  client.write(HEAD)
  t.match(await allOf(client), /^HTTP\/1.1 408 /, 'line by line')
  clearInterval(drip)
  client.destroy()
  const slow = await lab.client()
  slow.write('POST / HTTP/1.1\r\nHost: box.com\r\nContent-Length: 5\r\n\r\nhe')
  await new Promise((resolve) => setTimeout(resolve, 200))
  slow.write('llo')
  t.match(await readUntil(slow, ' 5'), /^HTTP\/1.1 200 /, 'a body may take its time')
  slow.destroy()
})

void t.test('silence ends a connection: kept, answering itself, or switched', async (t) => {
  const switching = await rawOrigin(t, (socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
  })
  const lab = await inspected(t, web.port, { idleMs: 50 })
  const client = await lab.client()
  client.write(get('/'))
  t.match(await allOf(client), /^HTTP\/1.1 200 /, 'kept')
  client.destroy()
  const own = await inspected(t, undefined, {
    judge: recordingJudge({ instead: () => ownAnswer(200) }),
    limits: { idleMs: 50 },
  })
  t.match(await conversation(own, get('/')), /^HTTP\/1.1 200 /, 'no origin')
  const other = await inspected(t, switching.port, { idleMs: 50 })
  t.match(await conversation(other, get('/', 'Connection: Upgrade', 'Upgrade: x')), /^HTTP\/1.1 101 /, 'switched')
  t.strictSame(await other.end(), [])

  const talking = await rawOrigin(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')
    let left = 10
    const timer = setInterval(() => {
      left -= 1
      socket.write(String(left))
      if (left === 0) clearInterval(timer)
    }, 50)
  })
  const long = await inspected(t, talking.port, { idleMs: 300 })
  const listener = await long.client()
  listener.write(get('/'))
  t.match(await readUntil(listener, '9876543210'), /^HTTP\/1.1 200 /, 'not as long as something moves')
  listener.destroy()
})

void t.test('a body that the client keeps back is not waited for', async (t) => {
  const refusing = await rawOrigin(t, (socket) => {
    socket.write('HTTP/1.1 413 Too Large\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nno!\r\n0\r\n\r\n')
  })
  const lab = await inspected(t, refusing.port, { limits: { drainMs: 60_000 } })
  const head = 'POST / HTTP/1.1\r\nHost: box.com\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n'
  t.match(await conversation(lab, head), /^HTTP\/1\.1 413 .*no!/s)
})

void t.test('requests in a row without waiting are answered in order, over one line', async (t) => {
  const lab = await inspected(t, web.port)
  const client = await lab.client()
  const COUNT = 3_000
  const posts = (nth: number) => `POST /${nth} HTTP/1.1\r\nHost: box.com\r\nContent-Length: 5\r\n\r\nhello`
  client.write(Array.from({ length: COUNT }, (_, nth) => posts(nth)).join(''))
  client.write(get('/last', 'Connection: close') + get('/never'))
  const heard = await allOf(client)
  const asked = [...heard.matchAll(/POST \/(\d+) box.com 5/g)].map(([, nth]) => Number(nth))
  t.strictSame(
    asked,
    Array.from({ length: COUNT }, (_, nth) => nth),
  )
  t.match(heard, /GET \/last proxy 0$/)
  client.destroy()
  t.strictSame(await lab.end(), [])
  t.equal(lab.lines.length, 1)
  t.equal(lab.judge.exchanges.length, COUNT + 1)
})

void t.test('requests without end wait in the client, not in memory', async (t) => {
  const upstream = await rawOrigin(t, () => {})
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  const many = get('/').repeat(10_000)
  let written = 0
  const fill = () => {
    while (written < 200 && client.write(many)) written += 1
  }
  client.on('drain', fill)
  fill()
  for (let last = -1; last !== client.writableLength + written; ) {
    last = client.writableLength + written
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  t.ok(written < 30, `${written} MB taken`)
  const gone = Promise.all(lab.lines.map(closed))
  client.resetAndDestroy()
  for (const socket of upstream.sockets) socket.destroy()
  await gone
  t.strictSame(await lab.end(), [])
})

void t.test('many requests on a connection leave nothing behind', async (t) => {
  const lab = await inspected(t, web.port)
  const client = await lab.client()
  const listeners = () =>
    lab.lines.map((line) => line.eventNames().map((name) => `${String(name)} ${line.listenerCount(name)}`))
  let first: unknown
  for (let nth = 0; nth < 100; nth++) {
    client.write(get(`/${nth}`))
    await readUntil(client, 'proxy 0')
    await new Promise(setImmediate)
    first ??= listeners()
  }
  t.strictSame(listeners(), first)
  client.destroy()
})
