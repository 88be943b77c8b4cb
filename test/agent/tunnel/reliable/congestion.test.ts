/** The congestion window: RFC 9002 section 7, rule by rule. */

import t from 'tap'
import { Congestion } from '../../../../agent/tunnel/reliable/congestion.js'

const SIZE = 1000

/** Sends as much as may go; returns how many datagrams. */
function fill(congestion: Congestion): number {
  let sent = 0
  for (; congestion.allows(true); sent += 1) congestion.sent(SIZE)
  return sent
}

void t.test('ten datagrams may go at first; slow start doubles them each round', async (t) => {
  const congestion = new Congestion(SIZE)
  t.equal(fill(congestion), 10)
  for (let acked = 0; acked < 10; acked += 1) congestion.acked(SIZE, 1)
  t.equal(congestion.inFlight, 0)
  t.equal(fill(congestion), 20)
})

void t.test(
  'one loss halves the window once for all that was on the way; then it grows by one datagram a round',
  async (t) => {
    const congestion = new Congestion(SIZE)
    fill(congestion)
    congestion.lost(SIZE, 1, 5)
    t.equal(congestion.window, 5 * SIZE)
    congestion.lost(SIZE, 2, 6)
    congestion.acked(SIZE, 4)
    t.equal(congestion.window, 5 * SIZE, 'losses and acknowledgements of the same flight change nothing')
    t.equal(congestion.inFlight, 7 * SIZE)
    for (let acked = 0; acked < 7; acked += 1) congestion.acked(SIZE, 4)
    t.equal(fill(congestion), 5)
    for (let acked = 0; acked < 5; acked += 1) congestion.acked(SIZE, 6)
    t.ok(congestion.window > 5.8 * SIZE && congestion.window < 6.2 * SIZE, `${congestion.window}`)
    congestion.lost(0, 7, 8)
    t.ok(congestion.window < 3.1 * SIZE, 'a loss of a later flight halves again')
  },
)

void t.test('the window never falls below two datagrams nor grows above its cap', async (t) => {
  const congestion = new Congestion(SIZE)
  for (let time = 1; time < 20; time += 1) {
    congestion.sent(SIZE)
    congestion.lost(SIZE, time, time)
  }
  t.equal(congestion.window, 2 * SIZE)
  congestion.collapse()
  t.equal(fill(congestion), 2)

  const large = new Congestion(SIZE)
  for (let round = 0; round < 20; round += 1) for (let sent = fill(large); sent > 0; sent -= 1) large.acked(SIZE, 1)
  t.equal(large.window, 4 * 1024 * 1024)
})

void t.test('a sender with too little to send does not grow its window', async (t) => {
  const congestion = new Congestion(SIZE)
  for (let time = 0; time < 100; time += 1) {
    t.ok(congestion.allows(true))
    congestion.sent(SIZE)
    t.notOk(congestion.allows(false), 'nothing more to send')
    congestion.acked(SIZE, time)
  }
  t.equal(congestion.window, 10 * SIZE)
  fill(congestion)
  congestion.acked(SIZE, 100)
  t.equal(congestion.window, 11 * SIZE, 'and does when it fills it')
})
