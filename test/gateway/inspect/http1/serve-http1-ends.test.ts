import type { Socket } from 'node:net'
import t from 'tap'
import { type InspectedOptions, inspected } from '../../../support/inspected-http1.js'
import { allOf, closed, readUntil } from '../../../support/loopback.js'
import { get, OK, rawOrigin } from '../../../support/proxied-origins.js'
import { type JudgeWords, ownAnswer, recordingJudge } from '../../../support/recording-judge.js'

const UPLOAD = 'POST / HTTP/1.1\r\nHost: box.com\r\nContent-Length: 1000000\r\n\r\nbegun'
const WEBSOCKET = get('/', 'Connection: Upgrade', 'Upgrade: websocket')
const SWITCHED = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nbegun'
const SLOW = 'HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegun'

void t.test('hole 2: when the client goes away, so does the line to the origin, at once', async (t) => {
  const cases: readonly [why: string, sent: string, answered: string, ends: readonly string[]][] = [
    ['nothing asked', '', '', []],
    ['half a head', 'GET / HTTP/1.1\r\nHo', '', []],
    ['no answer yet', get('/'), '', ['client-left']],
    ['a slow answer', get('/'), SLOW, ['client-left']],
    ['a slow upload', UPLOAD, '', ['client-left']],
    ['a slow upload that waits', UPLOAD.replace('Host', 'Expect: 100-continue\r\nHost'), '', ['client-left']],
    ['a slow upload, answered slowly', UPLOAD, SLOW, ['client-left']],
    ['an upgrade without an answer', WEBSOCKET, '', ['client-left']],
    ['an upgraded connection', WEBSOCKET, SWITCHED, ['done']],
    ['an idle kept connection', get('/'), OK, ['done']],
  ]
  for (const [why, sent, answered, ends] of cases) {
    for (const leave of ['destroy', 'resetAndDestroy', 'end'] as const) {
      const upstream = await rawOrigin(t, (socket) => void socket.write(answered))
      const lab = await inspected(t, upstream.port)
      const client = await lab.client()
      client.write(sent)
      while (lab.judge.exchanges.length < ends.length || (ends.length > 0 && upstream.heard.join('') === ''))
        await new Promise(setImmediate)
      if (answered !== '') await readUntil(client, answered.endsWith('begun') ? 'begun' : 'ok')
      while (lab.lines.length === 0) await new Promise(setImmediate)
      const gone = closed(lab.lines[0]!)
      const since = performance.now()
      client[leave]()
      await gone
      t.ok(performance.now() - since < 1_000, `${why}, ${leave}`)
      client.destroy()
      t.strictSame(await lab.end(), [], why)
      t.strictSame(
        lab.judge.exchanges.flatMap((exchange) => exchange.ends),
        ends,
        why,
      )
    }
  }
})

interface End {
  readonly why: string
  /** What the origin does when something has come, by the number of its connection. */
  readonly answers: (socket: Socket, nth: number) => void
  readonly asked?: string
  readonly heard: RegExp
  readonly story: readonly string[]
  readonly blames?: readonly RegExp[]
  readonly judge?: JudgeWords
  readonly options?: InspectedOptions
}

const says = (text: string) => (socket: Socket) => void socket.write(Buffer.from(text, 'latin1'))
const ends = (text: string) => (socket: Socket) => void socket.end(Buffer.from(text, 'latin1'))
const cuts = (text: string) => (socket: Socket) => void socket.write(text, () => socket.resetAndDestroy())

const ENDS: readonly End[] = [
  { why: 'an answer', answers: says(OK), heard: /200 OK.*ok$/s, story: ['GET / done'] },
  { why: 'a reset', answers: cuts(''), heard: /^HTTP\/1.1 502 /, story: ['GET / origin-failed'] },
  { why: 'an end', answers: ends(''), heard: /^HTTP\/1.1 502 /, story: ['GET / origin-failed'] },
  {
    why: 'half a head',
    answers: ends('HTTP/1.1 200 OK\r\nconte'),
    heard: /^HTTP\/1.1 502 /,
    story: ['GET / origin-failed'],
  },
  { why: 'half a body', answers: cuts(SLOW), heard: /begun$/, story: ['GET / origin-failed'] },
  { why: 'half a body, then an end', answers: ends(SLOW), heard: /begun$/, story: ['GET / origin-failed'] },
  {
    why: 'half of the chunks',
    answers: ends('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n'),
    heard: /begun\r\n$/,
    story: ['GET / origin-failed'],
  },
  {
    why: 'no HTTP',
    answers: says('220 mail ready\r\n'),
    heard: /^HTTP\/1.1 502 .*malformed/s,
    story: ['GET / origin-failed'],
    blames: [/Parse Error|no HTTP|that is none/],
  },
  {
    why: 'noise',
    answers: says('\xe5'.repeat(300)),
    heard: /^HTTP\/1.1 502 /,
    story: ['GET / origin-failed'],
    blames: [/Parse Error|no HTTP|that is none/],
  },
  {
    why: 'too long a head',
    answers: says(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}\r\n\r\n`),
    heard: /^HTTP\/1.1 502 /,
    story: ['GET / origin-failed'],
    blames: [/overflow|too long/i],
  },
  {
    why: 'a status that is none',
    answers: says('HTTP/1.1 042 Odd\r\nContent-Length: 2\r\n\r\nok'),
    heard: /^HTTP\/1.1 502 /,
    story: ['GET / origin-failed'],
    blames: [/status|no HTTP/],
  },
  {
    why: 'two lengths',
    answers: says('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'),
    heard: /^HTTP\/1.1 502 /,
    story: ['GET / origin-failed'],
    blames: [/Length/],
  },
  {
    why: 'chunks and a length',
    answers: says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n'),
    heard: /^HTTP\/1.1 502 /,
    story: ['GET / origin-failed'],
    blames: [/Length/],
  },
  {
    why: 'gzip for a framing',
    answers: says('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n'),
    heard: /^HTTP\/1.1 502 /,
    story: ['GET / origin-failed'],
    blames: [/Transfer-Encoding/],
  },
  {
    why: 'a bad chunk',
    answers: says('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\nzz\r\n'),
    heard: /begun\r\n$/,
    story: ['GET / origin-failed'],
    blames: [/Parse Error|no HTTP|that is none/],
  },
  {
    why: 'a switch nobody asked for',
    answers: says(SWITCHED),
    heard: /^HTTP\/1.1 502 .*nobody asked/s,
    story: ['GET / origin-failed'],
    blames: [/nobody asked/],
  },
  { why: 'two answers at once', answers: says(OK + OK), heard: /^HTTP\/1.1 200 OK.*ok$/s, story: ['GET / done'] },
  {
    why: 'silence',
    answers: () => {},
    heard: /^HTTP\/1.1 504 /,
    story: ['GET / origin-failed'],
    options: { idleMs: 60 },
  },
  {
    why: 'silence in a body',
    answers: says(SLOW),
    heard: /begun$/,
    story: ['GET / origin-failed'],
    options: { idleMs: 60 },
  },
  {
    why: 'an early answer to an upload',
    asked: UPLOAD,
    answers: ends(OK.replace('200', '413').replace('\r\n', '\r\nConnection: close\r\n')),
    heard: /^HTTP\/1.1 413 .*ok$/s,
    story: ['POST / done'],
    options: { limits: { drainMs: 50 } },
  },
  {
    why: 'an answer of ours at its head',
    answers: says(SLOW),
    heard: /^HTTP\/1.1 403 .*own 403$/s,
    story: ['GET / own-answer'],
    judge: { answered: () => ownAnswer(403) },
  },
  {
    why: 'no line, and none to be had',
    asked: get('/1') + get('/2'),
    answers: ends(`HTTP/1.0${OK.slice(8)}`),
    heard: /ok.*502 .*gone for good/s,
    story: ['GET /1 done', 'GET /2 origin-failed'],
    options: { noMore: 'It is gone for good.' },
  },
]

void t.test('however it goes, an exchange ends once, as what it was', async (t) => {
  for (const { why, answers, asked = get('/'), heard, story, blames = [], judge = {}, options = {} } of ENDS) {
    const upstream = await rawOrigin(t, (socket, _bytes, nth) => answers(socket, nth))
    const lab = await inspected(t, upstream.port, { ...options, judge: recordingJudge(judge) })
    const client = await lab.client()
    client.write(asked)
    const text = allOf(client)
    while (lab.judge.story().length < story.length || lab.judge.story().some((line) => line.endsWith('-')))
      await new Promise(setImmediate)
    await new Promise((resolve) => setTimeout(resolve, 5))
    client.end()
    t.match(await text, heard, why)
    client.destroy()
    t.strictSame(await lab.end(), [], why)
    t.strictSame(lab.judge.story(), story, why)
    t.equal(lab.blames.length, blames.length, `${why}: ${lab.blames}`)
    t.match(lab.blames, blames, why)
    await upstream.close()
  }
})

void t.test('a kept line that the origin closes just then', async (t) => {
  const cases: readonly [second: string, again: boolean][] = [
    [get('/second'), true],
    [get('/second').replace('GET', 'DELETE'), true],
    [get('/second', 'Content-Length: 2').replace('GET', 'PUT').concat('ab'), false],
    [get('/second', 'Content-Length: 0').replace('GET', 'POST'), false],
    [get('/second', 'Content-Length: 0').replace('GET', 'PATCH'), false],
  ]
  for (const [second, again] of cases) {
    for (const leave of ['resetAndDestroy', 'destroySoon'] as const) {
      const upstream = await rawOrigin(t, (socket, bytes, nth) => {
        if (nth === 0 && bytes.includes('/second')) socket[leave]()
        else socket.write(OK)
      })
      const lab = await inspected(t, upstream.port)
      const client = await lab.client()
      client.write(get('/first'))
      await readUntil(client, 'ok')
      client.write(second)
      const heard = await readUntil(client, again ? 'ok' : 'without an answer')
      const why = `${second.split('\r\n', 1)}, ${leave}`
      t.match(heard, again ? /^HTTP\/1.1 200 / : /^HTTP\/1.1 502 /, why)
      t.equal(lab.lines.length, again ? 2 : 1, why)
      client.write(get('/third'))
      t.match(await readUntil(client, 'ok'), '200 OK', `${why}: and on it goes`)
      client.destroy()
      t.strictSame(await lab.end(), [], why)
      t.match(lab.judge.story(), ['GET /first done', again ? /done$/ : /origin-failed$/, 'GET /third done'], why)
    }
  }
})

void t.test('a request is sent again once only, and never over a line that was new', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('/second')) socket.resetAndDestroy()
    else socket.write(OK)
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(get('/first'))
  await readUntil(client, 'ok')
  client.write(get('/second'))
  t.match(await readUntil(client, 'without an answer'), /^HTTP\/1.1 502 /)
  t.equal(lab.lines.length, 2)
  client.destroy()
})

void t.test('an origin that speaks unasked on a kept line is not believed', async (t) => {
  const upstream = await rawOrigin(t, (socket, _bytes, nth) => {
    socket.write(OK)
    if (nth === 0) setTimeout(() => socket.write(OK.replace('ok', 'no')), 20)
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(get('/1'))
  await readUntil(client, 'ok')
  await closed(lab.lines[0]!)
  client.write(get('/2'))
  t.match(await readUntil(client, '\r\n\r\n'), /ok$|\r\n\r\n$/)
  client.destroy()
  t.equal(lab.lines.length, 2)
})
