/**
 * The logs in a zip, such as the client's Save Logs bundle. The directory of the archive is read once; each entry is
 * then a range of the file, unpacked as it is read: nothing goes to disk, and an entry of any size stays out of memory.
 */

import { basename, dirname } from 'node:path/posix'
import { pipeline, Readable } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'
import { logBytes, readFileFast, UNPACK_BYTES } from './log-bytes.js'
import type { LogPart } from './log-set.js'
import { logFamily } from './rotation-order.js'

/** A log file in an archive. */
export interface ZipLog {
  /** Its folder in the archive, `.` for the top. */
  readonly folder: string
  /** Its name in that folder. */
  readonly name: string
  readonly part: LogPart
}

/** Compression method 8 of the zip format (APPNOTE 4.4.5); the other that is read is 0, stored. */
const DEFLATED = 8

/**
 * The files named like a log, in the archive's order. Throws a user's mistake: `log-damaged` when the archive is broken,
 * `log-unreadable` when a log in it is encrypted or packed in a way that cannot be unpacked.
 */
export async function zipLogs(path: string): Promise<readonly ZipLog[]> {
  const logs: ZipLog[] = []
  try {
    const zip = await openPromise(path)
    for await (const entry of zip.eachEntry()) {
      if (logFamily(basename(entry.fileName)) !== undefined) logs.push(await logOf(path, zip, entry))
    }
  } catch (error) {
    if (error instanceof SteerError) throw error
    throw userMistake('log-damaged', `${path} is a broken zip: ${messageOf(error)}`, error)
  }
  return logs
}

async function logOf(path: string, zip: ZipFile, entry: Entry): Promise<ZipLog> {
  const name = `${path}:${entry.fileName}`
  if (entry.isEncrypted()) {
    throw userMistake('log-unreadable', `${name} is encrypted: unpack it with its password first`)
  }
  if (!entry.canDecodeFileData()) {
    const method = `compression method ${entry.compressionMethod}`
    throw userMistake('log-unreadable', `${name} is packed with ${method}, which is not known here: unpack it first`)
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
  const open = () => logBytes(Readable.from(checked(packedBytes(path, fileDataStart, entry), entry, name)), name)
  return { folder: dirname(entry.fileName), name: basename(entry.fileName), part: { name, open } }
}

function packedBytes(path: string, start: number, entry: Entry): AsyncIterable<Uint8Array> {
  if (entry.compressedSize === 0) return Readable.from([])
  const packed = readFileFast(path, { start, length: entry.compressedSize })
  if (entry.compressionMethod !== DEFLATED) return packed
  // An error of either arrives at who iterates the last.
  return pipeline(packed, createInflateRaw({ chunkSize: UNPACK_BYTES }), () => {})
}

/** The bytes as they come, with an error as soon as they are more, fewer or others than the archive says. */
async function* checked(
  bytes: AsyncIterable<Uint8Array>,
  { uncompressedSize, crc32: wanted }: Entry,
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
    throw userMistake('log-damaged', `${name} is damaged: its size or checksum is not what the zip says`)
  }
}
