// Pure: the frames of our tunnel. The real client's framing is not public: this one is ours, and ALPN names it
// (`steerlab/1`) so that another can stand beside it.
//
//    0        1                 4                 8
//   +--------+-----------------+-----------------+------------------
//   | type   | length (24 bit) | stream (32 bit) | payload (length)
//   +--------+-----------------+-----------------+------------------
//
// All numbers big-endian. Stream 0 is the session itself; a flow's stream number is given by the agent and only grows.

/** Bytes before every payload. */
export const HEADER_BYTES = 8

/** Largest payload of a frame that is not DATA, in bytes: room for a 255-byte name and a long process name, no more. */
export const MAX_CONTROL_BYTES = 16 * 1024

/** Largest DATA payload, in bytes; a sender reads at most this much at once. */
export const MAX_DATA_BYTES = 256 * 1024

/** Protocol name offered by TLS ALPN (RFC 7301). */
export const ALPN_PROTOCOL = 'steerlab/1'

/**
 * What a frame means. HELLO opens a session; PING is answered by PONG with the same payload; GOAWAY says no new flows; KEYS
 * brings the TLS secrets of a flow that the gateway decrypts, where its OPEN asked for them.
 */
export const FRAME = {
  HELLO: 1,
  OPEN: 2,
  OPENED: 3,
  DATA: 4,
  WINDOW: 5,
  CLOSE: 6,
  RESET: 7,
  PING: 8,
  PONG: 9,
  GOAWAY: 10,
  KEYS: 11,
} as const

/** Why a stream was reset, as one byte on the wire. */
export const RESET_CODE = {
  refused: 1,
  unreachable: 2,
  'timed-out': 3,
  forbidden: 4,
  aborted: 5,
  'bad-request': 6,
  'too-many': 7,
} as const

/** Why a stream was reset, in words. */
export type ResetReason = keyof typeof RESET_CODE

/** The reason a code stands for; an unknown code is `aborted`. */
export function resetReason(code: number): ResetReason {
  for (const [reason, value] of Object.entries(RESET_CODE)) if (value === code) return reason as ResetReason
  return 'aborted'
}

/** Writes a frame header at `offset`; `length` is the payload's, below 2^24. */
export function writeHeader(into: Uint8Array, offset: number, type: number, stream: number, length: number): void {
  into[offset] = type
  into[offset + 1] = length >>> 16
  into[offset + 2] = length >>> 8
  into[offset + 3] = length
  into[offset + 4] = stream >>> 24
  into[offset + 5] = stream >>> 16
  into[offset + 6] = stream >>> 8
  into[offset + 7] = stream
}

/** A whole frame in new memory. */
export function frame(type: number, stream: number, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + payload.length)
  writeHeader(bytes, 0, type, stream, payload.length)
  bytes.set(payload, HEADER_BYTES)
  return bytes
}

/** A frame whose payload is JSON (HELLO, OPEN, OPENED). */
export function jsonFrame(type: number, stream: number, value: unknown): Buffer {
  return frame(type, stream, Buffer.from(JSON.stringify(value)))
}

/** WINDOW: `credit` more payload bytes may be sent on `stream`. */
export function windowFrame(stream: number, credit: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + 4)
  writeHeader(bytes, 0, FRAME.WINDOW, stream, 4)
  bytes.writeUInt32BE(credit, HEADER_BYTES)
  return bytes
}

/** RESET: the stream is over at once, in both directions; `detail` is for the peer's log, cut to 1,000 characters. */
export function resetFrame(stream: number, reason: ResetReason, detail: string): Buffer {
  return frame(FRAME.RESET, stream, Buffer.from(`${String.fromCharCode(RESET_CODE[reason])}${detail.slice(0, 1000)}`))
}
