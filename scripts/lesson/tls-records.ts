// Pure: the TLS records of one direction of a connection, as they come, packet by packet (RFC 8446 5.1).

/** What an observer sees of a record. */
export interface TlsRecord {
  readonly type: 'handshake' | 'alert' | 'change of cipher' | 'data'
  /** Without its header. */
  readonly bytes: number
}

const TYPES: Readonly<Record<number, TlsRecord['type']>> = {
  20: 'change of cipher',
  21: 'alert',
  22: 'handshake',
  23: 'data',
}

const HEADER_BYTES = 5
/** 2^14 and what encryption may add (RFC 8446 5.2, RFC 5246 6.2.3). */
const LONGEST_RECORD = 16_384 + 2048

/** Finds the records of a stream. */
export class TlsRecords {
  /** Bytes of the record under way that are still to come. */
  #toCome = 0
  #header: Buffer = Buffer.alloc(0)
  #isTls = true

  /** The records that begin in these bytes, which follow those before; undefined when the stream is no TLS. */
  push(bytes: Uint8Array): readonly TlsRecord[] | undefined {
    const records: TlsRecord[] = []
    let data = Buffer.concat([this.#header, bytes])
    this.#header = Buffer.alloc(0)
    while (this.#isTls && data.length > 0) {
      const skipped = Math.min(this.#toCome, data.length)
      this.#toCome -= skipped
      data = data.subarray(skipped)
      if (data.length < HEADER_BYTES) {
        this.#header = data
        break
      }
      const type = TYPES[data[0]!]
      const length = data.readUInt16BE(3)
      this.#isTls = type !== undefined && data[1] === 3 && length <= LONGEST_RECORD
      if (type === undefined || !this.#isTls) break
      records.push({ type, bytes: length })
      this.#toCome = HEADER_BYTES + length
    }
    return this.#isTls ? records : undefined
  }
}

/** Whether a stream is TLS, as far as it can be told from its records. */
export function isTls(stream: Uint8Array): boolean {
  return new TlsRecords().push(stream) !== undefined
}
