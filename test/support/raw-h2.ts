/** HTTP/2 frame by frame, for what no library would send, and to see what no library shows. */

import type { Socket } from 'node:net'

const TYPES = [
  ...(['DATA', 'HEADERS', 'PRIORITY', 'RST_STREAM', 'SETTINGS', 'PUSH_PROMISE', 'PING', 'GOAWAY'] as const),
  ...(['WINDOW_UPDATE', 'CONTINUATION'] as const),
] as const
const END_STREAM = 1
const END_HEADERS = 4

/** A frame that came. */
export interface H2FrameSeen {
  readonly type: string
  readonly stream: number
  readonly endStream: boolean
  readonly payload: Buffer
}

/** What a client says first (RFC 9113 3.4). */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

type Fields = ReadonlyArray<readonly [name: string, value: string]>

/** The types of frames, by number. */
export type H2FrameType = (typeof TYPES)[number]

/** A frame (RFC 9113 4.1). */
export function h2Frame(type: H2FrameType, flags: number, stream: number, payload: Uint8Array): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head[3] = TYPES.indexOf(type)
  head[4] = flags
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** The payload of a head, each field as a literal that is not indexed (RFC 7541 6.2.2); names and values below 127 bytes. */
export function literalFields(fields: Fields): Buffer {
  const literal = (text: string): Buffer => Buffer.concat([Buffer.of(text.length), Buffer.from(text, 'latin1')])
  return Buffer.concat(fields.map(([name, value]) => Buffer.concat([Buffer.of(0), literal(name), literal(value)])))
}

/** An origin that never answers, and keeps what it sees. */
export function listensFor(seen: H2FrameSeen[]): (socket: Socket) => void {
  return (socket) => listen(socket, (frame) => seen.push(frame))
}

/** An origin that answers each request with this head and no body. */
export function answersWith(fields: Fields): (socket: Socket) => void {
  return (socket) =>
    listen(socket, ({ type, stream }) => {
      if (type !== 'HEADERS') return
      socket.write(h2Frame('HEADERS', END_HEADERS | END_STREAM, stream, literalFields(fields)))
    })
}

function listen(socket: Socket, onFrame: (frame: H2FrameSeen) => void): void {
  socket.on('error', () => {})
  socket.write(h2Frame('SETTINGS', 0, 0, Buffer.alloc(0)))
  readFrames(socket, PREFACE.length, onFrame)
}

/** Reads frames after the first `skip` bytes. */
export function readFrames(socket: Socket, skip: number, onFrame: (frame: H2FrameSeen) => void): void {
  let unread = Buffer.alloc(0)
  let at = skip
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk])
    while (unread.length >= at + 9) {
      const end = at + 9 + unread.readUIntBE(at, 3)
      if (unread.length < end) return
      const type = TYPES[unread[at + 3]!] ?? 'other'
      const endStream = (type === 'DATA' || type === 'HEADERS') && (unread[at + 4]! & END_STREAM) !== 0
      const frame = { type, stream: unread.readUInt32BE(at + 5), endStream, payload: unread.subarray(at + 9, end) }
      unread = unread.subarray(end)
      at = 0
      onFrame(frame)
    }
  })
}
