/** A capture that is read while it is written: whole whatever the pieces, and total on anything else. */

import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { MOST_FRAME_BYTES, PcapStream } from '../../../../agent/capture-file/kernel/pcap-stream.js'
import { classicCapture, type SomeFrame } from '../../../support/cooked-packets.js'
import { cut } from '../../../support/cut-bytes.js'

/** What a reader makes of pieces: its frames, its link type, and what it has against them. */
function readPieces(pieces: readonly Uint8Array[]) {
  const frames: SomeFrame[] = []
  const stream = new PcapStream((atUs, bytes, originalLength) =>
    frames.push({ atUs, bytes: Buffer.from(bytes), originalLength }),
  )
  for (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      const room = stream.room()
      const part = piece.subarray(at, at + room.length)
      room.set(part)
      at += part.length
      const fault = stream.received(part.length)
      if (fault !== '') return { frames, linkType: stream.linkType, fault }
    }
  return { frames, linkType: stream.linkType, fault: '' }
}

const frame = fc.record(
  {
    atUs: fc.integer({ min: 0, max: 2 ** 50 }).map((us) => us % (2 ** 32 * 1e6)),
    bytes: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    originalLength: fc.integer({ min: 0, max: 0xffff_ffff }),
  },
  { noNullPrototype: true },
)

void t.test('frames come out as they went in, however they are cut', async (t) => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 30 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 10 }),
      fc.boolean(),
      (frames, sizes, littleEndian) => {
        const read = readPieces(cut(classicCapture(276, frames, littleEndian), sizes))
        assert.deepEqual(read, { frames, linkType: 276, fault: '' })
      },
    ),
    { numRuns: 300 },
  )
  t.pass('they do')
})

void t.test('frames of the greatest length, many times the memory they are read in', async (t) => {
  const frames = Array.from({ length: 24 }, (_, n) => ({
    atUs: 1_700_000_000_000_000 + n,
    bytes: Buffer.alloc(MOST_FRAME_BYTES - n, n),
    originalLength: MOST_FRAME_BYTES,
  }))
  for (const sizes of [[65_536], [65_535, 1], [40_009]])
    t.strictSame(readPieces(cut(classicCapture(113, frames), sizes)), { frames, linkType: 113, fault: '' })
})

void t.test('what is no capture is told', async (t) => {
  const long = { atUs: 0, bytes: Buffer.alloc(MOST_FRAME_BYTES + 1), originalLength: 0 }
  t.equal(readPieces([Buffer.alloc(24)]).fault, 'it wrote no capture')
  t.equal(readPieces([Buffer.from('tcpdump: what a pity, an error')]).fault, 'it wrote no capture')
  t.equal(readPieces([classicCapture(113, [long])]).fault, `it wrote a frame of ${MOST_FRAME_BYTES + 1} bytes`)
  t.equal(readPieces([Buffer.alloc(23)]).fault, '', 'too short to say')
})

void t.test('random bytes throw nothing', async (t) => {
  const header = classicCapture(113, [])
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), fc.array(fc.integer({ min: 0, max: 99 })), (bytes, sizes) => {
      readPieces(cut(bytes, sizes))
      readPieces(cut(Buffer.concat([header, bytes]), sizes))
    }),
    { numRuns: 1000 },
  )
  t.pass('none did')
})
