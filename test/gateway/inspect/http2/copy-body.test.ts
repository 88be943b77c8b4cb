/** copyBody: every byte once, in order, and no more in memory than its bounds say. */

import { once } from 'node:events'
import { Duplex, PassThrough } from 'node:stream'
import t from 'tap'
import { copyBody } from '../../../../gateway/inspect/http2/copy-body.js'

const PIECE = Buffer.alloc(16 * 1024, 'x')

void t.test('what goes in comes out, and each piece was asked about', async (t) => {
  const from = new PassThrough()
  const to = new PassThrough()
  const asked: number[] = []
  let ended = false
  copyBody(
    from,
    to,
    (bytes) => asked.push(bytes) > 0,
    () => {
      ended = true
      to.end()
    },
  )
  for (const text of ['a', 'bc', 'def']) from.write(text)
  from.end()
  t.equal((await to.toArray()).join(''), 'abcdef')
  t.ok(ended)
  t.equal(
    asked.reduce((sum, bytes) => sum + bytes, 0),
    6,
  )
})

void t.test('a slow reader stops the sender, and a reader that goes on lets it go on', async (t) => {
  let take: (() => void) | undefined
  let taken = 0
  const to = new Duplex({
    write(chunk: Buffer, _encoding, done) {
      taken += chunk.length
      take = done
    },
  })
  const from = new PassThrough()
  copyBody(
    from,
    to,
    () => true,
    () => to.end(),
  )
  let written = 0
  for (; !from.isPaused() && written < 1000; written += 1) {
    from.write(PIECE)
    await new Promise(setImmediate)
  }
  t.ok(from.isPaused())
  t.ok(to.writableLength >= 128 * 1024 && to.writableLength <= 160 * 1024, `${to.writableLength} bytes are held`)
  from.end()
  while (!to.writableFinished) {
    take?.()
    await new Promise(setImmediate)
  }
  t.equal(taken, written * PIECE.length)
})

void t.test('after the objection nothing passes, and the rest is thrown away', async (t) => {
  const from = new PassThrough()
  const to = new PassThrough()
  let asked = 0
  copyBody(
    from,
    to,
    () => ++asked < 3,
    () => to.end(),
  )
  for (let count = 0; count < 10; count += 1) {
    from.write('piece')
    await new Promise(setImmediate)
  }
  from.end()
  t.equal((await to.toArray()).join(''), 'piecepiece')
  t.equal(asked, 3)
})

void t.test('a reader that has gone takes nothing, and nothing is thrown', async (t) => {
  const from = new PassThrough()
  const to = new PassThrough()
  let ended = false
  copyBody(
    from,
    to,
    () => true,
    () => (ended = true),
  )
  to.destroy()
  from.end('lost')
  await once(from, 'end')
  t.ok(ended)
})
