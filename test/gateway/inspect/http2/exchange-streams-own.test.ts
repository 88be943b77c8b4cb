/** An exchange over HTTP/2 whose answer is the gateway's own, at each moment at which the judge can object. */

import { once } from 'node:events'
import { constants } from 'node:http2'
import t from 'tap'
import { ask, endsOf, h2World, read } from '../../../support/h2-world.js'
import { ownAnswer, recordingJudge } from '../../../support/recording-judge.js'
import { waitUntil } from '../../../support/wait-until.js'

const BLOCKED = ownAnswer(403, 'blocked')

void t.test('instead of asking the origin', async (t) => {
  let asked = 0
  const judge = recordingJudge({ instead: ({ target }) => (target === '/blocked' ? BLOCKED : undefined) })
  const { client } = await h2World(
    t,
    (stream) => {
      asked += 1
      stream.respond({ ':status': 200 }, { endStream: true })
    },
    { judge },
  )
  const got = await ask(client, { ':path': '/blocked' })
  t.match(got, { rstCode: 0, headers: { ':status': 403, 'content-type': 'text/plain', 'content-length': '7' } })
  t.equal(got.body.toString(), 'blocked')
  const head = await ask(client, { ':method': 'HEAD', ':path': '/blocked' })
  t.match(head, { rstCode: 0, headers: { ':status': 403, 'content-length': '7' }, body: { length: 0 } })
  t.equal(asked, 0)
  t.match(await ask(client, { ':path': '/' }), { headers: { ':status': 200 } }, 'and the next is asked')
  t.strictSame(endsOf(judge), ['own-answer', 'own-answer', 'done'])
})

void t.test('instead of asking, to a client that would send for ever', async (t) => {
  const judge = recordingJudge({ instead: () => BLOCKED })
  const { client } = await h2World(t, () => {}, { judge })
  const stream = client.request({ ':method': 'POST', ':path': '/' })
  const piece = Buffer.alloc(64 * 1024)
  const send = (): void => void (stream.writable && stream.write(piece, send))
  send()
  const got = await read(stream)
  t.match(got, { rstCode: 0, headers: { ':status': 403 } })
  t.equal(got.body.toString(), 'blocked')
  await waitUntil(() => endsOf(judge)[0] === 'own-answer')
  t.equal(judge.exchanges[0]?.sent, 0)
})

void t.test('instead of the answer of the origin, which is broken off', async (t) => {
  let code: number | undefined
  const judge = recordingJudge({ answered: ({ contentType }) => (contentType === 'video/mp4' ? BLOCKED : undefined) })
  const { client } = await h2World(
    t,
    (stream, headers) => {
      stream.on('error', () => {})
      stream.on('close', () => (code = stream.rstCode))
      const length = headers[':path'] === '/video/mp4' ? 100_000_000 : 0
      stream.respond({ ':status': 200, 'content-type': headers[':path']!.slice(1), 'content-length': length })
      if (length === 0) stream.end()
      else stream.write('the beginning')
    },
    { judge },
  )
  const got = await ask(client, { ':path': '/video/mp4' })
  t.match(got, { rstCode: 0, headers: { ':status': 403 } })
  t.equal(got.body.toString(), 'blocked')
  await waitUntil(() => code === constants.NGHTTP2_CANCEL)
  t.match(await ask(client, { ':path': '/text/plain' }), { headers: { ':status': 200 } })
  t.match(judge.exchanges, [
    { answers: [{ bytes: 100_000_000 }], received: 0, ends: ['own-answer'] },
    { ends: ['done'] },
  ])
})

void t.test('when a request grows too large: a page, or a cut where the answer has begun', async (t) => {
  const judge = recordingJudge({ sent: (bytes) => (bytes > 100_000 ? BLOCKED : undefined) })
  const { client } = await h2World(
    t,
    (stream, headers) => {
      stream.on('error', () => {})
      stream.on('aborted', () => (aborted += 1))
      stream.resume()
      if (headers[':path'] === '/at-once') stream.respond({ ':status': 200 })
      stream.on('end', () => (ended += 1))
    },
    { judge },
  )
  let aborted = 0
  let ended = 0
  for (const [path, wanted] of [
    ['/later', { rstCode: 0, headers: { ':status': 403 } }],
    ['/at-once', { rstCode: constants.NGHTTP2_INTERNAL_ERROR, headers: { ':status': 200 } }],
  ] as const) {
    const stream = client.request({ ':method': 'POST', ':path': path })
    const answer = read(stream)
    if (path === '/at-once') await once(stream, 'response')
    stream.write(Buffer.alloc(50_000))
    stream.write(Buffer.alloc(60_000))
    t.match(await answer, wanted, path)
  }
  await waitUntil(() => aborted === 2)
  t.strictSame(endsOf(judge), ['own-answer', 'own-answer'])
})

void t.test('when an answer grows too large it is cut, and the client sees that', async (t) => {
  let code: number | undefined
  const judge = recordingJudge({ received: (bytes) => bytes <= 100_000 })
  const { client } = await h2World(
    t,
    (stream) => {
      stream.on('error', () => {})
      stream.on('close', () => (code = stream.rstCode))
      stream.respond({ ':status': 200 })
      stream.write(Buffer.alloc(50_000))
      stream.write(Buffer.alloc(60_000))
    },
    { judge },
  )
  const got = await ask(client, { ':path': '/' })
  t.equal(got.rstCode, constants.NGHTTP2_INTERNAL_ERROR)
  t.ok(got.body.length <= 100_000, `${got.body.length} bytes arrived`)
  await waitUntil(() => code === constants.NGHTTP2_CANCEL)
  t.strictSame(endsOf(judge), ['own-answer'])
})
