/** The round trip's estimate, by the numbers of RFC 9002 section 5. */

import t from 'tap'
import { MAX_ACK_DELAY_MS, RoundTrip } from '../../../../agent/tunnel/reliable/round-trip.js'

void t.test('before a sample it assumes 333 ms', async (t) => {
  const trip = new RoundTrip()
  t.notOk(trip.measured)
  t.equal(trip.probeMs, 333 + 4 * 166.5 + MAX_ACK_DELAY_MS)
  t.equal(trip.persistentMs, 3 * trip.probeMs)
})

void t.test('the first sample is taken whole, later ones by an eighth', async (t) => {
  const trip = new RoundTrip()
  trip.sample(100, 5)
  t.ok(trip.measured)
  t.equal(trip.probeMs, 100 + 4 * 50 + 5, 'the peer can have held back nothing yet')
  t.equal(trip.lossMs, 112.5)
  trip.sample(200, 0)
  t.equal(trip.lossMs, 225, 'the latest counts for losses when it is longer')
  t.equal(trip.probeMs, 112.5 + 4 * 62.5 + 5)
})

void t.test('what the peer held back is subtracted: not below the least, not more than it may hold back', async (t) => {
  const after = (ms: number, heldMs: number) => {
    const trip = new RoundTrip()
    trip.sample(100, 0)
    trip.sample(ms, heldMs)
    return trip.probeMs
  }
  t.equal(after(104, 4), after(100, 0))
  t.equal(after(103, 4), after(103, 0), 'below the least: the word is not believed')
  t.equal(after(200, 80), after(200, MAX_ACK_DELAY_MS))
})

void t.test('on a quick path the time-outs have a floor', async (t) => {
  const trip = new RoundTrip()
  for (let times = 0; times < 100; times += 1) trip.sample(0.1, 0)
  t.equal(trip.lossMs, 1)
  t.ok(Math.abs(trip.probeMs - (0.1 + 1 + MAX_ACK_DELAY_MS)) < 1e-6, `${trip.probeMs}`)
})
