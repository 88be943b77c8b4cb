/** A ring of bytes gives back what was stored, wherever the stream has got to. */

import fc from 'fast-check'
import t from 'tap'
import { ByteRing } from '../../../../agent/tunnel/reliable/byte-ring.js'
import { streamBytes } from '../../../support/simulated-path.js'

void t.test('what is stored at an offset is read at it, also across the end of the memory', async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(2 ** 40), fc.nat(50), (capacity, offset, most) => {
      const ring = new ByteRing(capacity)
      const length = Math.min(most, capacity)
      ring.write(offset, streamBytes(offset, offset + length))
      const into = Buffer.alloc(length + 2, 0xee)
      ring.read(offset, length, into, 1)
      return into.equals(Buffer.concat([Buffer.of(0xee), streamBytes(offset, offset + length), Buffer.of(0xee)]))
    }),
  )
  t.pass()
})

void t.test('bytes one capacity apart share their place, nearer ones do not', async (t) => {
  const ring = new ByteRing(8)
  const read = (offset: number, length: number) => {
    const into = Buffer.alloc(length)
    ring.read(offset, length, into, 0)
    return into.toString()
  }
  ring.write(6, Buffer.from('abcdefgh'))
  t.equal(read(6, 8), 'abcdefgh')
  ring.write(14, Buffer.from('X'))
  t.equal(read(7, 8), 'bcdefghX')
  t.equal(read(6, 1), 'X')
})
