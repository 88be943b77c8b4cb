// Pure: memory that blocks of a capture file are written into.

/** A piece of memory, and the same as a view. */
export interface BlockMemory {
  readonly bytes: Uint8Array
  readonly view: DataView
}

/** Memory of so many bytes, not zeroed: every byte of a block is written. */
export function blockMemory(size: number): BlockMemory {
  const bytes = Buffer.allocUnsafeSlow(size)
  return { bytes, view: new DataView(bytes.buffer) }
}
