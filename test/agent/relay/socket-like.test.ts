import { once } from 'node:events'
import t from 'tap'
import { SocketLike } from '../../../agent/relay/socket-like.js'

/** What is written stays until it is taken. */
class Slow extends SocketLike {
  finishWrite: (() => void) | undefined
  override _read(): void {}
  override _write(_chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.finishWrite = done
  }
}

void t.test('destroySoon lets what is written leave first', async (t) => {
  const slow = new Slow()
  slow.write('words')
  slow.destroySoon()
  t.notOk(slow.destroyed)
  slow.finishWrite?.()
  await once(slow, 'close')
  t.ok(slow.writableFinished)
})

void t.test('destroySoon of what has ended destroys at once', async (t) => {
  const slow = new Slow()
  slow.end()
  await once(slow, 'finish')
  slow.destroySoon()
  t.ok(slow.destroyed)
})

void t.test('the rest of a socket means nothing', async (t) => {
  const slow = new Slow()
  t.equal(slow.setTimeout(), slow)
  t.equal(slow.setNoDelay().setKeepAlive().ref().unref(), slow)
})
