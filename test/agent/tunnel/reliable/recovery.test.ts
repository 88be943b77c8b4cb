/** Which packets are lost, when to probe, when to give up: RFC 9002 section 6. */

import t from 'tap'
import { Recovery } from '../../../../agent/tunnel/reliable/recovery.js'

const SIZE = 1000

/** A recovery that has sent packets of one stream byte each at `times`, and what it said of them. */
function begun(times: readonly number[], giveUpMs = 30_000) {
  const acked: number[] = []
  const repeated: number[] = []
  const recovery = new Recovery(SIZE, giveUpMs, {
    acked: (from) => void acked.push(from),
    repeat: (from) => void repeated.push(from),
  })
  const send = (now: number) => recovery.sent(recovery.next, recovery.next + 1, SIZE, now)
  for (const time of times) send(time)
  const ack = (now: number, ...ranges: number[]) => recovery.acknowledged({ delayMs: 0, ranges }, now)
  return { recovery, acked, repeated, send, ack }
}

void t.test('acknowledged packets are told once, from the lowest up', async (t) => {
  const { recovery, acked, ack } = begun([0, 0, 0, 0, 0])
  t.ok(ack(10, 4, 5, 0, 2))
  t.ok(ack(11, 4, 5, 0, 2))
  t.strictSame(acked, [0, 1, 4])
  t.equal(recovery.oldest, 2)
  t.ok(ack(12, 0, 5))
  t.strictSame(acked, [0, 1, 4, 2, 3])
  t.equal(recovery.oldest, 5)
  t.equal(recovery.deadline, Number.POSITIVE_INFINITY)
})

void t.test('an acknowledgement of what was never sent is refused', async (t) => {
  const { ack, acked } = begun([0, 0])
  t.notOk(ack(1, 2, 3))
  t.notOk(ack(1, 0, 3))
  t.notOk(ack(1, 0, Number.MAX_SAFE_INTEGER))
  t.strictSame(acked, [])
  t.ok(ack(1, 0, 2))
})

void t.test('a packet is lost when the third after it has arrived', async (t) => {
  const { repeated, ack } = begun([0, 0, 0, 0, 0])
  ack(10, 2, 3)
  t.strictSame(repeated, [])
  ack(10, 2, 4)
  t.strictSame(repeated, [0])
  ack(10, 2, 5)
  t.strictSame(repeated, [0, 1])
})

void t.test('or when a later one has arrived and nine eighths of a round trip have passed', async (t) => {
  const { recovery, repeated, ack } = begun([0, 0])
  ack(80, 1, 2)
  t.strictSame(repeated, [])
  t.equal(recovery.deadline, 90)
  recovery.onTime(89)
  t.strictSame(repeated, [])
  recovery.onTime(90)
  t.strictSame(repeated, [0])
  t.equal(recovery.deadline, Number.POSITIVE_INFINITY)
})

void t.test('silence makes two probes due, then again after twice the time', async (t) => {
  const { recovery, repeated, send, ack } = begun([0])
  ack(100, 0, 1)
  for (let packet = 0; packet < 3; packet += 1) send(100)
  const first = 100 + 100 + 4 * 50 + 5
  t.equal(recovery.deadline, first)
  t.equal(recovery.probes, 0)
  recovery.onTime(first)
  t.strictSame(repeated, [1, 2])
  t.equal(recovery.probes, 2)
  send(first)
  send(first)
  t.equal(recovery.probes, 0)
  t.equal(recovery.deadline, first + 2 * 305)
  recovery.onTime(first + 610)
  t.equal(recovery.deadline, first + 610 + 4 * 305)
  ack(first + 620, 4, 6)
  t.equal(recovery.probes, 0, 'an answer takes them back')
  send(2000)
  t.equal(recovery.deadline, 2000 + recovery.probeMs, 'and the back-off too')

  const dead = begun([0], 30_000)
  const looks: number[] = []
  while (dead.recovery.onTime(dead.recovery.deadline)) looks.push(dead.recovery.deadline)
  t.equal(
    looks.at(-2)! - looks.at(-3)!,
    2000,
    'the back-off ends at a fifteenth of the bound: a path that is back is noticed',
  )
})

void t.test('probes go out whatever the congestion window says, other packets do not', async (t) => {
  const { recovery, send } = begun([])
  while (recovery.maySend(true)) send(0)
  t.equal(recovery.next, 10)
  recovery.onTime(recovery.deadline)
  t.ok(recovery.maySend(true))
  send(2000)
  send(2000)
  t.notOk(recovery.maySend(true))
  t.notOk(recovery.maySend(false))
})

void t.test('a peer that acknowledges nothing is given up, one that acknowledges something is not', async (t) => {
  const silent = begun([0, 0], 5000)
  t.ok(silent.recovery.onTime(4999))
  t.notOk(silent.recovery.onTime(5000))

  const slow = begun([0, 0], 5000)
  slow.ack(4000, 0, 1)
  t.ok(slow.recovery.onTime(8999))
  slow.ack(8999, 0, 1)
  t.notOk(slow.recovery.onTime(9000), 'the same again is no news')

  const idle = begun([0], 5000)
  idle.ack(10, 0, 1)
  t.ok(idle.recovery.onTime(1_000_000), 'nothing is on the way')
  idle.send(1_000_000)
  t.ok(idle.recovery.onTime(1_004_999))
})

void t.test('a long run of losses shuts the window to two packets, losses apart only halve it', async (t) => {
  const opened = (acked: readonly number[]) => {
    const { recovery, send, ack } = begun([0])
    ack(10, 0, 1)
    for (let packet = 1; packet < 10; packet += 1) send(10 + 100 * packet)
    ack(1000, 9, 10, ...acked)
    let more = 0
    for (; recovery.maySend(true); more += 1) send(1001)
    return more
  }
  t.equal(opened([]), 2)
  t.equal(opened([5, 6, 3, 4]), 7, 'of fourteen')
})

void t.test('numbers open at once are bounded, and some are kept for probes', async (t) => {
  const recovery = new Recovery(SIZE, 30_000, { acked: () => {}, repeat: () => {} })
  while (recovery.maySend(true)) recovery.sent(0, 1, 1, 0)
  t.equal(recovery.next, 4096 - 64)
  for (; recovery.mayProbe; ) recovery.sent(0, 0, 1, 0)
  t.equal(recovery.next, 4096)
  t.ok(recovery.acknowledged({ delayMs: 0, ranges: [0, 4096] }, 1))
  t.ok(recovery.maySend(true))
})
