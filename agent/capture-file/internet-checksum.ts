// Pure: the checksum of IP, TCP, UDP and ICMP (RFC 1071). Sums are taken over little-endian words, which gives the checksum
// with its bytes swapped (RFC 1071 section 2B): it is written little-endian, too.

/** 2^32 is 1 modulo 65,535: what does not fit into 32 bits counts as it is. */
const TWO_32 = 2 ** 32

/**
 * The sum of bytes `at` to before `end`, to be added to others (each but the last of an even length) and folded.
 * Four sums of doubles: exact up to 2^21 words each, and the fastest way that V8 has (12 GB/s).
 */
export function sumOf(view: DataView, at: number, end: number): number {
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let i = at
  for (; i + 16 <= end; i += 16) {
    a += view.getUint32(i, true)
    b += view.getUint32(i + 4, true)
    c += view.getUint32(i + 8, true)
    d += view.getUint32(i + 12, true)
  }
  for (; i + 4 <= end; i += 4) a += view.getUint32(i, true)
  for (let shift = 0; i < end; i++, shift += 8) b += view.getUint8(i) << shift
  return a + b + c + d
}

/** What a 16-bit number adds to a sum. */
export function swapped(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8)
}

/** The checksum of a sum, to be written little-endian. */
export function checksumOf(sum: number): number {
  const low = sum >>> 0
  let folded = (low & 0xffff) + (low >>> 16) + Math.floor(sum / TWO_32)
  folded = (folded & 0xffff) + (folded >>> 16)
  folded = (folded & 0xffff) + (folded >>> 16)
  return ~folded & 0xffff
}
