// Pure: the bytes of a capture that is perhaps still written, up to its last whole packet, and whether TLS secrets are
// among them. Reads pcapng and classic pcap of either byte order; of anything else all bytes are let through.

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

type Format = 'unknown' | 'pcapng' | 'pcap' | 'other'

const NOTHING = Buffer.alloc(0)

/** Lets whole packets through. */
export class WholePackets {
  #format: Format = 'unknown'
  #littleEndian = true
  /** The beginning of a packet that is not whole yet. */
  #rest: Buffer = NOTHING
  #hasSecrets = false

  /** Whether a block of TLS secrets was among what came. */
  get hasSecrets(): boolean {
    return this.#hasSecrets
  }

  /** Bytes behind the last whole packet so far. */
  get cutBytes(): number {
    return this.#rest.length
  }

  /** Takes the next bytes of the file, gives what is whole. */
  push(bytes: Buffer): Buffer {
    const data = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let at = 0
    while (this.#format !== 'other') {
      const length = this.#lengthAt(data.subarray(at))
      if (length === undefined || at + length > data.length) break
      at += length
    }
    if (this.#format === 'other') at = data.length
    this.#rest = data.subarray(at)
    return data.subarray(0, at)
  }

  /** The length of what begins here; undefined when more bytes are needed to tell. */
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
    return this.#sane(PCAP_RECORD_BYTES + this.#number(data, 8))
  }

  #blockLength(data: Buffer): number | undefined {
    if (data.length < SECTION_START_BYTES) return undefined
    // Each section says its byte order; its type reads the same in both.
    if (data.readUInt32LE(0) === PCAPNG) this.#littleEndian = data.readUInt32LE(8) === BYTE_ORDER
    const length = this.#sane(this.#number(data, 4))
    if (this.#number(data, 0) === SECRETS_BLOCK) this.#hasSecrets = true
    return length
  }

  /** A length that cannot be is damage: from there on the file is let through as it is. */
  #sane(length: number): number {
    if (length < SECTION_START_BYTES || length > LONGEST_BLOCK) this.#format = 'other'
    return length
  }

  #number(data: Buffer, at: number): number {
    return this.#littleEndian ? data.readUInt32LE(at) : data.readUInt32BE(at)
  }
}
