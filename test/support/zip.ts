// Pure: a zip as bytes, written by hand so that tests can also write what no good program writes.

import { crc32, deflateRawSync } from 'node:zlib'

/** One file in a zip. What is left out is what a good program writes. */
export interface ZipEntry {
  readonly name: string
  readonly content: string | Uint8Array
  /** 0 stored, 8 deflated (the default); with any other number the bytes are written as they are. */
  readonly method?: number
  /** General purpose flags; bit 0 says encrypted. */
  readonly flags?: number
  /** What the zip says of the content, in place of the truth. */
  readonly crc?: number
  readonly size?: number
}

/** The zip of the entries: local headers, central directory and its end (APPNOTE 4.3). */
export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const { packed, fields } = pack(entry)
    const name = Buffer.from(entry.name)
    const local = Buffer.concat([bytes([0x04034b50, 4], [20, 2]), fields, name, packed])
    // Comment length, disk, attributes.
    const more = bytes([0, 2], [0, 2], [0, 2], [0, 4], [offset, 4])
    directory.push(Buffer.concat([bytes([0x02014b50, 4], [20, 2], [20, 2]), fields, more, name]))
    files.push(local)
    offset += local.length
  }
  const listing = Buffer.concat(directory)
  const count = entries.length
  const end = bytes([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [listing.length, 4], [offset, 4], [0, 2])
  return Buffer.concat([...files, listing, end])
}

/** The bytes of an entry, and the fields that its two headers share: from the flags to the lengths of its name and extras. */
function pack({ name, content, method = 8, flags = 0, crc, size }: ZipEntry): { packed: Buffer; fields: Buffer } {
  const plain = Buffer.from(content as Uint8Array)
  const packed = method === 8 ? deflateRawSync(plain) : plain
  const sum = crc ?? crc32(plain)
  const lengths = bytes([packed.length, 4], [size ?? plain.length, 4], [Buffer.byteLength(name), 2], [0, 2])
  const newYear1980 = 0x21
  return {
    packed,
    fields: Buffer.concat([bytes([flags, 2], [method, 2], [0, 2], [newYear1980, 2], [sum, 4]), lengths]),
  }
}

/** Numbers, little-endian, each in as many bytes as it says. */
function bytes(...numbers: ReadonlyArray<readonly [value: number, width: number]>): Buffer {
  return Buffer.concat(
    numbers.map(([value, width]) => {
      const field = Buffer.alloc(width)
      field.writeUIntLE(value, 0, width)
      return field
    }),
  )
}
