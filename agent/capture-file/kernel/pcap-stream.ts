// Pure: reads a classic capture (pcap) while it is being written, in whatever pieces it comes: into memory of its own,
// one frame after the other.

/** Takes a frame; `bytes` begin with the link header, are cut to the snap length, and hold until it returns. */
export type TakeFrame = (atUs: number, bytes: Buffer, originalLength: number) => void

/** Longest frame of libpcap (MAXIMUM_SNAPLEN), in bytes. */
export const MOST_FRAME_BYTES = 262_144

const FILE_HEADER_BYTES = 24
const FRAME_HEADER_BYTES = 16
/** Two of the longest frames with room to spare: moving what is left of one to the front is rare. */
const BLOCK_BYTES = 4 * MOST_FRAME_BYTES
/** Least memory offered for a read: what a pipe holds. */
const LEAST_ROOM_BYTES = 64 * 1024
/** First word of a file with times in microseconds, as its writer wrote it. */
const MAGIC_MICROSECONDS = 0xa1b2c3d4

/** One capture. Not usable after `received` has said what is wrong with it. */
export class PcapStream {
  readonly #take: TakeFrame
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES)
  /** What has come and is not read: [from, to) of the block. */
  #from = 0
  #to = 0
  #littleEndian = true
  #linkType: number | undefined

  constructor(take: TakeFrame) {
    this.#take = take
  }

  /** LINKTYPE of the frames; undefined until the file's header has come. */
  get linkType(): number | undefined {
    return this.#linkType
  }

  /** Memory for the next bytes. */
  room(): Buffer {
    if (BLOCK_BYTES - this.#to < LEAST_ROOM_BYTES) {
      this.#block.copyWithin(0, this.#from, this.#to)
      this.#to -= this.#from
      this.#from = 0
    }
    return this.#block.subarray(this.#to)
  }

  /** Reads `length` bytes that now stand in the room; returns what is wrong with them, '' when nothing is. */
  received(length: number): string {
    this.#to += length
    if (this.#linkType === undefined) {
      if (this.#to - this.#from < FILE_HEADER_BYTES) return ''
      if (!this.#readFileHeader()) return 'it wrote no capture'
    }
    for (;;) {
      const left = this.#to - this.#from
      if (left < FRAME_HEADER_BYTES) break
      const kept = this.#word(8)
      if (kept > MOST_FRAME_BYTES) return `it wrote a frame of ${kept} bytes`
      if (left < FRAME_HEADER_BYTES + kept) break
      const begin = this.#from + FRAME_HEADER_BYTES
      const atUs = this.#word(0) * 1e6 + this.#word(4)
      this.#take(atUs, this.#block.subarray(begin, begin + kept), this.#word(12))
      this.#from = begin + kept
    }
    if (this.#from === this.#to) this.#from = this.#to = 0
    return ''
  }

  #readFileHeader(): boolean {
    this.#littleEndian = this.#block.readUInt32LE(this.#from) === MAGIC_MICROSECONDS
    if (this.#word(0) !== MAGIC_MICROSECONDS) return false
    // The upper bits are about frame check sequences.
    this.#linkType = this.#word(20) & 0xffff
    this.#from += FILE_HEADER_BYTES
    return true
  }

  #word(offset: number): number {
    const at = this.#from + offset
    return this.#littleEndian ? this.#block.readUInt32LE(at) : this.#block.readUInt32BE(at)
  }
}
