/** An exchange over HTTP/2, its bodies: all bytes, as they come, both ways at once, in bounded memory. */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Http2Stream } from 'node:http2'
import { pipeline } from 'node:stream/promises'
import t from 'tap'
import { endsOf, h2World, read } from '../../../support/h2-world.js'
import { heldBytes } from '../../../support/memory.js'
import { untilStill, waitUntil } from '../../../support/wait-until.js'

const MIB = 1024 * 1024
const BODY_BYTES = 64 * MIB

/** Held of one stopped body at most: the windows of the client, of the gateway and of the origin, and what is on its way. */
const MOST_HELD = 12 * MIB

function* body(): Generator<Buffer> {
  for (let at = 0; at < BODY_BYTES; at += 64 * 1024) yield Buffer.alloc(64 * 1024, String(at))
}

const HASH = createHash('sha256')
for (const piece of body()) HASH.update(piece)
const WANTED = HASH.digest('hex')

async function hashOf(stream: Http2Stream): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of stream) hash.update(piece as Buffer)
  return hash.digest('hex')
}

void t.test('64 MiB down: a reader that stops holds a few windows, then gets every byte', async (t) => {
  const { client, judge } = await h2World(t, (stream) => {
    stream.respond({ ':status': 200 })
    pipeline(body, stream).catch(() => {})
  })
  const stream = client.request({ ':path': '/' })
  await once(stream, 'response')
  const before = await heldBytes()
  await untilStill(() => judge.exchanges[0]!.received)
  const { received } = judge.exchanges[0]!
  t.ok(received > 0 && received < 4 * MIB, `${received} bytes came through to a reader that does not read`)
  const held = (await heldBytes()) - before
  t.ok(held < MOST_HELD, `${held} bytes are held`)
  t.equal(await hashOf(stream), WANTED)
  t.match(judge.exchanges, [{ received: BODY_BYTES, sent: 0, ends: ['done'] }])
})

void t.test('64 MiB up: an origin that stops reading holds a few windows, then gets every byte', async (t) => {
  let go: () => void = () => {}
  const mayRead = new Promise<void>((resolve) => (go = resolve))
  const { client, judge } = await h2World(t, async (stream) => {
    await mayRead
    const hash = await hashOf(stream)
    stream.respond({ ':status': 200 })
    stream.end(hash)
  })
  const before = await heldBytes()
  const stream = client.request({ ':method': 'PUT', ':path': '/' })
  const sending = pipeline(body, stream, { end: true })
  sending.catch(() => {})
  await untilStill(() => judge.exchanges[0]?.sent ?? -1)
  const { sent } = judge.exchanges[0]!
  t.ok(sent > 0 && sent < 4 * MIB, `${sent} bytes came through to an origin that does not read`)
  const held = (await heldBytes()) - before
  t.ok(held < MOST_HELD, `${held} bytes are held`)
  go()
  const [answer] = (await once(stream, 'data')) as [Buffer]
  t.equal(answer.toString(), WANTED)
  await once(stream, 'close')
  t.match(judge.exchanges, [{ sent: BODY_BYTES, received: 64, ends: ['done'] }])
})

void t.test('each event of a stream of events arrives before the next is sent', async (t) => {
  const { client } = await h2World(t, (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'text/event-stream' })
    stream.write('data: 0\n\n')
    // Only a client that has read the event asks for the next.
    stream.on('data', (asked: Buffer) => stream.write(`data: ${asked}\n\n`))
    stream.on('end', () => stream.end())
  })
  const stream = client.request({ ':method': 'POST', ':path': '/' })
  for (const number of ['0', '1', '2', '3']) {
    const [event] = (await once(stream, 'data')) as [Buffer]
    t.equal(event.toString(), `data: ${number}\n\n`)
    stream.write(String(Number(number) + 1))
  }
  stream.end()
  stream.resume()
  await once(stream, 'close')
  t.equal(stream.rstCode, 0)
})

void t.test('an answer that is complete before the request does not end the request', async (t) => {
  let got = ''
  const { client, judge } = await h2World(t, (stream) => {
    stream.respond({ ':status': 200 })
    stream.end('thanks')
    stream.on('data', (piece: Buffer) => (got += piece.toString()))
  })
  const stream = client.request({ ':method': 'POST', ':path': '/' })
  stream.write('first ')
  stream.resume()
  await once(stream, 'end')
  stream.end('second')
  await once(stream, 'close')
  await untilStill(() => got.length)
  t.equal(got, 'first second')
  t.strictSame(endsOf(judge), ['done'])
})

void t.test('an answer that came whole is whole, though the origin hung up before the client read it', async (t) => {
  const size = 700_000
  const { client, judge, originSockets } = await h2World(t, (stream) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }))
    stream.end(Buffer.alloc(size))
    stream.once('close', () => {
      for (const socket of originSockets) socket.destroy()
    })
  })
  const stream = client.request({ ':path': '/' })
  await once(stream, 'response')
  await waitUntil(() => originSockets.size === 0)
  const answer = await read(stream)
  t.equal(answer.body.length, size)
  t.match(answer, { rstCode: 0, trailers: { 'x-sum': '1' } })
  t.match(judge.exchanges, [{ received: size, ends: ['done'] }])
})
