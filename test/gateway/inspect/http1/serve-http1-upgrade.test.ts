import { createServer as createHttpServer } from 'node:http'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { conversation, inspected } from '../../../support/inspected-http1.js'
import { allOf, closed, listening, readUntil } from '../../../support/loopback.js'
import { get, OK, rawOrigin } from '../../../support/proxied-origins.js'
import { ownAnswer, recordingJudge } from '../../../support/recording-judge.js'

const UPGRADE = ['Connection: keep-alive, Upgrade', 'Upgrade: websocket']
const SWITCH =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUPGRADE: websocket\r\nSet-Cookie: a\r\nSet-Cookie: b\r\n\r\n'

void t.test('WebSocket: a real client and a real server, messages both ways', async (t) => {
  const server = createHttpServer()
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket) => {
    socket.send('hello')
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
  })
  const listener = await listening(server)
  t.teardown(listener.close)
  const lab = await inspected(t, listener.port)
  const client = new WebSocket(`ws://127.0.0.1:${lab.port}//ws`)
  const large = Buffer.alloc(1_000_000, 7)
  const heard = await new Promise<Buffer[]>((resolve) => {
    const messages: Buffer[] = []
    client.on('message', (data: Buffer) => {
      if (messages.push(data) === 1) client.send(large)
      else resolve(messages)
    })
  })
  t.strictSame(
    heard.map(String).map(({ length }) => length),
    [5, 1_000_000],
  )
  client.close()
  await closed(lab.lines[0]!)
  t.strictSame(await lab.end(), [])
  t.strictSame(lab.judge.story(), ['GET //ws done'])
  const [exchange] = lab.judge.exchanges
  t.match(exchange?.answers, [{ status: 101 }])
  t.ok(exchange !== undefined && exchange.sent > 1_000_000 && exchange.received > 1_000_000, 'bytes are counted')
})

void t.test('any protocol: bytes from the first one, headers as they came, ends one by one', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => {
    if (bytes.includes('Upgrade')) socket.write(`${SWITCH}hello `)
    else socket.write(bytes.toString('latin1').toUpperCase())
    if (bytes.includes('bye')) socket.end()
  })
  const lab = await inspected(t, upstream.port)
  const client = await lab.client()
  client.write(`${get('/x', 'X-A: 1', 'Connection: Upgrade', 'Upgrade: any/1')}early `)
  t.equal(await readUntil(client, 'EARLY '), `${SWITCH}hello EARLY `)
  t.match(
    upstream.heard[0],
    /^GET \/x HTTP\/1.1\r\nHost: proxy\r\nX-A: 1\r\nUpgrade: any\/1\r\nConnection: Upgrade\r\n\r\n/,
  )
  client.write('bye')
  t.equal(await allOf(client), 'BYE', 'what is said last still arrives')
  client.destroy()
  t.strictSame(await lab.end(), [])
  t.match(lab.judge.exchanges, [{ sent: 9, received: 15, ends: ['done'] }])
})

void t.test('an upgrade that is declined is answered like any request', async (t) => {
  const cases: readonly [why: string, answer: string, heard: RegExp][] = [
    [
      'with a length',
      OK.replace('200 OK', '401 No'),
      /^HTTP\/1.1 401 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok$/,
    ],
    [
      'in chunks',
      'HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      /^HTTP\/1.1 403 No\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n$/,
    ],
    ['with a large body', `HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`, /x{3000000}$/],
    ['with nothing', '', /^HTTP\/1.1 502 /],
  ]
  for (const [why, answer, heard] of cases) {
    const upstream = await rawOrigin(t, (socket) => void socket.end(answer))
    const lab = await inspected(t, upstream.port)
    t.match(await conversation(lab, get('/', ...UPGRADE)), heard, why)
    t.strictSame(await lab.end(), [], why)
    t.strictSame(lab.judge.story(), [answer === '' ? 'GET / origin-failed' : 'GET / done'], why)
  }
})

void t.test('a judge may say no: at the head, at the 101, and later', async (t) => {
  const upstream = await rawOrigin(t, (socket, bytes) => void socket.write(bytes.includes('Upgrade') ? SWITCH : bytes))
  const cases: readonly [words: Parameters<typeof recordingJudge>[0], heard: RegExp, ends: string][] = [
    [{ instead: () => ownAnswer(403) }, /^HTTP\/1.1 403 .*own 403$/s, 'own-answer'],
    [
      { answered: ({ status }) => (status === 101 ? ownAnswer(403) : undefined) },
      /^HTTP\/1.1 403 .*own 403$/s,
      'own-answer',
    ],
    [{ sent: () => ownAnswer(403) }, /^HTTP\/1.1 101 [^!]*$/s, 'done'],
    [{ received: () => false }, /^HTTP\/1.1 101 [^!]*$/s, 'done'],
  ]
  for (const [words, heard, end] of cases) {
    const lab = await inspected(t, upstream.port, { judge: recordingJudge(words) })
    t.match(await conversation(lab, `${get('/', ...UPGRADE)}!`), heard)
    t.strictSame(await lab.end(), [])
    t.strictSame(lab.judge.story(), [`GET / ${end}`])
  }
})

void t.test('HTTP/2 in clear text is declined: nobody could look into it', async (t) => {
  const upstream = await rawOrigin(t, (socket) => void socket.write(OK))
  for (const offer of ['h2c', 'websocket, H2C', 'h2']) {
    const lab = await inspected(t, upstream.port)
    const client = await lab.client()
    client.write(get('/', 'Connection: Upgrade, HTTP2-Settings', `Upgrade: ${offer}`, 'HTTP2-Settings: AAMA'))
    t.match(await readUntil(client, 'ok'), /^HTTP\/1.1 200 /, offer)
    t.notMatch(upstream.heard.at(-1), /upgrade|http2/i, offer)
    client.write(get('/2'))
    t.match(await readUntil(client, 'ok'), /^HTTP\/1.1 200 /, 'the connection is kept')
    client.destroy()
  }
})

void t.test('an upgrade behind another request cuts the connection', async (t) => {
  const upstream = await rawOrigin(t, () => {})
  const lab = await inspected(t, upstream.port)
  t.equal(await conversation(lab, get('/1', 'TE: trailers', 'Connection: TE') + get('/', ...UPGRADE)), '')
  t.strictSame(await lab.end(), [])
  t.strictSame(lab.judge.story(), ['GET /1 client-left'])
})
