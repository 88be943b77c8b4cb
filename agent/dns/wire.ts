// Pure: the few facts a relay needs from raw DNS bytes without decoding them (RFC 1035 section 4.1): ID, flags, where
// the question ends, whether a reply belongs to a query. Everything else passes through as it came.

/** Length of a DNS header, bytes (RFC 1035 section 4.1.1). */
export const HEADER_BYTES = 12

/** Response codes the agent looks at or sends (RFC 1035 section 4.1.1). */
export const RCODE = { noError: 0, formatError: 1, serverFailure: 2, nameError: 3, notImplemented: 4 } as const

const QR = 0x80
const TC = 0x02
const RA = 0x80

/** The message with another 16-bit ID; the bytes given stay as they are. */
export function withId(message: Uint8Array, id: number): Buffer {
  const copy = Buffer.from(message)
  copy.writeUInt16BE(id, 0)
  return copy
}

/** The 16-bit ID; the message must hold a header. */
export function idOf(message: Buffer): number {
  return message.readUInt16BE(0)
}

/** True for a response, false for a query (QR bit). */
export function isResponse(message: Buffer): boolean {
  return (message[2]! & QR) !== 0
}

/** True when the message says that it was cut to fit a datagram (TC bit). */
export function isTruncated(message: Buffer): boolean {
  return (message[2]! & TC) !== 0
}

/** 0 is a standard query (RFC 1035 section 4.1.1). */
export function opcodeOf(message: Buffer): number {
  return (message[2]! >> 3) & 0x0f
}

/** The header's own 4 bits of the response code; EDNS may carry more. */
export function rcodeOf(message: Buffer): number {
  return message[3]! & 0x0f
}

/** How many questions the header announces. */
export function questionCount(message: Buffer): number {
  return message.readUInt16BE(4)
}

/** Offset just behind the first question, or undefined when it is cut short. Pointers are stepped over, not followed. */
function questionEnd(message: Buffer): number | undefined {
  let at = HEADER_BYTES
  for (;;) {
    const length = message[at]
    if (length === undefined) return undefined
    if (length === 0 || length >= 0xc0) {
      const end = at + (length === 0 ? 1 : 2) + 4
      return end <= message.length ? end : undefined
    }
    at += 1 + length
  }
}

/**
 * True when `reply` answers `query`: a response with the same ID and the same question, ASCII case aside (RFC 5452
 * section 9.1). A refusal may come without its question: some servers answer FORMERR or REFUSED with a bare header.
 */
export function isReplyTo(query: Buffer, reply: Buffer): boolean {
  if (reply.length < HEADER_BYTES || !isResponse(reply) || idOf(reply) !== idOf(query)) return false
  if (questionCount(reply) === 0) return rcodeOf(reply) !== RCODE.noError
  const end = questionEnd(query)
  if (end === undefined || reply.length < end || questionCount(reply) !== 1) return false
  for (let at = HEADER_BYTES; at < end; at += 1) if (lowerCase(query[at]!) !== lowerCase(reply[at]!)) return false
  return true
}

/** A reply of nothing but a header, for a query whose question cannot be echoed because it cannot be read. */
export function headerReply(query: Buffer, rcode: number): Buffer {
  const reply = Buffer.alloc(HEADER_BYTES)
  query.copy(reply, 0, 0, 3)
  // Opcode and RD are echoed (RFC 1035 section 4.1.1), AA and TC are not.
  reply[2] = QR | (query[2]! & 0x79)
  reply[3] = RA | rcode
  return reply
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
}
