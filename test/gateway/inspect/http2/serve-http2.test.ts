/** serveHttp2: the session with the client, its ends, and its bounds. */

import { once } from 'node:events'
import { constants, type ServerHttp2Stream } from 'node:http2'
import t from 'tap'
import { duplexPair } from '../../../../agent/capture/duplex-pair.js'
import { serveHttp2 } from '../../../../gateway/inspect/http2/serve-http2.js'
import { ask, endsOf, h2World, type OriginReply, read } from '../../../support/h2-world.js'
import { ownAnswer, recordingJudge } from '../../../support/recording-judge.js'
import { waitUntil } from '../../../support/wait-until.js'

const hello: OriginReply = (stream, headers) => {
  stream.respond({ ':status': 200 })
  stream.end(`hello ${headers[':path']}`)
}

const silent: OriginReply = (stream) => {
  stream.on('error', () => {})
}

void t.test('100 exchanges at once over one connection to the origin, none mistaken for another', async (t) => {
  const { client, judge, originSockets } = await h2World(t, hello)
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, number) =>
      ask(client, { ':method': 'POST', ':path': `/${number}` }, 'x'.repeat(number)),
    ),
  )
  for (const [number, { body }] of answers.entries()) t.equal(body.toString(), `hello /${number}`)
  t.equal(originSockets.size, 1)
  t.ok(judge.exchanges.every(({ sent, ends }, number) => sent === number && ends.join() === 'done'))
})

void t.test('without an origin every answer is our own', async (t) => {
  const judge = recordingJudge({ instead: ({ target }) => ownAnswer(200, `you are steered to ${target}`) })
  const { client, served } = await h2World(t, hello, { judge, alone: true })
  const { body } = await ask(client, { ':path': '/a' })
  t.equal(body.toString(), 'you are steered to /a')
  client.close()
  await Promise.all(served)
  t.strictSame(endsOf(judge), ['own-answer'])
})

void t.test('a client that goes, in order or not, takes the connection to the origin along', async (t) => {
  for (const leave of ['close', 'destroy'] as const) {
    const { client, served, judge, originSockets } = await h2World(t, leave === 'close' ? hello : silent)
    const asked = ask(client, { ':path': '/' })
    await waitUntil(() => judge.exchanges.length === 1 && originSockets.size === 1)
    if (leave === 'close') await asked
    client[leave]()
    await Promise.all(served)
    await waitUntil(() => originSockets.size === 0)
    t.strictSame(endsOf(judge), [leave === 'close' ? 'done' : 'client-left'])
  }
})

void t.test('an origin that goes: the client is told, and what is on its way arrives', async (t) => {
  const streams: ServerHttp2Stream[] = []
  const { client, served, judge, originSockets } = await h2World(t, (stream) => {
    streams.push(stream)
    stream.respond({ ':status': 200 })
    stream.write('half ')
  })
  const asked = client.request({ ':path': '/' })
  const answer = read(asked)
  await once(asked, 'data')
  const toldToGo = once(client, 'goaway')
  streams[0]!.session!.close()
  const [code] = await toldToGo
  t.equal(code, constants.NGHTTP2_NO_ERROR)
  streams[0]!.end('whole')
  const { body, rstCode } = await answer
  t.strictSame([body.toString(), rstCode], ['half whole', 0])
  await Promise.all([...served, once(client, 'close')])
  await waitUntil(() => originSockets.size === 0)
  t.strictSame(endsOf(judge), ['done'])
})

void t.test('an origin that goes while nothing is asked', async (t) => {
  const { client, served } = await h2World(t, (stream, headers, ...rest) => {
    hello(stream, headers, ...rest)
    const { session } = stream
    stream.once('close', () => session?.close())
  })
  const toldToGo = once(client, 'goaway')
  await ask(client, { ':path': '/' })
  await toldToGo
  await Promise.all([...served, once(client, 'close')])
})

void t.test(
  'an origin that hangs up while nothing is asked: the next request finds another connection, or a reason',
  async (t) => {
    const { client, originSockets, judge } = await h2World(t, hello)
    await ask(client, { ':path': '/1' })
    for (const socket of originSockets) socket.destroy()
    await waitUntil(() => originSockets.size === 0)
    const { body } = await ask(client, { ':path': '/2' })
    t.equal(body.toString(), 'hello /2')
    t.strictSame(endsOf(judge), ['done', 'done'])

    const alone = await h2World(t, hello, { again: async () => ({ failure: 'nobody there' }) })
    await ask(alone.client, { ':path': '/1' })
    for (const socket of alone.originSockets) socket.destroy()
    await waitUntil(() => alone.originSockets.size === 0)
    t.match(await ask(alone.client, { ':path': '/2' }), { headers: { ':status': 502 } })
    t.match(alone.judge.exchanges[1], { failures: ['502 nobody there'], ends: ['origin-failed'] })
  },
)

void t.test('silence ends both sides; what was asked gets an answer', async (t) => {
  const { client, served, judge, originSockets } = await h2World(t, silent, { idleMs: 100 })
  t.match(await ask(client, { ':path': '/' }), { rstCode: 0, headers: { ':status': 504 } })
  await Promise.all([...served, once(client, 'close')])
  await waitUntil(() => originSockets.size === 0)
  t.match(judge.exchanges, [{ failures: [/504 .*silent/], ends: ['origin-failed'] }])
})

void t.test('an origin that speaks no HTTP/2 is a page, and is remembered', async (t) => {
  const { client, malformed } = await h2World(t, hello, {
    origin: (socket) => {
      socket.on('error', () => {})
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    },
    again: async () => ({ failure: 'it speaks no HTTP/2' }),
  })
  t.match(await ask(client, { ':path': '/' }), { headers: { ':status': 502 } })
  t.equal(malformed.length, 1)
})

void t.test('a client that has gone before it began', async (t) => {
  const [client, clientsEnd] = duplexPair()
  const [first, originsEnd] = duplexPair()
  for (const end of [clientsEnd, originsEnd]) end.on('error', () => {})
  client.destroy()
  await serveHttp2(
    client,
    { first, again: async () => ({ failure: '' }), malformed: () => {}, idleMs: 1000 },
    recordingJudge(),
  )
  t.ok(first.destroyed)
})
