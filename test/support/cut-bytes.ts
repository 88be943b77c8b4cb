// Pure: bytes cut into pieces, as a network would.

/** Cuts `bytes` into pieces of the given sizes, over and over; without any, it stays whole. Empty pieces are kept. */
export function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  if (!sizes.some((size) => size > 0)) return [bytes]
  const pieces: Uint8Array[] = []
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length]!
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}
