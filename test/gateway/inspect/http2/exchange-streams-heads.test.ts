/** An exchange over HTTP/2, its heads: what the origin and the client get of each other's header fields and trailers. */

import { sensitiveHeaders } from 'node:http2'
import t from 'tap'
import { ask, endsOf, h2World, read } from '../../../support/h2-world.js'
import { recordingJudge } from '../../../support/recording-judge.js'

/** An option that node's types lack. */
const NO_DATE = { sendDate: false }

void t.test('the head of a request arrives as it was sent', async (t) => {
  let arrived: string[] = []
  let never: string[] = []
  const { client, judge } = await h2World(t, (stream, headers, _flags, raw) => {
    arrived = raw
    never = (headers as Record<symbol, unknown>)[sensitiveHeaders] as string[]
    stream.respond({ ':status': 200 }, { endStream: true })
  })
  const fields = {
    ':method': 'PATCH',
    ':authority': 'Example.com:8443',
    ':scheme': 'https',
    ':path': '/a%2Fb//c?d=%20&e',
    'x-b': ['2', '3'],
    'x-a': 'caf\u00e9',
    te: 'trailers',
    cookie: ['a=1', 'b=2'],
    authorization: 'Bearer x',
    accept: 'text/html',
  }
  await ask(client, { ...fields, [sensitiveHeaders]: ['authorization'] })
  const wanted = Object.entries(fields).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, one]))
  t.strictSame(arrived, wanted)
  // nghttp2 itself adds short cookies.
  t.strictSame(new Set(never), new Set(['authorization', 'cookie']), 'and what is never to be indexed is not')
  t.match(judge.exchanges, [
    {
      head: {
        method: 'PATCH',
        authority: 'Example.com:8443',
        target: '/a%2Fb//c?d=%20&e',
        bytes: 0,
        accept: 'text/html',
      },
      answers: [{ status: 200, bytes: 0 }],
      ends: ['done'],
    },
  ])
})

void t.test('the head of an answer arrives as it was sent, without a Date of ours', async (t) => {
  const { client } = await h2World(t, (stream) => {
    const fields = {
      ':status': 418,
      server: 'x',
      'set-cookie': ['a=1', 'b=2'],
      link: ['<a>', '<b>'],
      'alt-svc': 'clear',
    }
    stream.respond(fields, { endStream: false, ...NO_DATE })
    stream.end('teapot')
  })
  const { raw, body } = await ask(client, { ':path': '/' })
  t.strictSame(raw, [
    ...[':status', '418', 'server', 'x', 'set-cookie', 'a=1', 'set-cookie', 'b=2', 'link', '<a>', 'link', '<b>'],
    ...['alt-svc', 'clear'],
  ])
  t.equal(body.toString(), 'teapot')
})

void t.test('the way is told where the settings say so', async (t) => {
  const forwarded = { via: true, xForwardedFor: true }
  const { client } = await h2World(
    t,
    (stream, headers) => {
      stream.respond({ ':status': 200 })
      stream.end(JSON.stringify([headers['via'], headers['x-forwarded-for']]))
    },
    { judge: recordingJudge({ forwarded }) },
  )
  const told = async (fields: object): Promise<unknown> => {
    return JSON.parse((await ask(client, { ':path': '/', ...fields })).body.toString())
  }
  t.strictSame(await told({}), ['2 ns-us-nyc1', '198.51.100.7'])
  const before = { via: ['1.1 a', '1.1 b'], 'x-forwarded-for': '10.0.0.1' }
  t.strictSame(await told(before), ['1.1 a, 1.1 b, 2 ns-us-nyc1', '10.0.0.1, 198.51.100.7'])
})

void t.test('informational answers come before the answer, as many as are sensible', async (t) => {
  const { client, judge } = await h2World(t, (stream, headers) => {
    stream.additionalHeaders({ ':status': 100 })
    for (let count = Number(headers['x-count']); count > 0; count -= 1)
      stream.additionalHeaders({ ':status': 103, link: `<${count}>` })
    stream.respond({ ':status': 200 })
    stream.end('x')
  })
  const few = await ask(client, { ':path': '/', expect: '100-continue', 'x-count': '2' }, 'body')
  t.match(few.informational, [{ ':status': 100 }, { ':status': 103, link: '<2>' }, { ':status': 103, link: '<1>' }])
  t.equal(few.headers[':status'], 200)
  t.match(judge.exchanges, [{ answers: [{ status: 200 }] }], 'and only the answer is judged')
  const many = await ask(client, { ':path': '/', 'x-count': '1000' })
  t.equal(many.informational.length, 32)
  t.equal(many.body.toString(), 'x')
})

void t.test('answers without a body', async (t) => {
  const { client, judge } = await h2World(t, (stream, headers) => {
    const [, status = '200', length] = headers[':path']!.split('/')
    stream.respond({ ':status': Number(status), ...(length === undefined ? {} : { 'content-length': length }) })
    if (!stream.writableEnded) stream.end()
  })
  const cases: ReadonlyArray<readonly [method: string, path: string, status: number, length: string | undefined]> = [
    ['HEAD', '/200/1234', 200, '1234'],
    ['HEAD', '/404', 404, undefined],
    ['GET', '/204', 204, undefined],
    ['GET', '/205', 205, undefined],
    ['GET', '/304/99', 304, '99'],
    ['GET', '/200', 200, undefined],
    ['OPTIONS', '/200', 200, undefined],
    ['DELETE', '/204', 204, undefined],
  ]
  for (const [method, path, status, length] of cases) {
    const got = await ask(client, { ':method': method, ':path': path })
    t.match(got, { rstCode: 0, body: { length: 0 } }, `${method} ${path}`)
    t.equal(got.headers[':status'], status)
    t.equal(got.headers['content-length'], length)
  }
  t.strictSame(
    endsOf(judge),
    cases.map(() => 'done'),
  )
})

void t.test('trailers pass both ways, with a body, without one, and in place of an answer', async (t) => {
  const { client, judge } = await h2World(t, (stream, headers) => {
    let asked = {}
    stream.on('trailers', (fields) => (asked = fields))
    if (headers[':path'] === '/only') {
      stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true })
      return
    }
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-echo': JSON.stringify(asked) }))
    stream.resume().on('end', () => stream.end(headers[':path'] === '/body' ? 'message' : undefined))
  })
  for (const [path, sent, body] of [
    ['/body', 'question', 'message'],
    ['/none', undefined, ''],
  ] as const) {
    const stream = client.request({ ':method': 'POST', ':path': path, te: 'trailers' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '42' }))
    stream.end(sent)
    const got = await read(stream)
    t.equal(got.body.toString(), body)
    t.match(got.trailers, { 'grpc-status': '0', 'x-echo': '{"x-sum":"42"}' }, path)
  }
  const only = await ask(client, { ':method': 'POST', ':path': '/only', te: 'trailers' })
  t.match(only, { rstCode: 0, headers: { 'grpc-status': '12' }, trailers: {} })
  t.strictSame(endsOf(judge), ['done', 'done', 'done'])
})

void t.test('the origin is told that nothing may be pushed, and nobody that CONNECT is extended', async (t) => {
  let pushAllowed: boolean | undefined
  const { client } = await h2World(t, (stream) => {
    pushAllowed = stream.pushAllowed
    stream.respond({ ':status': 200 }, { endStream: true })
  })
  await ask(client, { ':path': '/' })
  t.equal(pushAllowed, false)
  t.equal(client.remoteSettings.enableConnectProtocol, false)
})
