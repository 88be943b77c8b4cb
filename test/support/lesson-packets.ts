/** Captures in memory for tests of the lesson: TCP conversations and DNS, as packets without checksums. */

import type { CapturedPacket } from '../../agent/capture-file/pcapng-reader.js'
import type { ReadCapture } from '../../scripts/lesson/lesson.js'

/** `1.2.3.4:80` */
type Place = string

const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, A: 16 }

function ipv4(protocol: number, from: Place, to: Place, content: Buffer): Buffer {
  const header = Buffer.alloc(20)
  header[0] = 0x45
  header.writeUInt16BE(20 + content.length, 2)
  header[9] = protocol
  header.set(addressOf(from), 12)
  header.set(addressOf(to), 16)
  return Buffer.concat([header, content])
}

const addressOf = (place: Place): number[] => place.split(':')[0]!.split('.').map(Number)
const portOf = (place: Place): number => Number(place.split(':')[1])

function captured(atUs: number, bytes: Buffer, comment = ''): CapturedPacket {
  return { interfaceId: 0, atUs, comment, direction: 'unknown', bytes, originalLength: bytes.length }
}

/** A TCP segment; `flags` of F, S, R and A. */
export function tcp(
  atUs: number,
  from: Place,
  to: Place,
  flags: string,
  seq: number,
  payload: Uint8Array | string = '',
  comment = '',
): CapturedPacket {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(portOf(from), 0)
  header.writeUInt16BE(portOf(to), 2)
  header.writeUInt32BE(seq, 4)
  header[12] = 0x50
  header[13] = [...flags].reduce((sum, flag) => sum | FLAGS[flag]!, 0)
  return captured(atUs, ipv4(6, from, to, Buffer.concat([header, Buffer.from(payload as Uint8Array)])), comment)
}

/** A datagram. */
export function udp(atUs: number, from: Place, to: Place, payload: Uint8Array): CapturedPacket {
  const header = Buffer.alloc(8)
  header.writeUInt16BE(portOf(from), 0)
  header.writeUInt16BE(portOf(to), 2)
  header.writeUInt16BE(8 + payload.length, 4)
  return captured(atUs, ipv4(17, from, to, Buffer.concat([header, payload])))
}

/** A TLS record of so many bytes. */
export function record(type: number, length: number, fill = 0x5a): Buffer {
  return Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 255]), Buffer.alloc(length, fill)])
}

/** A conversation: one beginning, what each side says in turn (`>` the client, `<` the server), one end; a ms each. */
export function conversation(
  beginUs: number,
  client: Place,
  server: Place,
  said: readonly (readonly ['>' | '<', Buffer])[],
  comment = '',
): CapturedPacket[] {
  const seq = { '>': 1001, '<': 5001 }
  const packets = [
    tcp(beginUs, client, server, 'S', 1000, '', comment),
    tcp(beginUs, server, client, 'SA', 5000),
    tcp(beginUs, client, server, 'A', 1001),
  ]
  let atUs = beginUs
  for (const [side, bytes] of said) {
    atUs += 1000
    packets.push(
      side === '>' ? tcp(atUs, client, server, 'A', seq['>'], bytes) : tcp(atUs, server, client, 'A', seq['<'], bytes),
    )
    seq[side] += bytes.length
  }
  packets.push(tcp(atUs + 1000, client, server, 'FA', seq['>']))
  return packets
}

/** A capture of these packets. */
export function captureOf(packets: readonly CapturedPacket[]): ReadCapture {
  const inTime = packets.toSorted((a, b) => a.atUs - b.atUs)
  const contents = { comment: '', interfaces: [], packets: inTime, secrets: [], isCut: false }
  return { contents, bytes: Buffer.concat(inTime.map(({ bytes }) => bytes)) }
}
