/** An exchange over HTTP/2 that breaks off: whoever does it, the other side learns it at once, and by the right name. */

import { once } from 'node:events'
import { constants, type ServerHttp2Stream } from 'node:http2'
import t from 'tap'
import { ask, endsOf, h2World, read } from '../../../support/h2-world.js'
import { answersWith, type H2FrameSeen, listensFor } from '../../../support/raw-h2.js'
import { untilStill, waitUntil } from '../../../support/wait-until.js'

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } = constants
const { NGHTTP2_REFUSED_STREAM } = constants

/** Without this node ends a stream in order before it resets it. */
const TO_BE_RESET = { waitForTrailers: true }

/** The next stream the origin gets, and its first event of each kind. */
function catcher(): { readonly reply: (stream: ServerHttp2Stream) => void; readonly next: Promise<ServerHttp2Stream> } {
  let reply: (stream: ServerHttp2Stream) => void = () => {}
  const next = new Promise<ServerHttp2Stream>((resolve) => (reply = resolve))
  return {
    next,
    reply: (stream) => {
      stream.on('error', () => {})
      reply(stream)
    },
  }
}

for (const [title, begin] of [
  ['before the answer', () => {}],
  ['in the middle of the answer', (stream: ServerHttp2Stream) => void stream.respond({ ':status': 200 })],
] as const)
  for (const code of [NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR])
    void t.test(`a client that resets with ${code} ${title} resets the origin`, async (t) => {
      const { reply, next } = catcher()
      const { client, judge } = await h2World(t, reply)
      const asked = client.request({ ':path': '/' })
      asked.on('error', () => {})
      const atOrigin = await next
      begin(atOrigin)
      if (title === 'in the middle of the answer') await once(asked, 'response')
      const closed = once(atOrigin, 'close')
      asked.close(code)
      await closed
      t.equal(atOrigin.rstCode, NGHTTP2_CANCEL)
      t.strictSame(endsOf(judge), ['client-left'])
    })

for (const [title, size] of [
  ['a small', 4],
  ['a stuck', 3_000_000],
] as const)
  for (const code of [NGHTTP2_CANCEL, NGHTTP2_NO_ERROR])
    void t.test(`${title} upload that the client resets with ${code} never looks complete to the origin`, async (t) => {
      const seen: H2FrameSeen[] = []
      const { client, judge } = await h2World(t, () => {}, { origin: listensFor(seen) })
      const asked = client.request({ ':method': 'POST', ':path': '/' }, TO_BE_RESET)
      asked.on('error', () => {})
      asked.write(Buffer.alloc(size))
      await waitUntil(() => (judge.exchanges[0]?.sent ?? 0) >= 4)
      await untilStill(() => judge.exchanges[0]!.sent)
      asked.close(code)
      await waitUntil(() => seen.some(({ type }) => type === 'RST_STREAM'))
      t.notOk(seen.some(({ endStream }) => endStream))
      await waitUntil(() => endsOf(judge)[0] === 'client-left')
    })

const RESETS: ReadonlyArray<readonly [code: number, before: number | 'a page', after: number]> = [
  [NGHTTP2_REFUSED_STREAM, NGHTTP2_REFUSED_STREAM, NGHTTP2_REFUSED_STREAM],
  [NGHTTP2_CANCEL, NGHTTP2_CANCEL, NGHTTP2_CANCEL],
  [NGHTTP2_INTERNAL_ERROR, 'a page', NGHTTP2_INTERNAL_ERROR],
  [NGHTTP2_PROTOCOL_ERROR, 'a page', NGHTTP2_INTERNAL_ERROR],
]

for (const [code, before, after] of RESETS)
  void t.test(`an origin that resets with ${code}`, async (t) => {
    const { client, judge } = await h2World(t, (stream, headers) => {
      stream.on('error', () => {})
      if (headers[':path'] === '/before') return stream.close(code)
      stream.respond({ ':status': 200 }, TO_BE_RESET)
      stream.write('half', () => stream.close(code))
    })
    const first = await ask(client, { ':path': '/before' })
    if (before === 'a page') t.match(first, { rstCode: 0, headers: { ':status': 502 } })
    else t.equal(first.rstCode, before)
    const second = await ask(client, { ':path': '/after' })
    t.match(second, { rstCode: after, headers: { ':status': 200 } })
    t.strictSame(endsOf(judge), ['origin-failed', 'origin-failed'])
    t.match(judge.exchanges[1], { failures: [/502 .*broke the exchange off/] }, 'and the reason is known')
  })

void t.test('an origin that is lost', async (t) => {
  const { client, judge, originSockets } = await h2World(t, (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path'] === '/after') stream.respond({ ':status': 200 })
  })
  const lost = async (path: string): Promise<unknown> => {
    const stream = client.request({ ':path': path })
    const answer = read(stream)
    if (path === '/after') await once(stream, 'response')
    else await waitUntil(() => judge.exchanges.length === 1 && originSockets.size === 1)
    for (const socket of originSockets) socket.resetAndDestroy()
    return answer
  }
  t.match(await lost('/before'), { rstCode: 0, headers: { ':status': 502 } })
  t.match(await lost('/after'), { rstCode: NGHTTP2_INTERNAL_ERROR, headers: { ':status': 200 } })
  t.match(judge.exchanges, [{ failures: [/502 .*lost/] }, { failures: [/502 .*lost/] }])
  t.strictSame(endsOf(judge), ['origin-failed', 'origin-failed'])
})

void t.test('an origin that has answered and wants no more of the request', async (t) => {
  for (const trailers of [false, true]) {
    const { client, judge } = await h2World(t, (stream) => {
      stream.on('error', () => {})
      stream.respond({ ':status': 413 }, { waitForTrailers: trailers })
      const refuse = (): void => void setImmediate(() => stream.close(NGHTTP2_NO_ERROR))
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'x-sum': '1' })
        refuse()
      })
      stream.end('too much')
      if (!trailers) stream.once('finish', refuse)
    })
    const stream = client.request({ ':method': 'POST', ':path': '/' })
    stream.write('the first of very much')
    const answer = await read(stream)
    t.match(answer, { rstCode: 0, headers: { ':status': 413 }, trailers: trailers ? { 'x-sum': '1' } : {} })
    t.equal(answer.body.toString(), 'too much')
    await waitUntil(() => endsOf(judge)[0] === 'done')
  }
})

void t.test('answers no client could be given are a page', async (t) => {
  const cases: ReadonlyArray<readonly [title: string, fields: ReadonlyArray<readonly [string, string]>]> = [
    ['a status node does not send', [[':status', '999']]],
    ['no status', [['x-a', '1']]],
    [
      'a header of HTTP/1.1',
      [
        [':status', '200'],
        ['connection', 'close'],
      ],
    ],
    [
      'capitals',
      [
        [':status', '200'],
        ['X-A', '1'],
      ],
    ],
    [
      'a status twice',
      [
        [':status', '200'],
        [':status', '200'],
      ],
    ],
  ]
  for (const [title, fields] of cases) {
    const { client, judge } = await h2World(t, () => {}, { origin: answersWith(fields) })
    t.match(await ask(client, { ':path': '/' }), { rstCode: 0, headers: { ':status': 502 } }, title)
    t.strictSame(endsOf(judge), ['origin-failed'])
  }
  const { client } = await h2World(t, () => {}, {
    origin: answersWith([
      [':status', '200'],
      ['x-a', '1'],
    ]),
  })
  t.match(
    await ask(client, { ':path': '/' }),
    { headers: { ':status': 200, 'x-a': '1' } },
    'and a good one is passed on',
  )
})
