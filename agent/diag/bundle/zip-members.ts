/** Members into a zip, one after the other: of each only what is just being packed is in memory. */

import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { ManifestMember } from './manifest.js'
import type { Member } from './member.js'

/** From here on sizes need the longer fields of the format, which is to be said before the size is known for sure. */
const ZIP64_BYTES = 0xffff_ffff

/** Regular file, only its owner reads it when it is unpacked. */
const MODE = 0o100600

/** How to write them. */
export interface ZipOptions {
  readonly mtime: Date
  /** Told of each piece, bytes of the member's source. */
  readonly read: (bytes: number) => void
  readonly signal?: AbortSignal | undefined
}

/** A zip that is written. */
export class ZipMembers {
  readonly #zip = new ZipFile()
  readonly #options: ZipOptions
  readonly #written: Promise<void>

  /** Gives the zip's bytes to `write`, piece by piece. */
  constructor(write: (bytes: Uint8Array) => Promise<void>, options: ZipOptions) {
    this.#options = options
    const { signal } = options
    const writeAll = async (pieces: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const piece of pieces) await write(piece)
    }
    this.#written = pipeline(this.#zip.outputStream as Readable, writeAll, { ...(signal && { signal }) })
    // Whoever waits next gets it.
    this.#written.catch(() => undefined)
  }

  /** Adds a member and tells what became of it. Rejects when it cannot be read, `write` fails or the signal is given. */
  async add(member: Member): Promise<ManifestMember> {
    const hash = createHash('sha256')
    let bytes = 0
    const { read } = this.#options
    const measured = async function* (): AsyncGenerator<Buffer> {
      for await (const chunk of member.bytes()) {
        if (chunk.length === 0) continue
        hash.update(chunk)
        bytes += chunk.length
        read(chunk.length)
        yield chunk
      }
    }
    const stream = Readable.from(measured(), { objectMode: false })
    const closed = new Promise((resolve) => stream.once('close', resolve))
    const forceZip64Format = member.sourceBytes >= ZIP64_BYTES
    this.#zip.addReadStream(stream, member.name, { ...this.#entry(), forceZip64Format })
    try {
      await Promise.race([finished(stream), this.#written])
    } finally {
      // The file is not to be closed under a reading that is still under way.
      stream.destroy()
      await closed
    }
    const { name, from } = member
    return { name, bytes, sha256: hash.digest('hex'), from, redactions: member.redactions(), remarks: member.remarks() }
  }

  /** Adds the last file and completes the zip. Rejects as `add`. */
  async end(name: string, text: string): Promise<void> {
    this.#zip.addBuffer(Buffer.from(text), name, this.#entry())
    this.#zip.end()
    await this.#written
  }

  #entry(): { readonly mtime: Date; readonly mode: number } {
    return { mtime: this.#options.mtime, mode: MODE }
  }
}
