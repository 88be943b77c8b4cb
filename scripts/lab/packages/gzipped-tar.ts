// Pure: a gzipped tar, which an npm package is (POSIX ustar). The same files give the same bytes.

import { gzipSync } from 'node:zlib'

const BLOCK_BYTES = 512

/** The archive; contents by path, ASCII of at most 100 characters. */
export function gzippedTar(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, text]) => {
    const content = Buffer.from(text)
    return [headerOf(path, content.length), content, Buffer.alloc(-content.length & (BLOCK_BYTES - 1))]
  })
  return gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * BLOCK_BYTES)]))
}

function headerOf(path: string, length: number): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES)
  header.write(path, 0)
  // Mode, user, group, length and time in octal; the checksum counts as spaces while it is not known.
  header.write('0000644\x000000000\x000000000\x00', 100)
  header.write(`${octal(length, 11)}\0${octal(0, 11)}\0        0`, 124)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((total, byte) => total + byte, 0)
  header.write(`${octal(sum, 6)}\0 `, 148)
  return header
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
