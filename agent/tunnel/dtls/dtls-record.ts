// Pure: DTLS 1.2 records as bytes (RFC 6347 4.1, 4.2): cutting what OpenSSL wrote into datagrams, reading a ClientHello,
// and writing the HelloVerifyRequest that answers it. Everything encrypted is OpenSSL's.

/** Type (1), version (2), epoch (2), sequence number (6), length (2), bytes. */
const RECORD_HEADER_BYTES = 13

/** Message type (1), length (3), message number (2), fragment offset (3), fragment length (3), bytes. */
const HANDSHAKE_HEADER_BYTES = 12

const HANDSHAKE_RECORD = 22
const CLIENT_HELLO = 1
const HELLO_VERIFY_REQUEST = 3

/** 1.0, what a HelloVerifyRequest should say whatever is negotiated later (RFC 6347 4.2.1). */
const DTLS_1_0 = 0xfeff
/** First byte of every DTLS version. */
const VERSION_MAJOR = 0xfe

const RANDOM_BYTES = 32
const LONGEST_SESSION_ID = 32

/** A ClientHello at the start of a datagram. */
export interface ClientHello {
  /** The record's 6-byte sequence number, with which the answer goes back. */
  readonly recordSequence: Uint8Array
  /** The message's number: 0 in the first hello of a handshake, 1 in the one that brings the cookie. */
  readonly message: number
  /** 32 bytes, the same in both hellos of one handshake. */
  readonly random: Uint8Array
  /** Empty in the first hello. */
  readonly cookie: Uint8Array
}

/** Cuts records that lie one behind the other into datagrams of at most `maxBytes`; a longer record goes alone. */
export function packDatagrams(records: Uint8Array, maxBytes: number): Uint8Array[] {
  if (records.length <= maxBytes) return records.length === 0 ? [] : [records]
  const datagrams: Uint8Array[] = []
  let start = 0
  let end = 0
  while (end < records.length) {
    const next = end + recordBytes(records, end)
    if (next - start > maxBytes && end > start) {
      datagrams.push(records.subarray(start, end))
      start = end
    }
    end = next
  }
  datagrams.push(records.subarray(start, end))
  return datagrams
}

/** Whether a datagram begins with a record that is not encrypted: epoch 0, the beginning of a handshake. */
export function isEpochZero(datagram: Uint8Array): boolean {
  return datagram.length >= RECORD_HEADER_BYTES && datagram[3] === 0 && datagram[4] === 0
}

/** Reads the ClientHello a datagram begins with; undefined when it is anything else, cut short or in fragments. */
export function readClientHello(datagram: Uint8Array): ClientHello | undefined {
  if (!isEpochZero(datagram) || datagram[0] !== HANDSHAKE_RECORD || datagram[1] !== VERSION_MAJOR) return undefined
  if (recordBytes(datagram, 0) > datagram.length) return undefined
  const message = datagram.subarray(RECORD_HEADER_BYTES, recordBytes(datagram, 0))
  if (message.length < HANDSHAKE_HEADER_BYTES || message[0] !== CLIENT_HELLO) return undefined
  const body = message.subarray(HANDSHAKE_HEADER_BYTES)
  const isWhole = uint24(message, 6) === 0 && uint24(message, 1) === body.length && uint24(message, 9) === body.length
  if (!isWhole) return undefined
  // Version (2), random, session id and cookie, both with a length before them.
  const randomEnd = 2 + RANDOM_BYTES
  const sessionIdBytes = body[randomEnd]
  if (sessionIdBytes === undefined || sessionIdBytes > LONGEST_SESSION_ID) return undefined
  const cookieStart = randomEnd + 1 + sessionIdBytes + 1
  const cookieEnd = cookieStart + (body[cookieStart - 1] ?? 0)
  if (cookieEnd > body.length || cookieStart > body.length) return undefined
  return {
    recordSequence: datagram.subarray(5, 11),
    message: uint16(message, 4),
    random: body.subarray(2, randomEnd),
    cookie: body.subarray(cookieStart, cookieEnd),
  }
}

/** The datagram that asks a client to say its hello again with `cookie` (at most 255 bytes). */
export function helloVerifyRequest(recordSequence: Uint8Array, cookie: Uint8Array): Buffer {
  const bodyBytes = 2 + 1 + cookie.length
  const datagram = Buffer.alloc(RECORD_HEADER_BYTES + HANDSHAKE_HEADER_BYTES + bodyBytes)
  datagram.writeUInt8(HANDSHAKE_RECORD, 0)
  datagram.writeUInt16BE(DTLS_1_0, 1)
  datagram.set(recordSequence, 5)
  datagram.writeUInt16BE(HANDSHAKE_HEADER_BYTES + bodyBytes, 11)
  const message = datagram.subarray(RECORD_HEADER_BYTES)
  message.writeUInt8(HELLO_VERIFY_REQUEST, 0)
  message.writeUIntBE(bodyBytes, 1, 3)
  message.writeUIntBE(bodyBytes, 9, 3)
  const body = message.subarray(HANDSHAKE_HEADER_BYTES)
  body.writeUInt16BE(DTLS_1_0, 0)
  body.writeUInt8(cookie.length, 2)
  body.set(cookie, 3)
  return datagram
}

/** Length of the record at `at` with its header, as its header says. */
function recordBytes(bytes: Uint8Array, at: number): number {
  return RECORD_HEADER_BYTES + uint16(bytes, at + 11)
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function uint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | uint16(bytes, at + 1)
}
