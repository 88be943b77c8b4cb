/** Frames as bytes, and back through the reader. */

import fc from 'fast-check'
import t from 'tap'
import {
  FRAME,
  frame,
  HEADER_BYTES,
  jsonFrame,
  MAX_CONTROL_BYTES,
  MAX_DATA_BYTES,
  RESET_CODE,
  type ResetReason,
  resetFrame,
  resetReason,
  windowFrame,
  writeHeader,
} from '../../../agent/tunnel/frame.js'
import { FrameReader } from '../../../agent/tunnel/frame-reader.js'
import { cut } from '../../support/cut-bytes.js'

/** What a reader made of some bytes; pieces of one DATA payload joined. */
interface Seen {
  readonly type: number
  readonly stream: number
  readonly payload: Buffer
}

function readAll(pieces: readonly Uint8Array[]): { readonly frames: Seen[]; readonly tooLong: string[] } {
  const frames: Seen[] = []
  const tooLong: string[] = []
  const reader = new FrameReader({
    dataBegins: (stream) => frames.push({ type: FRAME.DATA, stream, payload: Buffer.alloc(0) }) > 0,
    dataArrives: (stream, bytes) => {
      const { payload } = frames.pop()!
      frames.push({ type: FRAME.DATA, stream, payload: Buffer.concat([payload, bytes]) })
    },
    control: (type, stream, payload) => frames.push({ type, stream, payload: Buffer.from(payload) }) > 0,
    tooLong: (type, limit) => tooLong.push(`${type} ${limit}`),
  })
  for (const piece of pieces) reader.read(piece)
  return { frames, tooLong }
}

void t.test('bytes as the picture in frame.ts has them', async (t) => {
  const cases: readonly [what: string, bytes: Buffer, hex: string][] = [
    ['a PING', frame(FRAME.PING, 0, Buffer.from('ab')), '08 000002 00000000 6162'],
    ['CLOSE of the last stream', frame(FRAME.CLOSE, 0xffffffff), '06 000000 ffffffff'],
    ['a WINDOW', windowFrame(0x01020304, 0x00fedcba), '05 000004 01020304 00fedcba'],
    ['a RESET', resetFrame(9, 'forbidden', 'no'), '07 000003 00000009 04 6e6f'],
    ['JSON', jsonFrame(FRAME.HELLO, 0, { a: 1 }), '01 000007 00000000 7b2261223a317d'],
  ]
  for (const [what, bytes, hex] of cases) t.equal(bytes.toString('hex'), hex.replaceAll(' ', ''), what)
  const header = Buffer.alloc(10)
  writeHeader(header, 2, FRAME.DATA, 0x80000001, MAX_DATA_BYTES)
  t.equal(header.toString('hex'), '00000404000080000001', 'a header written in place')
})

void t.test('reset reasons survive as codes, and an unknown code is an abort', async (t) => {
  const reasons = Object.keys(RESET_CODE) as ResetReason[]
  for (const reason of reasons) {
    const { frames } = readAll([resetFrame(7, reason, 'détail ✓')])
    t.equal(resetReason(frames[0]!.payload[0]!), reason)
    t.equal(frames[0]!.payload.subarray(1).toString(), 'détail ✓')
  }
  t.equal(new Set(Object.values(RESET_CODE)).size, reasons.length)
  for (const code of [0, 8, 255]) t.equal(resetReason(code), 'aborted', `${code}`)
  t.ok(resetFrame(1, 'refused', '€'.repeat(5000)).length < MAX_CONTROL_BYTES, 'a long detail is cut')
})

void t.test('10,000 sequences of frames come back as they were, however they are cut', async (t) => {
  const seen = fc.record({
    type: fc.integer({ min: 0, max: 255 }),
    stream: fc.nat(0xffffffff),
    payload: fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  })
  const sequences = fc.tuple(fc.array(seen, { maxLength: 6 }), fc.array(fc.nat(80), { maxLength: 20 }))
  fc.assert(
    fc.property(sequences, ([frames, cuts]) => {
      const bytes = Buffer.concat(frames.map(({ type, stream, payload }) => frame(type, stream, payload)))
      for (const pieces of [[bytes], cut(bytes, cuts), cut(bytes, [1])]) {
        const read = readAll(pieces)
        if (read.tooLong.length > 0 || !sameFrames(read.frames, frames)) return false
      }
      return true
    }),
    { numRuns: 10_000 },
  )
  t.pass()
})

void t.test('the longest frames pass, one byte more does not, and then nothing is read', async (t) => {
  for (const [type, limit] of [
    [FRAME.DATA, MAX_DATA_BYTES],
    [FRAME.OPEN, MAX_CONTROL_BYTES],
    [99, MAX_CONTROL_BYTES],
  ] as const) {
    const longest = frame(type, 3, Buffer.alloc(limit, 1))
    t.equal(readAll(cut(longest, [10_007])).frames[0]?.payload.length, limit)
    const { frames, tooLong } = readAll([frame(type, 3, Buffer.alloc(limit + 1)), longest])
    t.strictSame([frames, tooLong], [[], [`${type} ${limit}`]])
  }
})

void t.test('a sink that says no is left alone', async (t) => {
  for (const [saysNo, bytes] of [
    ['dataBegins', frame(FRAME.DATA, 1, Buffer.from('abc'))],
    ['control', frame(FRAME.CLOSE, 1)],
  ] as const) {
    let calls = 0
    const count = (name: string) => {
      calls += 1
      return name !== saysNo
    }
    const reader = new FrameReader({
      dataBegins: () => count('dataBegins'),
      dataArrives: () => void count('dataArrives'),
      control: () => count('control'),
      tooLong: () => void count('tooLong'),
    })
    reader.read(Buffer.concat([bytes, bytes]))
    reader.read(bytes)
    t.equal(calls, 1, saysNo)
  }
})

void t.test('a header alone is no frame yet', async (t) => {
  t.strictSame(readAll([frame(FRAME.PING, 0, Buffer.from('x')).subarray(0, HEADER_BYTES)]).frames, [])
})

function sameFrames(a: readonly Seen[], b: readonly Seen[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ type, stream, payload }, i) => {
      const other = b[i]!
      return type === other.type && stream === other.stream && payload.equals(other.payload)
    })
  )
}
