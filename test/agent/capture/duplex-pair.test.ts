import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { duplexPair } from '../../../agent/capture/duplex-pair.js'

/** Everything an end still reads (stream/consumers would destroy a half-open stream). */
function allOf(end: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = []
  end.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve) => end.once('end', () => resolve(Buffer.concat(chunks))))
}

/** The code an end fails with; '' when it closes without an error. */
function failureOf(end: Duplex): Promise<string> {
  return new Promise((resolve) => {
    let code = ''
    end.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code ?? error.message
    })
    end.once('close', () => resolve(code))
  })
}

void t.test('bytes cross both ways, whole and in order', async (t) => {
  const [left, right] = duplexPair()
  const there = randomBytes(1_000_000)
  const back = randomBytes(700_000)
  for (let at = 0; at < there.length; at += 9_999) left.write(there.subarray(at, at + 9_999))
  left.end()
  right.end(back)
  const [atRight, atLeft] = await Promise.all([allOf(right), allOf(left)])
  t.ok(atRight.equals(there) && atLeft.equals(back))
})

void t.test('a reader that does not read stops the writer', async (t) => {
  const [left, right] = duplexPair()
  const limit = left.writableHighWaterMark + right.readableHighWaterMark
  let written = 0
  while (left.write(Buffer.alloc(1_024))) written += 1_024
  t.ok(written <= limit, `${written} bytes taken of at most ${limit}`)
  let drained = false
  left.once('drain', () => {
    drained = true
  })
  await new Promise(setImmediate)
  t.notOk(drained, 'no drain while nobody reads')
  right.resume()
  await once(left, 'drain')
  t.pass('drain once it is read')
})

void t.test('half-close: one direction ends, the other goes on', async (t) => {
  const [left, right] = duplexPair()
  left.end('question')
  t.equal((await allOf(right)).toString(), 'question')
  right.end('answer')
  t.equal((await allOf(left)).toString(), 'answer')
})

void t.test('with allowHalfOpen false an end is answered with an end', async (t) => {
  const [left, right] = duplexPair({ allowHalfOpen: false })
  right.end()
  left.resume()
  right.resume()
  await Promise.all([once(left, 'close'), once(right, 'close')])
  t.ok(left.writableEnded)
})

void t.test('destroy before end is a reset for the other end', async (t) => {
  const [left, right] = duplexPair()
  const failed = Promise.all([failureOf(left), failureOf(right)])
  left.write('lost')
  left.destroy()
  t.strictSame(await failed, ['', 'ECONNRESET'])
})

void t.test('destroy with an error keeps that error, the other end sees a reset', async (t) => {
  const [left, right] = duplexPair()
  const failed = Promise.all([failureOf(left), failureOf(right)])
  left.destroy(new Error('mine'))
  t.strictSame(await failed, ['mine', 'ECONNRESET'])
})

void t.test(
  'destroy after end is a close: what was written still arrives, writing back fails with EPIPE',
  async (t) => {
    const [left, right] = duplexPair()
    left.end('last words')
    left.destroySoon()
    await once(left, 'close')
    t.equal((await allOf(right)).toString(), 'last words')
    const failed = failureOf(right)
    right.write('too late')
    t.equal(await failed, 'EPIPE')
  },
)

void t.test('a writer that waits for room fails when the reader is destroyed', async (t) => {
  const [left, right] = duplexPair()
  const failed = failureOf(left)
  while (left.write(Buffer.alloc(1_024)));
  right.destroy()
  t.match(await failed, /^(EPIPE|ECONNRESET)$/)
})
