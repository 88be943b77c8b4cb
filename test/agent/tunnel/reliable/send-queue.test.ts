/** The outgoing half: what is to be sent, how much is held, and what is held no more. */

import t from 'tap'
import { SendQueue } from '../../../../agent/tunnel/reliable/send-queue.js'

/** Takes the next segment of at most `most` bytes: [from, to, text, fin]. */
function sent(queue: SendQueue, most = 100) {
  const segment = queue.next(most)
  const into = Buffer.alloc(200)
  const length = queue.take(segment, into, 3)
  return [segment.from, segment.to, into.subarray(3, 3 + length).toString(), segment.fin]
}

void t.test('it holds its capacity, and has room again when the peer has the oldest', async (t) => {
  const queue = new SendQueue(10, 100)
  t.equal(queue.write(Buffer.from('abcdefghijkl')), 10)
  t.equal(queue.room, 0)
  t.equal(queue.write(Buffer.from('x')), 0)
  t.strictSame(sent(queue, 4), [0, 4, 'abcd', false])
  t.strictSame(sent(queue), [4, 10, 'efghij', false])
  t.notOk(queue.hasNext)
  queue.acked(4, 10)
  t.equal(queue.room, 0, 'the oldest is still held')
  queue.acked(0, 4)
  t.equal(queue.room, 10)
  t.equal(queue.write(Buffer.from('klm')), 3)
  t.strictSame(sent(queue), [10, 13, 'klm', false])
})

void t.test('it sends what the window allows, and older words do not shut it', async (t) => {
  const queue = new SendQueue(100, 4)
  queue.write(Buffer.from('abcdefgh'))
  t.strictSame(sent(queue), [0, 4, 'abcd', false])
  t.notOk(queue.hasNext)
  queue.open(6)
  queue.open(5)
  t.strictSame(sent(queue), [4, 6, 'ef', false])
  t.notOk(queue.hasNext)
})

void t.test('what was lost goes first, and only what the peer does not have', async (t) => {
  const queue = new SendQueue(100, 100)
  queue.write(Buffer.from('abcdefghijkl'))
  for (let times = 0; times < 3; times += 1) sent(queue, 3)
  queue.acked(3, 6)
  queue.repeat(0, 9)
  t.strictSame(sent(queue, 2), [0, 2, 'ab', false])
  queue.acked(7, 8)
  t.strictSame(
    [sent(queue), sent(queue), sent(queue), sent(queue)],
    [
      [2, 3, 'c', false],
      [6, 7, 'g', false],
      [8, 9, 'i', false],
      [9, 12, 'jkl', false],
    ],
  )
})

void t.test('the end is sent behind the last byte, takes no window, and is repeated like a byte', async (t) => {
  const queue = new SendQueue(100, 3)
  queue.write(Buffer.from('abc'))
  t.strictSame(sent(queue), [0, 3, 'abc', false])
  queue.end()
  queue.end()
  t.equal(queue.room, 0)
  t.equal(queue.write(Buffer.from('d')), 0)
  t.strictSame(sent(queue), [3, 4, '', true])
  queue.acked(0, 3)
  t.notOk(queue.finished)
  queue.repeat(3, 4)
  t.strictSame(sent(queue), [3, 4, '', true])
  queue.acked(3, 4)
  t.ok(queue.finished)

  const shut = new SendQueue(100, 2)
  shut.write(Buffer.from('abc'))
  shut.end()
  t.strictSame(sent(shut), [0, 2, 'ab', false])
  t.notOk(shut.hasNext, 'no end before the last byte')
  shut.open(3)
  t.strictSame(sent(shut), [2, 4, 'c', true])
})

void t.test('the peer may say that it has all only when the end was sent', async (t) => {
  const queue = new SendQueue(100, 100)
  queue.write(Buffer.from('abc'))
  sent(queue)
  t.notOk(queue.completed())
  queue.end()
  t.notOk(queue.completed())
  sent(queue)
  queue.repeat(0, 3)
  t.ok(queue.completed())
  t.ok(queue.finished)
  t.notOk(queue.hasNext)
  queue.repeat(3, 4)
  t.notOk(queue.hasNext)
})
