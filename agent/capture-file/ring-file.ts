/**
 * Capture files on disk: one that is written, and those before it. A write that fails ends the file behind its last whole
 * block, so that what is there can be read.
 */

import { existsSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { open, rename, rm } from 'node:fs/promises'
import { format, parse } from 'node:path'
import type { CaptureFormat } from './capture-format.js'

/** Captures hold what users do: their owner reads them, nobody else. */
const OWNER_ONLY = 0o600

/** What the files are to be. */
export interface RingFileOptions {
  /** Of the newest. */
  readonly path: string
  /** Files kept in all, at least 1. */
  readonly files: number
  readonly format: Pick<CaptureFormat, 'head' | 'lengthOfBlock'>
}

/** The path of the file so many before the newest: `x.pcap`, `x.1.pcap`, `x.2.pcap`. */
export function ringPath(path: string, n: number): string {
  const { dir, root, name, ext } = parse(path)
  return n === 0 ? path : format({ dir, root, name: `${name}.${n}`, ext })
}

/** The newest file. Calls must not overlap; each rejects with the system's error, and then the file is closed. */
export class RingFile {
  readonly #options: RingFileOptions
  #handle: FileHandle | undefined
  /** Bytes of the file that are whole blocks. */
  #size = 0

  private constructor(options: RingFileOptions) {
    this.#options = options
  }

  /** Begins the file; those that an earlier capture of this name left are removed. */
  static async open(options: RingFileOptions): Promise<RingFile> {
    for (let n = 1; existsSync(ringPath(options.path, n)); n++) await rm(ringPath(options.path, n))
    const file = new RingFile(options)
    await file.#begin()
    return file
  }

  /** Appends whole blocks. */
  async write(blocks: Uint8Array): Promise<void> {
    await this.#append(blocks, (written) => wholeBlocks(this.#options.format, blocks, written))
  }

  /** Gives each file the next number, the oldest is gone, and begins a new one. */
  async next(): Promise<void> {
    const { path, files } = this.#options
    await this.close()
    let free = 0
    while (free < files - 1 && existsSync(ringPath(path, free))) free++
    for (let n = free; n > 0; n--) await rename(ringPath(path, n - 1), ringPath(path, n))
    await this.#begin()
  }

  async close(): Promise<void> {
    const handle = this.#handle
    this.#handle = undefined
    await handle?.close()
  }

  async #begin(): Promise<void> {
    const handle = await open(this.#options.path, 'w', OWNER_ONLY)
    this.#handle = handle
    this.#size = 0
    // A file that was there keeps its mode; a device is left alone.
    if ((await handle.stat()).isFile()) await handle.chmod(OWNER_ONLY)
    await this.#append(this.#options.format.head, () => 0)
  }

  /** `whole` says how many bytes are worth keeping when only so many could be written. */
  async #append(bytes: Uint8Array, whole: (written: number) => number): Promise<void> {
    const handle = this.#handle
    if (handle === undefined) throw new Error('the file is closed')
    let written = 0
    try {
      while (written < bytes.length) written += (await handle.write(bytes, written)).bytesWritten
      this.#size += written
    } catch (error) {
      // What fails now has been told: the first error is thrown.
      await handle.truncate(this.#size + whole(written)).catch(() => {})
      await this.close().catch(() => {})
      throw error
    }
  }
}

/** How many of the first `written` bytes are blocks that are complete. */
function wholeBlocks({ lengthOfBlock }: RingFileOptions['format'], blocks: Uint8Array, written: number): number {
  const view = new DataView(blocks.buffer, blocks.byteOffset, blocks.length)
  let at = 0
  for (;;) {
    const end = at + lengthOfBlock(view, at)
    if (end > written) return at
    at = end
  }
}
