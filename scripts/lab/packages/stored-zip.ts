// Pure: a zip whose files are stored as they are: what a Python wheel is (PKWARE's APPNOTE 4.3). The same files give the
// same bytes.

import { crc32 } from 'node:zlib'

/** Zip's first day, 1 January 1980. */
const FIRST_DAY = 0x21

/** Version 2.0 wrote it and is needed to read it. */
const VERSION = 20

/** The zip; contents by path, ASCII. */
export function storedZip(files: Readonly<Record<string, string>>): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [path, text] of Object.entries(files)) {
    const [name, content] = [Buffer.from(path), Buffer.from(text)]
    // Flags, method, time, day, checksum, both sizes, lengths of name and extra field.
    const common = Buffer.alloc(24)
    common.writeUInt16LE(FIRST_DAY, 6)
    common.writeUInt32LE(crc32(content), 8)
    common.writeUInt32LE(content.length, 12)
    common.writeUInt32LE(content.length, 16)
    common.writeUInt16LE(name.length, 20)
    locals.push(Buffer.from('PK\x03\x04'), u16(VERSION), common, name, content)
    // Lengths, disk and attributes, all of them 0, and where the file begins.
    directory.push(Buffer.from('PK\x01\x02'), u16(VERSION), u16(VERSION), common, Buffer.alloc(10), u32(offset), name)
    offset += 6 + common.length + name.length + content.length
  }
  const [listing, count] = [Buffer.concat(directory), u16(Object.keys(files).length)]
  const end = [Buffer.from('PK\x05\x06'), u32(0), count, count, u32(listing.length), u32(offset), u16(0)]
  return Buffer.concat([...locals, listing, ...end])
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
