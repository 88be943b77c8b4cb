// Pure: the bytes of a capture that is perhaps still written, up to its last whole packet and without TLS secrets. Reads
// pcapng and classic pcap of either byte order; of anything else all bytes are let through, but of a damaged pcapng none
// behind the damage: secrets could not be found there.

/** First four bytes. pcapng begins with a section header block, whatever its byte order. */
const PCAPNG = 0x0a0d0d0a
const PCAP = [0xa1b2c3d4, 0xa1b23c4d]

/** After the magic of pcapng: block length, then the byte order as the reader's or not. */
const BYTE_ORDER = 0x1a2b3c4d
const SECTION_START_BYTES = 12

/** Decryption Secrets Block (draft-ietf-opsawg-pcapng, 4.7). */
const SECRETS_BLOCK = 10

const PCAP_HEADER_BYTES = 24
/** Time, kept length, length on the wire. */
const PCAP_RECORD_BYTES = 16

/** No writer makes longer ones (Wireshark's own limit for a block); beyond it the file is damaged. */
const LONGEST_BLOCK = 16 * 1024 * 1024

type Format = 'unknown' | 'pcapng' | 'pcap' | 'other' | 'damaged'

const NOTHING = Buffer.alloc(0)

/** Lets whole packets through, and no secrets. */
export class WholePackets {
  #format: Format = 'unknown'
  #littleEndian = true
  /** The beginning of a packet that is not whole yet. */
  #rest: Buffer = NOTHING
  #damagedBytes = 0
  #secretsBlocks = 0

  /** Blocks of TLS secrets that were taken out. */
  get secretsBlocks(): number {
    return this.#secretsBlocks
  }

  /** Bytes behind the last whole packet so far. */
  get cutBytes(): number {
    return this.#rest.length + this.#damagedBytes
  }

  /** Takes the next bytes of the file, gives what is whole and no secret. */
  push(bytes: Buffer): Buffer {
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    const kept: Buffer[] = []
    let start = 0
    let at = 0
    while (this.#format !== 'other' && this.#format !== 'damaged') {
      const length = this.#lengthAt(data.subarray(at))
      if (length === undefined || at + length > data.length) break
      if (this.#isSecrets(data, at)) {
        this.#secretsBlocks += 1
        kept.push(data.subarray(start, at))
        start = at + length
      }
      at += length
    }
    if (this.#format === 'other') at = data.length
    kept.push(data.subarray(start, at))
    this.#rest = data.subarray(at)
    if (this.#format === 'damaged') {
      this.#damagedBytes += this.#rest.length
      this.#rest = NOTHING
    }
    return kept.length === 1 ? (kept[0] ?? NOTHING) : Buffer.concat(kept)
  }

  #isSecrets(data: Buffer, at: number): boolean {
    return this.#format === 'pcapng' && this.#number(data, at) === SECRETS_BLOCK
  }

  /** The length of what begins here; undefined when more bytes are needed to tell, or when there is damage. */
  #lengthAt(data: Buffer): number | undefined {
    if (this.#format === 'unknown') return this.#begin(data)
    return this.#format === 'pcap' ? this.#recordLength(data) : this.#blockLength(data)
  }

  #begin(data: Buffer): number | undefined {
    if (data.length < PCAP_HEADER_BYTES) return undefined
    if (data.readUInt32LE(0) === PCAPNG) {
      this.#format = 'pcapng'
      return this.#blockLength(data)
    }
    this.#littleEndian = PCAP.includes(data.readUInt32LE(0))
    this.#format = this.#littleEndian || PCAP.includes(data.readUInt32BE(0)) ? 'pcap' : 'other'
    return PCAP_HEADER_BYTES
  }

  #recordLength(data: Buffer): number | undefined {
    if (data.length < PCAP_RECORD_BYTES) return undefined
    return this.#sane(PCAP_RECORD_BYTES + this.#number(data, 8), 'other')
  }

  #blockLength(data: Buffer): number | undefined {
    if (data.length < SECTION_START_BYTES) return undefined
    // Each section says its byte order; its type reads the same in both.
    if (data.readUInt32LE(0) === PCAPNG) this.#littleEndian = data.readUInt32LE(8) === BYTE_ORDER
    return this.#sane(this.#number(data, 4), 'damaged')
  }

  /** A length that cannot be is damage: from there on packets cannot be told. */
  #sane(length: number, otherwise: Format): number | undefined {
    if (length >= SECTION_START_BYTES && length <= LONGEST_BLOCK) return length
    this.#format = otherwise
    return undefined
  }

  #number(data: Buffer, at: number): number {
    return this.#littleEndian ? data.readUInt32LE(at) : data.readUInt32BE(at)
  }
}
