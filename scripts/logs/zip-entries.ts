/**
 * Files in a zip. The directory of the archive is read once; each entry is then a range of the file, unpacked as it is
 * read: nothing goes to disk, and an entry of any size stays out of memory.
 */

import { pipeline, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'
import { readFileFast, UNPACK_BYTES } from './log-bytes.js'

/** A file in an archive. */
export interface ZippedFile {
  /** Its path in the archive, with slashes. */
  readonly path: string
  /** The archive and that path, for messages. */
  readonly name: string
  /** Its bytes, from the beginning each time. Who iterates them gets zlib's error, or the user's mistake `<kind>-damaged`. */
  open(): AsyncIterable<Uint8Array>
}

/** Compression method 8 of the zip format (APPNOTE 4.4.5); the other that is read is 0, stored. */
const DEFLATED = 8

/**
 * The files whose path in the archive is wanted, in the archive's order. Throws a user's mistake: `<kind>-damaged` when
 * the archive is broken, `<kind>-unreadable` when such a file is encrypted or packed in a way that cannot be unpacked.
 */
export async function zippedFiles(
  archive: string,
  kind: 'log' | 'config',
  wanted: (path: string) => boolean,
): Promise<readonly ZippedFile[]> {
  const files: ZippedFile[] = []
  try {
    const zip = await openPromise(archive)
    for await (const entry of zip.eachEntry()) {
      if (wanted(entry.fileName)) files.push(await fileOf(archive, kind, zip, entry))
    }
  } catch (error) {
    if (error instanceof SteerError) throw error
    throw userMistake(`${kind}-damaged`, `${archive} is a broken zip: ${messageOf(error)}`, error)
  }
  return files
}

async function fileOf(archive: string, kind: string, zip: ZipFile, entry: Entry): Promise<ZippedFile> {
  const name = `${archive}:${entry.fileName}`
  if (entry.isEncrypted()) {
    throw userMistake(`${kind}-unreadable`, `${name} is encrypted: unpack it with its password first`)
  }
  if (!entry.canDecodeFileData()) {
    const method = `compression method ${entry.compressionMethod}`
    throw userMistake(
      `${kind}-unreadable`,
      `${name} is packed with ${method}, which is not known here: unpack it first`,
    )
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
  return {
    path: entry.fileName,
    name,
    open: () => checked(packedBytes(archive, fileDataStart, entry), entry, `${kind}-damaged`, name),
  }
}

function packedBytes(archive: string, start: number, entry: Entry): AsyncIterable<Uint8Array> {
  if (entry.compressedSize === 0) return Readable.from([])
  const packed = readFileFast(archive, { start, length: entry.compressedSize })
  if (entry.compressionMethod !== DEFLATED) return packed
  // An error of either arrives at who iterates the last.
  return pipeline(packed, createInflateRaw({ chunkSize: UNPACK_BYTES }), () => {})
}

/** The bytes as they come, with an error as soon as they are more, fewer or others than the archive says. */
async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  { uncompressedSize, crc32: wanted }: Entry,
  damaged: string,
  name: string,
): AsyncGenerator<Uint8Array> {
  let size = 0
  let sum = 0
  for await (const chunk of bytes) {
    size += chunk.length
    if (size > uncompressedSize) break
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (size !== uncompressedSize || sum !== wanted) {
    throw userMistake(damaged, `${name} is damaged: its size or checksum is not what the zip says`)
  }
}
