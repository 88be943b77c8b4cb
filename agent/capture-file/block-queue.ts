/**
 * Blocks on their way to the disk: written into large pieces of memory, which go to the file one after the other while the
 * next is filled. Nobody waits for the disk; what it is too slow for finds no room. What is filled is kept back for a
 * while where blocks may still have to go ahead of it.
 */

import { type BlockMemory, blockMemory } from './block-memory.js'
import type { RingFile } from './ring-file.js'

/** One piece: a write of this size is a small fraction of a millisecond into the page cache. */
const PIECE_BYTES = 1024 * 1024

/** Pieces that wait at most, with the one that is filled: 64 MiB. */
const MOST_PIECES = 64

/** Pieces kept for the next burst. */
const SPARE_PIECES = 4

/** A full piece that is kept back. */
interface KeptPiece {
  readonly piece: BlockMemory
  /** Of it, what is not with the file. */
  readonly blocks: Uint8Array
  /** How often `settle` had been called when it was full. */
  readonly settled: number
}

/** Where they go: a ring of files. */
export type BlockSink = Pick<RingFile, 'write' | 'next' | 'close'>

/** The queue of one capture. */
export class BlockQueue {
  readonly #file: BlockSink
  readonly #failed: (error: unknown) => void
  readonly #mostKept: number
  readonly #spare: BlockMemory[] = []
  /** Oldest first. */
  readonly #kept: KeptPiece[] = []
  /** How often `settle` was called, and what was being filled then, and how far. */
  #settled = 0
  #settledPiece: BlockMemory | undefined
  #settledAt = 0
  #piece: BlockMemory | undefined
  /** Of the piece, what is with the file already, and what is filled. */
  #from = 0
  #at = 0
  /** Pieces that are not written yet. */
  #waiting = 0
  /** Nothing more is taken. */
  #isClosed = false
  /** The disk refused: nothing more is written. */
  #hasFailed = false
  /** Settles, never rejects, when all that was handed over is written. */
  #written: Promise<void> = Promise.resolve()

  /** `failed` is told once what the disk said; nothing is written from then on. `mostKept`: full pieces that are kept back. */
  constructor(file: BlockSink, failed: (error: unknown) => void, mostKept = 0) {
    this.#file = file
    this.#failed = failed
    this.#mostKept = mostKept
  }

  /** Whether it takes nothing any more: closed, or the disk refused. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Where in the memory the next block begins. */
  get at(): number {
    return this.#at
  }

  /** Memory with so many bytes from `at` on; undefined when too much waits. */
  room(bytes: number): BlockMemory | undefined {
    const piece = this.#piece
    if (piece !== undefined && this.#at + bytes <= piece.bytes.length) return piece
    return this.#isClosed ? undefined : this.#another(bytes)
  }

  /** So many bytes from `at` on are whole blocks now. */
  filled(bytes: number): void {
    this.#at += bytes
  }

  /** A block that goes to the file ahead of all that has not left yet. */
  ahead(block: Uint8Array): void {
    if (!this.#isClosed) this.#then(() => this.#file.write(block))
  }

  /** Gives the file what was filled before the last call: called now and then, nothing waits for long, or leaves at once. */
  settle(): void {
    while (this.#kept.length > 0 && this.#kept[0]!.settled < this.#settled) this.#handOverKept()
    const isLeft = this.#kept.length === 0 && this.#settledPiece === this.#piece
    if (isLeft && this.#settledAt > this.#from) this.#handOverUpTo(this.#settledAt)
    this.#settled++
    this.#settledPiece = this.#piece
    this.#settledAt = this.#at
  }

  /** What comes now belongs into the next file. */
  nextFile(): void {
    this.#handOver()
    this.#then(() => this.#file.next())
  }

  /** Resolves when all blocks so far are in the file. */
  flush(): Promise<void> {
    this.#handOver()
    return this.#written
  }

  /** Writes what is left and these last blocks, and closes the file. */
  close(tail: Uint8Array): Promise<void> {
    if (!this.#isClosed) {
      this.#handOver()
      this.#then(() => this.#file.write(tail))
      this.#then(() => this.#file.close())
      this.#isClosed = true
      this.#piece = undefined
      this.#spare.length = 0
    }
    return this.#written
  }

  #another(bytes: number): BlockMemory | undefined {
    if (this.#waiting >= MOST_PIECES) return undefined
    const full = this.#piece
    if (full !== undefined) {
      this.#kept.push({ piece: full, blocks: full.bytes.subarray(this.#from, this.#at), settled: this.#settled })
      if (this.#kept.length > this.#mostKept) this.#handOverKept()
    }
    // Only the secrets of a whole day are longer than a piece.
    this.#piece = bytes > PIECE_BYTES ? blockMemory(bytes) : (this.#spare.pop() ?? blockMemory(PIECE_BYTES))
    this.#from = 0
    this.#at = 0
    this.#settledPiece = undefined
    this.#waiting++
    return this.#piece
  }

  #release(piece: BlockMemory): void {
    this.#waiting--
    if (!this.#isClosed && this.#spare.length < SPARE_PIECES && piece.bytes.length === PIECE_BYTES)
      this.#spare.push(piece)
  }

  /** Gives the oldest piece that is kept back to the file. */
  #handOverKept(): void {
    const { piece, blocks } = this.#kept.shift()!
    if (blocks.length > 0) this.#then(() => this.#file.write(blocks))
    this.#then(async () => this.#release(piece))
  }

  /** Gives all that is filled to the file; the rest of the piece stays in use, no write touches it. */
  #handOver(): void {
    while (this.#kept.length > 0) this.#handOverKept()
    this.#handOverUpTo(this.#at)
  }

  #handOverUpTo(end: number): void {
    const blocks = this.#piece?.bytes.subarray(this.#from, end)
    this.#from = end
    if (blocks !== undefined && blocks.length > 0) this.#then(() => this.#file.write(blocks))
  }

  /** Does it after all that was handed over before. */
  #then(step: () => Promise<void>): void {
    this.#written = this.#written
      .then(() => (this.#hasFailed ? undefined : step()))
      .catch((error: unknown) => this.#fail(error))
  }

  #fail(error: unknown): void {
    this.#hasFailed = true
    this.#isClosed = true
    this.#piece = undefined
    this.#kept.length = 0
    this.#spare.length = 0
    this.#failed(error)
  }
}
