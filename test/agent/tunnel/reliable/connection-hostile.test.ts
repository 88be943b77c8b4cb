/** What a hostile peer may send to a connection: it ends with a failure or goes on, within its bounds. */

import fc from 'fast-check'
import t from 'tap'
import { CONNECTION_DEFAULTS, Connection } from '../../../../agent/tunnel/reliable/connection.js'
import {
  resetDatagram,
  writeAck,
  writeNumber,
  writeSegment,
  writeStart,
} from '../../../../agent/tunnel/reliable/frame.js'
import { RangeSet } from '../../../../agent/tunnel/reliable/range-set.js'

const DATAGRAM = 1200
const WINDOW = 64 * 1024

/** A datagram by its parts; ack is [from, to, ...] upwards. */
interface Parts {
  readonly window?: number
  readonly complete?: boolean
  readonly number?: number
  readonly ack?: readonly number[]
  readonly segment?: readonly [offset: number, bytes: number, fin?: boolean]
}

function datagram({ window = 1000, complete = false, number, ack, segment }: Parts): Buffer {
  const into = Buffer.alloc(4000)
  let at = writeStart(into, window, complete)
  if (number !== undefined) at = writeNumber(into, at, number, Math.max(0, number - 100))
  if (ack !== undefined) {
    const received = new RangeSet()
    for (let index = 0; index < ack.length; index += 2) received.add(ack[index]!, ack[index + 1]!)
    at = writeAck(into, at, received, 1)
  }
  if (segment !== undefined) at = writeSegment(into, at, segment[0], segment[2] ?? false) + segment[1]
  return into.subarray(0, at)
}

/** A connection that has sent packets 0 to 4 and has received nothing. */
function begun(): Connection {
  const connection = new Connection(DATAGRAM, { ...CONNECTION_DEFAULTS, windowBytes: WINDOW })
  connection.write(Buffer.alloc(5 * 1100))
  const into = Buffer.alloc(DATAGRAM)
  while (connection.next(into, 0) > 0);
  return connection
}

void t.test('each violation ends the connection, its neighbour does not', async (t) => {
  const cases: readonly [what: string, bad: Uint8Array, reason: RegExp, good: Uint8Array][] = [
    ['bytes that are no datagram', Buffer.from('GET / HTTP/1.1'), /none/, datagram({})],
    ['an acknowledgement too far', datagram({ ack: [0, 6] }), /never sent/, datagram({ ack: [0, 5] })],
    ['one of the far future', datagram({ ack: [2 ** 50, 2 ** 50 + 9] }), /never sent/, datagram({ ack: [3, 4] })],
    ['the whole of a stream that goes on', datagram({ complete: true }), /more than was sent/, datagram({})],
    [
      'a byte too many',
      datagram({ number: 0, segment: [WINDOW, 1] }),
      /window/,
      datagram({ number: 0, segment: [WINDOW - 1, 1] }),
    ],
    [
      'an end too far',
      datagram({ number: 0, segment: [WINDOW + 1, 0, true] }),
      /window/,
      datagram({ number: 0, segment: [WINDOW, 0, true] }),
    ],
  ]
  for (const [what, bad, reason, good] of cases) {
    const failure = begun().receive(bad, 1)
    t.equal(failure?.code, 'tunnel-violation', what)
    t.match(failure?.message, reason, what)
    t.equal(begun().receive(good, 1), undefined, `the neighbour of ${what}`)
  }
  t.equal(begun().receive(resetDatagram(), 1)?.code, 'tunnel-reset')
})

const near = (...values: number[]) => fc.constantFrom(...values.flatMap((value) => [value, value + 1]), 0, 2 ** 40)
const parts: fc.Arbitrary<Parts> = fc.record(
  {
    window: near(0, 5000, 2 ** 53 - 2),
    complete: fc.nat(200).map((dice) => dice === 0),
    number: fc.oneof(fc.nat(50), near(7, 2 ** 53 - 2)),
    ack: fc
      .uniqueArray(fc.oneof({ arbitrary: fc.nat(6), weight: 20 }, near(2 ** 40)), { minLength: 2, maxLength: 6 })
      .map((bounds) => bounds.sort((a, b) => a - b).slice(0, bounds.length & ~1)),
    segment: fc.tuple(
      fc.oneof({ arbitrary: fc.nat(WINDOW - 1200), weight: 10 }, near(WINDOW)),
      fc.integer({ min: 1, max: 1100 }),
      fc.integer({ max: 40, min: 0 }).map((dice) => dice === 0),
    ),
  },
  { requiredKeys: [] },
)

void t.test('5,000 hostile talks: nothing is thrown, nothing spins, no bound is broken', async (t) => {
  const raw = fc.oneof(
    { arbitrary: parts.map(datagram), weight: 30 },
    { arbitrary: fc.uint8Array({ maxLength: 60 }), weight: 1 },
  )
  const talk = fc.array(fc.tuple(raw, fc.nat(400), fc.boolean()), { maxLength: 60 })
  let failed = 0
  let lived = 0
  fc.assert(
    fc.property(talk, (turns) => {
      const connection = begun()
      const into = Buffer.alloc(DATAGRAM)
      let now = 0
      let read = 0
      for (const [bytes, pause, reads] of turns) {
        now += pause
        if ((connection.onTime(now) ?? connection.receive(bytes, now)) !== undefined) {
          failed += 1
          return true
        }
        const got = reads ? connection.read(5000) : undefined
        read += got?.length ?? 0
        let sent = 0
        while (connection.next(into, now) > 0) sent += 1
        if (sent > 20 || connection.deadline <= now) return false
      }
      lived += 1
      let rest = 0
      for (let got = connection.read(5000); got !== undefined; got = connection.read(5000)) rest += got.length
      return rest <= WINDOW && read + rest <= 60 * 1100
    }),
    { numRuns: 5_000 },
  )
  t.ok(failed > 500 && lived > 500, `${failed} ended with a failure, ${lived} went on`)
})

void t.test('a peer that acknowledges and grants everything at once gets no more than is held', async (t) => {
  const connection = begun()
  const into = Buffer.alloc(DATAGRAM)
  let number = 5
  for (let now = 1; now < 2000; now += 1) {
    t.equal(connection.receive(datagram({ window: 2 ** 53 - 1, ack: [0, number] }), now), undefined)
    while (connection.write(Buffer.alloc(64 * 1024)) > 0);
    let burst = 0
    for (; connection.next(into, now) > 0; burst += 1) number += 1
    if (burst * DATAGRAM > CONNECTION_DEFAULTS.sendBytes + 64 * 1024) return t.fail(`${burst} datagrams at once`)
  }
  t.ok(number > 100_000, `${number} datagrams`)
})
