/** The bytes of one log as a stream: plain, gzip or UTF-16, told by the first bytes, because bundles are renamed by mail and hand. */

import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { messageOf, SteerError, userMistake } from '../../agent/errors.js'

/** Read at once, bytes: with 64 KiB the way through the thread pool costs three times as much as the reading. */
const READ_BYTES = 1024 * 1024

/** Unpacked at once, bytes; zlib's own 16 KiB halves its speed. */
export const UNPACK_BYTES = 256 * 1024

const GZIP = Buffer.from([0x1f, 0x8b])
const ZIP = Buffer.from('PK\x03\x04')
/** UTF-16 by how it begins, with a byte order mark or with the first digits of a year: what `>` of Windows PowerShell writes. */
const UTF_16: ReadonlyArray<readonly [encoding: string, begin: Buffer]> = [
  ['utf-16le', Buffer.from([0xff, 0xfe])],
  ['utf-16be', Buffer.from([0xfe, 0xff])],
  ['utf-16le', Buffer.from('2\u00000\u0000', 'latin1')],
]

const EMPTY_ZIP = Buffer.from('PK\x05\x06')

/** A file, or `length` bytes (at least 1) of it from `start`. */
export function readFileFast(path: string, range?: { readonly start: number; readonly length: number }): Readable {
  const bounds = range && { start: range.start, end: range.start + range.length - 1 }
  return createReadStream(path, { highWaterMark: READ_BYTES, ...bounds })
}

/**
 * The bytes of a log in UTF-8, gunzipped if they are gzip, all its members. Destroys `source` in the end.
 * Throws a user's mistake that calls the log `name`: `log-damaged`, or what readFault says.
 */
export async function* logBytes(source: Readable, name: string): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = source[Symbol.asyncIterator]()
  try {
    const head = await firstBytes(chunks)
    if (startsWith(head, ZIP)) {
      throw userMistake('log-unreadable', `${name} is a zip in a stream, and a zip is read from its end: save it first`)
    }
    const whole = joined(head, chunks)
    const wide = UTF_16.find(([, begin]) => startsWith(head, begin))
    if (wide !== undefined) yield* narrowed(whole, wide[0])
    // An error of either arrives at who iterates the last.
    else yield* startsWith(head, GZIP) ? pipeline(whole, createGunzip({ chunkSize: UNPACK_BYTES }), () => {}) : whole
  } catch (error) {
    throw readFault(error, name)
  } finally {
    source.destroy()
  }
}

/** Text of another encoding as UTF-8. */
async function* narrowed(chunks: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding)
  const encoder = new TextEncoder()
  for await (const chunk of chunks) yield encoder.encode(decoder.decode(chunk, { stream: true }))
  yield encoder.encode(decoder.decode())
}

/** Enough to tell the kind; a pipe may give a byte at a time. */
async function firstBytes(chunks: AsyncIterator<Uint8Array>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < ZIP.length) {
    const { value, done } = await chunks.next()
    if (done) break
    head = Buffer.concat([head, value])
  }
  return head
}

async function* joined(head: Buffer, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value
}

function startsWith(bytes: Buffer, magic: Buffer): boolean {
  return bytes.subarray(0, magic.length).equals(magic)
}

/** Whether a regular file begins like a zip, an empty one too. Rejects with the system's error. */
export async function isZip(path: string): Promise<boolean> {
  for await (const head of readFileFast(path, { start: 0, length: ZIP.length })) {
    return startsWith(head, ZIP) || startsWith(head, EMPTY_ZIP)
  }
  return false
}

/** What a failed reading is, by the name the user knows: `log-not-found`, `log-damaged` or `log-unreadable`. */
export function readFault(error: unknown, name: string): SteerError {
  if (error instanceof SteerError) return error
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return userMistake('log-not-found', `there is no ${name}`, error)
  if (code === 'Z_BUF_ERROR') return userMistake('log-damaged', `${name} is packed and cut off before its end`, error)
  if (code?.startsWith('Z_')) {
    return userMistake('log-damaged', `${name} is packed and damaged: ${messageOf(error)}`, error)
  }
  return userMistake('log-unreadable', `cannot read ${name}: ${messageOf(error)}`, error)
}
