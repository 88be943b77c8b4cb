import fc from 'fast-check'
import t from 'tap'
import { checksumOf, sumOf, swapped } from '../../../agent/capture-file/internet-checksum.js'
import { naiveChecksum } from '../../support/naive-checksum.js'

function checksum(bytes: Uint8Array, at = 0, end = bytes.length): number {
  return swapped(checksumOf(sumOf(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at, end)))
}

void t.test('the example of RFC 1071, section 3', async (t) => {
  t.equal(checksum(Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7)), ~0xddf2 & 0xffff)
})

void t.test('a published IPv4 header', async (t) => {
  const header = Buffer.from('4500003c1c46400040060000ac100a63ac100a0c', 'hex')
  t.equal(checksum(header), 0xb1e6)
})

void t.test('all ones, as many as a packet holds', async (t) => {
  t.equal(checksum(new Uint8Array(65_535).fill(0xff)), naiveChecksum(new Uint8Array(65_535).fill(0xff)))
  t.equal(checksum(new Uint8Array(0)), 0xffff)
})

void t.test('any bytes from any place, as summed one by one', async () => {
  const bytes = fc.uint8Array({ maxLength: 300 })
  fc.assert(
    fc.property(bytes, fc.nat(20), (bytes, at) => {
      const begin = Math.min(at, bytes.length)
      return checksum(bytes, begin) === naiveChecksum(bytes.subarray(begin))
    }),
  )
})

void t.test('sums of even parts add up', async () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(50), (bytes, half) => {
      const middle = Math.min(2 * half, bytes.length - (bytes.length % 2))
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      const sum = sumOf(view, 0, middle) + sumOf(view, middle, bytes.length)
      return swapped(checksumOf(sum)) === naiveChecksum(bytes)
    }),
  )
})
