/** The datagrams of the reliable stream: what is written is read, and hostile bytes are read as nothing. */

import fc from 'fast-check'
import t from 'tap'
import {
  MAX_ACK_RANGES,
  MAX_HEADER_BYTES,
  parseDatagram,
  resetDatagram,
  writeAck,
  writeNumber,
  writeSegment,
  writeStart,
} from '../../../../agent/tunnel/reliable/frame.js'
import { RangeSet } from '../../../../agent/tunnel/reliable/range-set.js'

interface Parts {
  readonly window: number
  readonly complete: boolean
  readonly numbered: { readonly number: number; readonly span: number } | undefined
  readonly ack: { readonly steps: readonly (readonly [number, number])[]; readonly delayUs: number } | undefined
  readonly segment: { readonly offset: number; readonly payload: Uint8Array; readonly fin: boolean } | undefined
}

const u53 = fc.maxSafeNat()
const u32 = fc.nat(0xffffffff)
const step = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 100_000 }))
const parts: fc.Arbitrary<Parts> = fc.record({
  window: u53,
  complete: fc.boolean(),
  numbered: fc.option(fc.record({ number: u53, span: u32 }), { nil: undefined }),
  ack: fc.option(fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 50 }), delayUs: u32 }), {
    nil: undefined,
  }),
  segment: fc.option(
    fc.record({ offset: fc.nat(2 ** 50), payload: fc.uint8Array({ minLength: 1, maxLength: 40 }), fin: fc.boolean() }),
    { nil: undefined },
  ),
})

function receivedOf(steps: readonly (readonly [number, number])[]): RangeSet {
  const received = new RangeSet()
  let at = 0
  for (const [gap, length] of steps) {
    received.add(at + gap, at + gap + length)
    at += gap + length
  }
  return received
}

/** The datagram of `parts`; a segment needs a number. */
function written({ window, complete, numbered, ack, segment }: Parts): Buffer {
  const into = Buffer.alloc(1000, 0xee)
  let at = writeStart(into, window, complete)
  if (numbered) at = writeNumber(into, at, numbered.number, Math.max(0, numbered.number - numbered.span))
  if (ack) at = writeAck(into, at, receivedOf(ack.steps), ack.delayUs / 1000)
  if (numbered && segment) {
    at = writeSegment(into, at, segment.offset, segment.fin)
    into.set(segment.payload, at)
    at += segment.payload.length
  }
  return into.subarray(0, at)
}

/** What `written` says, as `parseDatagram` tells it, comparable. */
function told({ window, complete, numbered, ack, segment }: Parts) {
  const received = receivedOf(ack?.steps ?? [])
  const ranges: number[] = []
  for (let index = received.count - 1; index >= Math.max(0, received.count - MAX_ACK_RANGES); index -= 1)
    ranges.push(received.from(index)!, received.to(index)!)
  return JSON.stringify({
    window,
    complete,
    number: numbered?.number ?? -1,
    oldest: numbered ? Math.max(0, numbered.number - numbered.span) : 0,
    ack: ack && { delayMs: ack.delayUs / 1000, ranges },
    segment: numbered && segment,
  })
}

void t.test('5,000 datagrams are read as they were written, and cut short they are not', async (t) => {
  fc.assert(
    fc.property(parts, fc.nat(), (value, cut) => {
      const bytes = written(value)
      const read = parseDatagram(bytes)
      if (read === undefined || read === 'reset') return false
      const head = bytes.length - (read.segment?.payload.length ?? 0)
      const segment = read.segment && { ...read.segment, payload: Uint8Array.from(read.segment.payload) }
      return (
        JSON.stringify({ ...read, segment }) === told(value) &&
        head <= MAX_HEADER_BYTES &&
        parseDatagram(bytes.subarray(0, cut % head)) === undefined
      )
    }),
    { numRuns: 5_000 },
  )
  t.pass()
})

const START = Buffer.from('00000000000000ffff', 'hex')
const NUMBER = '0000000000000007' + '00000002'
const ACK = '0000000000000009' + '00000064'
const flagged = (flags: number, rest = '') =>
  Buffer.concat([Buffer.of(flags), START.subarray(1), Buffer.from(rest, 'hex')])

void t.test('each rule of the format, and its neighbour', async (t) => {
  const cases: readonly [what: string, bad: Buffer, good: Buffer][] = [
    ['no bytes', Buffer.alloc(0), flagged(0)],
    ['a reset with more', Buffer.of(1, 0), resetDatagram()],
    ['a reset among other things', flagged(1), flagged(0)],
    ['an unknown flag', flagged(64), flagged(32)],
    ['bytes behind the end', flagged(0, '00'), flagged(0)],
    ['a window above 2^53', Buffer.from('000020000000000000', 'hex'), Buffer.from('00001fffffffffffff', 'hex')],
    [
      'a span beyond the number',
      flagged(4, '0000000000000007' + '00000008'),
      flagged(4, '0000000000000007' + '00000007'),
    ],
    ['a segment without number', flagged(8, '0000000000000000' + 'aa'), flagged(12, `${NUMBER}0000000000000000aa`)],
    ['an empty segment', flagged(12, `${NUMBER}0000000000000000`), flagged(28, `${NUMBER}0000000000000000`)],
    ['an end without segment', flagged(20, NUMBER), flagged(4, NUMBER)],
    ['a segment beyond 2^53', flagged(12, `${NUMBER}001fffffffffffffaa`), flagged(12, `${NUMBER}001ffffffffffff0aa`)],
    ['no ranges', flagged(2, `${ACK}00`), flagged(2, `${ACK}0100000001`)],
    ['a range of nothing', flagged(2, `${ACK}0100000000`), flagged(2, `${ACK}010000000a`)],
    ['a range below 0', flagged(2, `${ACK}010000000b`), flagged(2, `${ACK}010000000a`)],
    [
      'a gap of nothing',
      flagged(2, `${ACK}02000000010000000000000001`),
      flagged(2, `${ACK}02000000010000000100000001`),
    ],
    [
      'a second range below 0',
      flagged(2, `${ACK}02000000010000000800000002`),
      flagged(2, `${ACK}02000000010000000800000001`),
    ],
    ['too many ranges', flagged(2, `${ACK}21`.padEnd(9999, '00000001')), flagged(2, `${ACK}0100000001`)],
  ]
  for (const [what, bad, good] of cases) {
    t.equal(parseDatagram(bad), undefined, what)
    t.not(parseDatagram(good), undefined, `the neighbour of ${what}`)
  }
})

void t.test('50,000 random and mutated datagrams throw nothing; what is read is sound', async (t) => {
  const mutated = fc
    .tuple(parts, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }))
    .map(([value, changes]) => {
      const bytes = Buffer.from(written(value))
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte
      return bytes
    })
  let sound = 0
  for (const input of [fc.uint8Array({ maxLength: 80 }), mutated])
    fc.assert(
      fc.property(input, (bytes) => {
        const read = parseDatagram(bytes)
        if (read === undefined || read === 'reset') return true
        sound += 1
        const { window, number, oldest, ack, segment } = read
        const bounds = ack?.ranges ?? []
        return (
          [window, oldest, (segment?.offset ?? 0) + (segment?.payload.length ?? 0)].every(
            (value) => Number.isSafeInteger(value) && value >= 0,
          ) &&
          (number === -1 || oldest <= number) &&
          bounds.length <= 2 * MAX_ACK_RANGES &&
          bounds.every(
            (bound, at) => bound >= 0 && (at % 2 === 0 ? bound < bounds[at + 1]! : at < 2 || bound < bounds[at - 3]!),
          )
        )
      }),
      { numRuns: 25_000 },
    )
  t.ok(sound > 5_000, `${sound} of them could be read`)
})
