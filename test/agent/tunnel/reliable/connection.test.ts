/** The reliable stream's state machines over simulated paths: whatever the path does, every byte arrives once, in order. */

import fc from 'fast-check'
import t from 'tap'
import { CONNECTION_DEFAULTS, INITIAL_WINDOW_BYTES } from '../../../../agent/tunnel/reliable/connection.js'
import {
  PATH_DATAGRAM,
  type PathConduct,
  runToEnd,
  SimulatedPath,
  seeded,
  streamBytes,
  Transfer,
} from '../../../support/simulated-path.js'

const NEVER = Number.POSITIVE_INFINITY

/** A path that loses nothing. */
function steady(delayMs: number): PathConduct {
  return { loss: 0, duplicate: 0, delayMs: [delayMs, delayMs], random: () => 0.5 }
}

/** Sends `there` bytes from a to b and `back` bytes the other way, to the end. */
function exchange(path: SimulatedPath, there: number, back: number, random: () => number): void {
  const { a, b } = path
  runToEnd(path, [
    new Transfer(a.connection, b.connection, there, random),
    new Transfer(b.connection, a.connection, back, random),
  ])
}

/** Goes on while something happens, up to a time. */
function run(path: SimulatedPath, until = NEVER): void {
  path.flush()
  while (path.now < until && path.step());
}

const fraction = (max: number) => fc.double({ min: 0, max, noNaN: true })

void t.test(
  '300 random paths: every byte arrives once and in order, both ways, then both ends are silent',
  async (t) => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.integer(),
          loss: fraction(0.3),
          duplicate: fraction(0.3),
          least: fraction(50),
          spread: fc.oneof(fc.constant(0), fraction(50)),
          there: fc.nat(400_000),
          back: fc.nat(400_000),
          windowBytes: fc.oneof(fc.constant(2 ** 21), fc.integer({ min: INITIAL_WINDOW_BYTES, max: 100_000 })),
          sendBytes: fc.oneof(fc.constant(2 ** 21), fc.integer({ min: 1000, max: 100_000 })),
        }),
        ({ seed, loss, duplicate, least, spread, there, back, windowBytes, sendBytes }) => {
          const random = seeded(seed)
          const conduct = { loss, duplicate, delayMs: [least, least + spread] as const, random }
          const path = new SimulatedPath(conduct, { ...CONNECTION_DEFAULTS, windowBytes, sendBytes })
          exchange(path, there, back, random)
          // Of 30 % lost, 1.43 times the bytes are due; the worst of thousands of runs was 1.8.
          const sentTooMuch = path.a.bytes + path.b.bytes > 2.5 * (there + back) + 50_000
          const { a, b } = path
          return !sentTooMuch && !a.failure && !b.failure && a.connection.settled && b.connection.settled
        },
      ),
      { numRuns: 300 },
    )
    t.pass()
  },
)

void t.test('a path that loses nothing carries each byte once, and as much as the windows allow', async (t) => {
  const path = new SimulatedPath(steady(10))
  const { a, b } = path
  const begun = path.now
  const transfer = new Transfer(a.connection, b.connection, 1_500_000, seeded(1))
  for (transfer.move(true), path.flush(); !transfer.done && path.step(); path.flush()) transfer.move(true)
  t.ok(transfer.done)
  t.ok(a.bytes < 1_560_000, `${a.bytes} bytes were sent`)
  t.ok(a.datagrams < 1300, `in ${a.datagrams} datagrams`)
  t.ok(b.datagrams < 800, `and ${b.datagrams} came back`)
  const rounds = (path.now - begun) / 20
  t.ok(rounds < 11, `${rounds} round trips: ten datagrams, twice as many each time`)
})

void t.test('one direction ends, the other goes on, whichever is first', async (t) => {
  for (const first of ['a', 'b'] as const) {
    const path = new SimulatedPath(steady(5))
    const ending = path[first].connection
    const other = path[first === 'a' ? 'b' : 'a'].connection
    ending.write(Buffer.from('last words'))
    ending.end()
    run(path)
    t.equal(other.read(100)?.toString(), 'last words')
    t.ok(other.readAll && ending.sentAll)
    t.notOk(ending.receivedAll || other.sentAll)
    other.write(streamBytes(0, 60_000))
    run(path)
    t.ok(ending.read(100_000)?.equals(streamBytes(0, 60_000)))
    t.notOk(ending.readAll)
    other.end()
    run(path)
    t.ok(ending.readAll && other.sentAll)
    t.equal(ending.write(Buffer.from('x')), 0)
  }
})

void t.test('an end is settled only when the other one has all: then it may go', async (t) => {
  fc.assert(
    fc.property(fc.integer(), fraction(0.6), fc.nat(3000), fc.nat(3000), (seed, loss, there, back) => {
      const path = new SimulatedPath({ loss, duplicate: 0.1, delayMs: [1, 20], random: seeded(seed) })
      const { a, b } = path
      a.connection.write(streamBytes(0, there))
      b.connection.write(streamBytes(0, back))
      a.connection.end()
      b.connection.end()
      const sound = () =>
        (!a.connection.settled || (b.connection.sentAll && b.connection.receivedAll)) &&
        (!b.connection.settled || (a.connection.sentAll && a.connection.receivedAll))
      for (path.flush(); path.step(); ) if (!sound()) return false
      return a.failure !== undefined || b.failure !== undefined || (a.connection.settled && b.connection.settled)
    }),
    { numRuns: 1000 },
  )
  t.pass()
})

void t.test(
  'a reader that does not read stops the writer within the bounds, in silence, and lets it go on later',
  async (t) => {
    const options = { windowBytes: 80_000, sendBytes: 50_000, giveUpMs: 30_000 }
    for (const loss of [0, 0.3]) {
      const random = seeded(7)
      const path = new SimulatedPath({ ...steady(5), random }, options)
      const { a, b } = path
      let written = 0
      const write = () => {
        written += a.connection.write(streamBytes(written, written + 200_000))
      }
      for (write(), path.flush(); path.step(); path.flush()) write()
      t.equal(written, 130_000, 'what the peer holds, and what we hold')
      t.equal(a.connection.deadline, NEVER, 'no timer looks after it')
      path.now += 3_600_000
      path.conduct = { ...path.conduct, loss }
      let read = 0
      for (let steps = 0; read < written && steps < 10_000; steps += 1) {
        const bytes = b.connection.read(10_000)
        if (bytes?.equals(streamBytes(read, read + bytes.length)) === false) throw new Error('wrong bytes')
        read += bytes?.length ?? 0
        path.flush()
        path.step()
      }
      t.equal(read, 130_000, `with ${loss * 100} % loss of what tells the new window`)
      t.notOk(a.failure || b.failure, 'the hour did not count as silence')
    }
  },
)

void t.test(
  'a dead path is given up after the bound, with few datagrams; nothing on the way is no reason',
  async (t) => {
    for (const giveUpMs of [1000, 30_000]) {
      const path = new SimulatedPath(steady(5), { ...CONNECTION_DEFAULTS, giveUpMs })
      const { a, b } = path
      a.connection.write(streamBytes(0, 50_000))
      run(path)
      b.connection.read(50_000)
      path.conduct = { ...path.conduct, loss: 1 }
      path.now += 100_000
      a.connection.write(streamBytes(0, 2_000_000))
      const since = path.now
      const before = a.datagrams
      run(path)
      t.match(a.failure, { code: 'tunnel-silent', message: `the peer has acknowledged nothing for ${giveUpMs} ms` })
      t.equal(path.now - since, giveUpMs)
      t.ok(a.datagrams - before < 120, `${a.datagrams - before} datagrams`)
      t.equal(b.failure, undefined, 'which owes nothing')
    }
  },
)

void t.test('a path that comes back within the bound goes on', async (t) => {
  const path = new SimulatedPath(steady(5))
  const { a, b } = path
  a.connection.write(streamBytes(0, 1_000_000))
  run(path, path.now + 20)
  path.conduct = { ...path.conduct, loss: 1 }
  run(path, path.now + 10_000)
  path.conduct = { ...path.conduct, loss: 0 }
  run(path, path.now + 2500)
  run(path)
  t.ok(b.connection.read(2_000_000)?.equals(streamBytes(0, 1_000_000)))
  t.notOk(a.failure || b.failure)
})

void t.test('small writes of one moment share a datagram', async (t) => {
  const path = new SimulatedPath(steady(5))
  const { a, b } = path
  for (let at = 0; at < 1000; at += 1) a.connection.write(streamBytes(at, at + 1))
  path.flush()
  t.equal(a.datagrams, 1)
  run(path)
  t.ok(b.connection.read(PATH_DATAGRAM)?.equals(streamBytes(0, 1000)))
})
