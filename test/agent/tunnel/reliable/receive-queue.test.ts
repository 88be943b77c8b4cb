/** The incoming half: order, the window, and what a peer may not do. */

import t from 'tap'
import { ReceiveQueue } from '../../../../agent/tunnel/reliable/receive-queue.js'

const put = (queue: ReceiveQueue, offset: number, text: string, fin = false) =>
  queue.segment(offset, Buffer.from(text), fin)
const read = (queue: ReceiveQueue, most = 1000) => queue.read(most)?.toString()

void t.test('bytes are read in order, whatever order, overlap or number they come in', async (t) => {
  const queue = new ReceiveQueue(20)
  put(queue, 4, 'efg')
  t.equal(read(queue), undefined)
  t.equal(queue.readable, 0)
  put(queue, 0, 'ab')
  t.equal(read(queue, 1), 'a')
  put(queue, 1, 'bcde')
  put(queue, 1, 'bcde')
  t.equal(queue.readable, 6)
  t.equal(read(queue), 'bcdefg')
  put(queue, 0, 'abcdefgh')
  t.equal(read(queue), 'h', 'bytes read before are not read again')
})

void t.test('the window grows by what was read, in steps of a quarter', async (t) => {
  const queue = new ReceiveQueue(8)
  put(queue, 0, 'abcdefgh')
  t.equal(queue.window, 8)
  read(queue, 1)
  t.equal(queue.window, 8)
  read(queue, 1)
  t.equal(queue.window, 10)
  put(queue, 8, 'ij')
  t.equal(read(queue), 'cdefghij', 'across the end of the memory')
  t.equal(queue.window, 18)
})

void t.test(
  'bytes read before that come again with new ones do not fall on others that share their place',
  async (t) => {
    const queue = new ReceiveQueue(8)
    put(queue, 0, 'abcdefgh')
    read(queue, 4)
    put(queue, 9, 'jkl')
    put(queue, 0, 'ABCDEFGHi')
    t.equal(read(queue), 'efghijkl')
  },
)

void t.test('the end', async (t) => {
  const queue = new ReceiveQueue(8)
  put(queue, 2, 'c', true)
  t.notOk(queue.complete)
  t.equal(put(queue, 2, 'c', true), 'taken', 'again')
  t.equal(put(queue, 3, '', true), 'taken', 'again, without its byte')
  put(queue, 0, 'ab')
  t.ok(queue.complete)
  t.notOk(queue.drained)
  read(queue)
  t.ok(queue.drained)

  const empty = new ReceiveQueue(8)
  t.notOk(empty.complete || empty.drained)
  put(empty, 0, '', true)
  t.ok(empty.complete && empty.drained)
})

void t.test('each violation, and its neighbour', async (t) => {
  const cases: readonly [what: string, bad: [number, string, boolean?], good: [number, string, boolean?]][] = [
    ['a byte beyond the window', [4, '12345'], [4, '1234']],
    ['an end beyond the window', [9, '', true], [8, '', true]],
    ['a byte beyond the end', [4, '56'], [3, '45']],
    ['another end', [4, '', true], [5, '', true]],
    ['another end further on', [5, '6', true], [4, '5', true]],
    ['an end before what was sent', [2, '', true], [5, '', true]],
  ]
  for (const [what, bad, good] of cases) {
    const begun = () => {
      const queue = new ReceiveQueue(8)
      put(queue, 0, '12')
      read(queue, 1)
      if (/the end|another/.test(what)) put(queue, 5, '', true)
      else if (/before/.test(what)) put(queue, 4, '5')
      return queue
    }
    t.match(put(begun(), ...bad), { violation: /^(bytes|an end)/ }, what)
    t.equal(put(begun(), ...good), 'taken', `the neighbour of ${what}`)
  }
})

void t.test('of pieces without end the last are dropped, and can come again', async (t) => {
  const queue = new ReceiveQueue(20_000)
  const outcomes = Array.from({ length: 5_000 }, (_, index) => put(queue, 2 * index + 1, 'x'))
  t.equal(outcomes.filter((outcome) => outcome === 'taken').length, 4096)
  t.equal(outcomes.at(-1), 'dropped')
  t.equal(put(queue, 2, 'y'), 'taken', 'what joins two pieces is welcome')
  t.equal(put(queue, 9_999, 'x'), 'taken', 'then there is place for one more')
  t.equal(put(queue, 9_997, 'x'), 'dropped')
})
