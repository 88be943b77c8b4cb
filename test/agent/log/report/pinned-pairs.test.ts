import t from 'tap'
import { PinnedPairs } from '../../../../agent/log/report/pinned-pairs.js'

const SECOND = 1_000_000

void t.test('the second line of a pair is known once', async (t) => {
  const pairs = new PinnedPairs()
  t.notOk(pairs.completes('a', 'x', 0), 'nothing waits')
  pairs.begun('a', 'x', 0)
  t.notOk(pairs.completes('b', 'x', 1), 'another process')
  t.notOk(pairs.completes('a', 'y', 1), 'another host')
  t.ok(pairs.completes('a', 'x', 1))
  t.notOk(pairs.completes('a', 'x', 2), 'a flow of its own')
})

void t.test('pairs of several flows mix', async (t) => {
  const pairs = new PinnedPairs()
  pairs.begun('a', 'x', 0)
  pairs.begun('a', 'x', 1)
  pairs.begun('b', 'x', 2)
  t.strictSame(
    [
      pairs.completes('b', 'x', 3),
      pairs.completes('a', 'x', 3),
      pairs.completes('a', 'x', 3),
      pairs.completes('a', 'x', 3),
    ],
    [true, true, true, false],
  )
})

void t.test('five seconds at most are between the lines', async (t) => {
  for (const [apart, expected] of [
    [5 * SECOND, true],
    [5 * SECOND + 1, false],
    [-SECOND, true],
  ] as const) {
    const pairs = new PinnedPairs()
    pairs.begun('a', 'x', 0)
    t.equal(pairs.completes('a', 'x', apart), expected, `${apart}`)
  }
})

void t.test('another log does not complete a pair', async (t) => {
  const pairs = new PinnedPairs()
  pairs.begun('a', 'x', 0)
  pairs.beginLog()
  t.notOk(pairs.completes('a', 'x', 1))
})

void t.test('who waits in vain is forgotten, also a million of them in one moment', async (t) => {
  const pairs = new PinnedPairs()
  for (let i = 0; i < 100_000; i++) pairs.begun('a', `${i}`, 0)
  t.notOk(pairs.completes('a', '0', 0))
  t.ok(pairs.completes('a', '99999', 0))
  for (let i = 0; i < 100_000; i++) pairs.begun('a', 'x', 0)
  let completed = 0
  while (pairs.completes('a', 'x', 0)) completed++
  t.equal(completed, 10_000)
})
