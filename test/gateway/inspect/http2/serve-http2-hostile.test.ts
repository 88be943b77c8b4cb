/** serveHttp2 and clients that mean no good, or cannot do better: bounded, refused, and nothing thrown. */

import { once } from 'node:events'
import { constants } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import fc from 'fast-check'
import t from 'tap'
import { ask, type H2World, h2World, type OriginReply, read } from '../../../support/h2-world.js'
import { h2Frame, literalFields, PREFACE, readFrames } from '../../../support/raw-h2.js'
import { waitUntil } from '../../../support/wait-until.js'

const hello: OriginReply = (stream, headers) => {
  stream.on('error', () => {})
  stream.respond({ ':status': 200 })
  if (!stream.writableEnded) stream.end(`hello ${headers[':path']}`)
}

const NOTHING = Buffer.alloc(0)
const SETTINGS = h2Frame('SETTINGS', 0, 0, NOTHING)
const GREETING = Buffer.concat([PREFACE, SETTINGS])
const HEAD = [
  [':method', 'GET'],
  [':scheme', 'https'],
  [':authority', 'a.example'],
  [':path', '/'],
] as const

type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** A request on a stream; without a body, unless the flags say so. */
function request(fields: Fields, stream = 1, flags = 5): Buffer {
  return h2Frame('HEADERS', flags, stream, literalFields(fields))
}

/** Says it on a connection of its own and hears what comes back; settles when the gateway is done with it. */
async function say(world: H2World, words: Uint8Array): Promise<void> {
  const before = world.served.length
  const socket = await rawClient(world)
  socket.end(words)
  socket.resume()
  await once(socket, 'close')
  await waitUntil(() => world.served.length > before)
  await world.served[before]
}

async function rawClient({ port, certificate: { cert } }: H2World): Promise<TLSSocket> {
  const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca: cert, ALPNProtocols: ['h2'] })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  return socket
}

/** How many requests reset before their answer are borne. */
const BORNE = 256

function reset(stream: number): Buffer {
  return h2Frame('RST_STREAM', 0, stream, Buffer.of(0, 0, 0, constants.NGHTTP2_CANCEL))
}

for (const [title, inOnePacket] of [
  ['at once', true],
  ['when the origin has been asked', false],
] as const)
  void t.test(`a client that asks and resets, ${title}, over and over, is sent away`, async (t) => {
    const world = await h2World(t, (stream) => void stream.on('error', () => {}))
    const { judge, served } = world
    const socket = await rawClient(world)
    let code: number | undefined
    readFrames(socket, 0, ({ type, payload }) => {
      if (type === 'GOAWAY') code = payload.readUInt32BE(4)
    })
    socket.write(GREETING)
    const streams = Array.from({ length: BORNE }, (_, number) => 2 * number + 1)
    for (let at = 0; at < BORNE; at += 64) {
      const some = streams.slice(at, at + 64)
      const asking = some.map((stream) => request(HEAD, stream))
      const resetting = some.map(reset)
      if (inOnePacket) socket.write(Buffer.concat(asking.flatMap((words, which) => [words, resetting[which]!])))
      else {
        socket.write(Buffer.concat(asking))
        await waitUntil(() => judge.exchanges.length === at + 64)
        socket.write(Buffer.concat(resetting))
      }
    }
    await waitUntil(() => served.length === 2)
    t.strictSame(judge.refusals, [], 'so much is borne')
    const last = 2 * BORNE + 1
    socket.write(Buffer.concat([request(HEAD, last), reset(last)]))
    await once(socket, 'close')
    await served[1]
    t.equal(code, constants.NGHTTP2_ENHANCE_YOUR_CALM)
    t.match(judge.refusals, [/400 .*does not wait/])
    t.ok(judge.exchanges.every(({ ends }) => ends.join() === 'client-left'))
  })

void t.test('a client that reads answers in between may reset for ever', async (t) => {
  const { client, judge } = await h2World(t, (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] === '/answer') stream.respond({ ':status': 200 }, { endStream: true })
  })
  for (let round = 1; round <= 6; round += 1) {
    const streams = Array.from({ length: 60 }, () => client.request({ ':path': '/' }))
    await waitUntil(() => judge.exchanges.length === 120 * round - 60)
    for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL)
    await Promise.all(streams.map(() => ask(client, { ':path': '/answer' })))
  }
  t.strictSame(judge.refusals, [])
})

void t.test('what is no HTTP/2 is refused', async (t) => {
  const world = await h2World(t, hello)
  const garbage = Buffer.concat([PREFACE, Buffer.from('\0\0\x04garbage')])
  for (const words of [Buffer.from('GET / HTTP/1.1\r\nhost: a\r\n\r\n'), Buffer.alloc(100), garbage])
    await say(world, words)
  t.equal(world.judge.exchanges.length, 0)
  t.ok(world.judge.refusals.length >= 2)
})

const MALFORMED: ReadonlyArray<readonly [title: string, words: Buffer]> = [
  ['no path', request(HEAD.slice(0, 3))],
  ['an empty path', request([...HEAD.slice(0, 3), [':path', '']])],
  ['no host', request([HEAD[0], HEAD[1], HEAD[3]])],
  ['two methods', request([...HEAD, [':method', 'POST']])],
  ['a pseudo-header nobody knows', request([...HEAD, [':x', '1']])],
  ['a pseudo-header after others', request([HEAD[0], HEAD[1], ['x-a', '1'], HEAD[2], HEAD[3]])],
  ['a status', request([...HEAD, [':status', '200']])],
  ['capitals', request([...HEAD, ['X-A', '1']])],
  ['connection', request([...HEAD, ['connection', 'close']])],
  ['transfer-encoding', request([...HEAD, ['transfer-encoding', 'chunked']])],
  ['te: gzip', request([...HEAD, ['te', 'gzip']])],
  ['two lengths', request([...HEAD, ['content-length', '1'], ['content-length', '2']])],
  ['a length of minus one', request([...HEAD, ['content-length', '-1']])],
  ['a length and no body', request([...HEAD, ['content-length', '5']])],
  ['extended CONNECT', request([[':method', 'CONNECT'], ...HEAD.slice(1), [':protocol', 'websocket']])],
  ['HEADERS of stream 0', request(HEAD, 0)],
  ['HEADERS of an even stream', request(HEAD, 2)],
  ['DATA of a stream that is not', h2Frame('DATA', 1, 5, Buffer.from('x'))],
  ['PUSH_PROMISE', h2Frame('PUSH_PROMISE', 4, 1, Buffer.alloc(4))],
  ['RST_STREAM of a stream that is not', h2Frame('RST_STREAM', 0, 7, Buffer.alloc(4))],
  ['SETTINGS of a stream', h2Frame('SETTINGS', 0, 3, NOTHING)],
  ['SETTINGS of five bytes', h2Frame('SETTINGS', 0, 0, Buffer.alloc(5))],
  ['a head of garbage', h2Frame('HEADERS', 5, 1, Buffer.alloc(40, 0xff))],
  ['a frame that is too long', h2Frame('DATA', 0, 1, Buffer.alloc(20_000))],
]

void t.test('malformed requests never reach the judge', async (t) => {
  const world = await h2World(t, hello)
  for (const [title, words] of MALFORMED) {
    await say(world, Buffer.concat([GREETING, words]))
    t.equal(world.judge.exchanges.length, 0, title)
  }
  await say(world, Buffer.concat([GREETING, request(HEAD)]))
  t.equal(world.judge.exchanges.length, 1, 'and a good one does')
})

void t.test('requests, and garbage or a reset in the same packet', async (t) => {
  const world = await h2World(t, hello)
  await say(world, Buffer.concat([GREETING, request(HEAD), request(HEAD, 3), h2Frame('SETTINGS', 0, 3, NOTHING)]))
  await say(world, Buffer.concat([GREETING, request(HEAD), h2Frame('RST_STREAM', 0, 1, Buffer.of(0, 0, 0, 8))]))
  t.ok(world.judge.exchanges.every(({ ends }) => ends.length === 1))
})

const EMPTY_CONTINUATION = Buffer.of(0, 0, 0, 9, 0, 0, 0, 0, 1)
const FLOODS: ReadonlyArray<readonly [title: string, flood: Buffer]> = [
  ['pings', flood(h2Frame('PING', 0, 0, Buffer.alloc(8)))],
  ['settings', flood(SETTINGS)],
  ['priorities', flood(h2Frame('PRIORITY', 0, 1, Buffer.of(0, 0, 0, 0, 1)))],
  ['empty data', flood(h2Frame('DATA', 0, 1, NOTHING), request([[':method', 'POST'], ...HEAD.slice(1)], 1, 4))],
  ['frames nobody knows', flood(Buffer.of(0, 0, 0, 99, 0, 0, 0, 0, 0))],
  ['a head without end', flood(EMPTY_CONTINUATION, h2Frame('HEADERS', 0, 1, NOTHING))],
  ['window updates of one byte', flood(Buffer.of(0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1))],
]

function flood(frame: Buffer, before: Buffer = NOTHING): Buffer {
  return Buffer.concat([GREETING, before, ...Array<Buffer>(5000).fill(frame)])
}

void t.test('floods are borne or cut off, and end with the client', async (t) => {
  const world = await h2World(t, hello)
  for (const [title, words] of FLOODS) {
    await say(world, words)
    t.equal((await ask(world.client, { ':path': '/' })).body.toString(), 'hello /', title)
  }
})

void t.test('no frames at all make it throw', async (t) => {
  const world = await h2World(t, hello)
  const types = ['DATA', 'HEADERS', 'PRIORITY', 'RST_STREAM', 'SETTINGS', 'PUSH_PROMISE', 'PING', 'GOAWAY'] as const
  const noise = fc
    .tuple(fc.constantFrom(...types), fc.nat(255), fc.nat(7), fc.uint8Array({ maxLength: 40 }))
    .map(([type, flags, stream, payload]) => h2Frame(type, flags, stream, payload))
  const sense = fc.constantFrom(request(HEAD), request(HEAD, 3, 4), h2Frame('DATA', 1, 3, Buffer.from('x')), SETTINGS)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(noise, sense), { maxLength: 8 }), (frames) =>
      say(world, Buffer.concat([GREETING, ...frames])),
    ),
    { numRuns: 100 },
  )
  t.ok(world.judge.exchanges.length > 0)
  t.ok(world.judge.exchanges.every(({ ends }) => ends.length === 1))
})

void t.test('heads beyond the bounds are refused or reset, and the session goes on', async (t) => {
  const world = await h2World(t, hello)
  const { client, judge } = world
  // A client that does not confirm our settings, by which node has its own bound.
  const fields = Array.from({ length: 700 }, () => ['x-a', 'x'.repeat(60)] as const)
  const head = literalFields([...HEAD, ...fields])
  const parts = [0, 1, 2].map((part) => head.subarray(part * 16_000, (part + 1) * 16_000))
  const frames = parts.map((part, at) =>
    h2Frame(at === 0 ? 'HEADERS' : 'CONTINUATION', at === 0 ? 1 : at === 2 ? 4 : 0, 1, part),
  )
  await say(world, Buffer.concat([GREETING, ...frames]))
  t.match(judge.refusals, [/431 .*larger/])

  const long = await ask(client, { ':path': '/', 'x-long': 'x'.repeat(70_000) })
  t.equal(long.rstCode, constants.NGHTTP2_ENHANCE_YOUR_CALM)
  const many = Object.fromEntries(Array.from({ length: 1100 }, (_, number) => [`x-${number}`, '1']))
  t.equal((await ask(client, { ':path': '/', ...many })).rstCode, constants.NGHTTP2_ENHANCE_YOUR_CALM)
  t.equal(judge.exchanges.length, 0)
  const good = await ask(client, { ':path': '/', 'x-long': 'x'.repeat(65_000) })
  t.equal(good.body.toString(), 'hello /')
})

void t.test('CONNECT, and what two programs could read in two ways, are refused', async (t) => {
  const { client, judge } = await h2World(t, hello)
  const connect = client.request({ ':method': 'CONNECT', ':authority': 'example.com:443' }, { endStream: false })
  t.match(await read(connect), { headers: { ':status': 400 } })
  const before = judge.refusals.length
  for (const [title, fields] of [
    ['two hosts', { ':authority': 'a.example', host: 'b.example' }],
    ['a host and a user', { ':authority': 'b.example@a.example' }],
    ['two hosts in one', { ':authority': 'a.example,b.example' }],
    ['a Host that is none', { ':authority': 'a.example', host: 'b.example@a.example' }],
    ['another scheme', { ':scheme': 'http' }],
    ['a scheme for which nobody looks at the path', { ':scheme': 'ftp', ':path': 'http://b.example/' }],
  ] as const)
    t.match(await ask(client, { ':path': '/', ...fields }), { headers: { ':status': 400 } }, title)
  t.match(judge.refusals.slice(0, before), [/400 .*CONNECT/])
  t.match(judge.refusals.slice(before), [/two hosts/, /none/, /none/, /none/, /scheme/, /scheme/])
  t.equal(judge.exchanges.length, 0)
  const good = { ':method': 'OPTIONS', ':path': '*', ':authority': 'a.example', host: 'A.example:443' }
  t.equal((await ask(client, good)).body.toString(), 'hello *', 'and a good one is answered')
})

void t.test('a client whose requests are all malformed is sent away', async (t) => {
  const { client, judge, served } = await h2World(t, hello)
  const malformed = { ':path': '/', ':authority': 'b.example@a.example' }
  for (let asked = 0; asked < BORNE; asked += 64) {
    const answers = await Promise.all(Array.from({ length: 64 }, () => ask(client, malformed)))
    t.ok(
      answers.every(({ headers }) => headers[':status'] === 400),
      'so much is borne',
    )
  }
  t.equal((await ask(client, { ':path': '/' })).body.toString(), 'hello /', 'a good one counts as one less')
  await waitUntil(() => judge.exchanges[0]?.ends.length === 1)
  t.equal((await ask(client, malformed)).headers[':status'], 400)
  const goaway = once(client, 'goaway')
  await ask(client, malformed)
  t.equal((await goaway)[0], constants.NGHTTP2_ENHANCE_YOUR_CALM)
  await served[0]
  t.equal(judge.refusals.length, BORNE + 3)
  t.match(judge.refusals.at(-1), /400 .*malformed requests/)
})
