/** What is acknowledged, and when. */

import t from 'tap'
import { Acknowledger } from '../../../../agent/tunnel/reliable/acknowledger.js'
import { type Ack, MAX_ACK_RANGES, parseDatagram, writeStart } from '../../../../agent/tunnel/reliable/frame.js'

const NEVER = Number.POSITIVE_INFINITY

/** The acknowledgement as the peer reads it. */
function said(acknowledger: Acknowledger, now: number): Ack {
  const into = Buffer.alloc(1000)
  const at = acknowledger.write(into, writeStart(into, 0, false), now)
  const read = parseDatagram(into.subarray(0, at))
  if (read === undefined || read === 'reset' || read.ack === undefined) throw new Error('no acknowledgement')
  return read.ack
}

void t.test('a single packet is acknowledged after 5 ms, a second one at once', async (t) => {
  const acknowledger = new Acknowledger()
  t.equal(acknowledger.deadline, NEVER)
  t.notOk(acknowledger.knows)
  acknowledger.arrived(0, 0, 100)
  t.equal(acknowledger.deadline, 105)
  t.ok(acknowledger.knows)
  acknowledger.arrived(1, 0, 102)
  t.equal(acknowledger.deadline, 102)
  t.strictSame(said(acknowledger, 103), { delayMs: 1, ranges: [0, 2] })
  t.equal(acknowledger.deadline, NEVER)
  t.ok(acknowledger.knows)
})

void t.test('a packet out of order, a late one and one that comes again are acknowledged at once', async (t) => {
  for (const [what, number] of [
    ['a gap', 7],
    ['late', 2],
    ['again', 5],
  ] as const) {
    const acknowledger = new Acknowledger()
    for (const before of [0, 1, 3, 4, 5]) acknowledger.arrived(before, 0, 10)
    said(acknowledger, 10)
    acknowledger.arrived(number, 0, 20)
    t.equal(acknowledger.deadline, 20, what)
  }
})

void t.test('the delay is that of the largest number, also when an older one came later', async (t) => {
  const acknowledger = new Acknowledger()
  acknowledger.arrived(4, 0, 10)
  acknowledger.arrived(3, 0, 18)
  t.strictSame(said(acknowledger, 20), { delayMs: 10, ranges: [3, 5] })
})

void t.test('settled numbers are forgotten, and so are the lowest of too many ranges', async (t) => {
  const acknowledger = new Acknowledger()
  for (const number of [0, 2, 4]) acknowledger.arrived(number, 0, 1)
  acknowledger.arrived(6, 3, 1)
  t.strictSame(said(acknowledger, 1).ranges, [6, 7, 4, 5])
  for (let number = 8; number < 8 + 1000; number += 2) acknowledger.arrived(number, 0, 1)
  const { ranges } = said(acknowledger, 1)
  t.equal(ranges.length, 2 * MAX_ACK_RANGES)
  t.strictSame(ranges.slice(0, 4), [1006, 1007, 1004, 1005])
  acknowledger.arrived(1, 0, 2)
  t.equal(said(acknowledger, 2).ranges.at(-2), 944, 'one that is lower than all remembered is not acknowledged')
})
