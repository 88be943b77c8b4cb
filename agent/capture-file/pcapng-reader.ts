// Pure: reads captures that the writer wrote: pcapng, little-endian, microseconds, one section. A file that is cut in its
// last block, because it is being written or its writer died, is read up to there.

import { SteerError } from '../errors.js'
import { linkHeaderBytes } from './link-header.js'
import { BLOCK, BYTE_ORDER_MAGIC, DIRECTION, OPTION, padded } from './pcapng-numbers.js'

/** One packet of a capture. */
export interface CapturedPacket {
  /** Index in `CaptureContents.interfaces`. */
  readonly interfaceId: number
  /** Microseconds since 1970. */
  readonly atUs: number
  /** '' when there is none. */
  readonly comment: string
  readonly direction: keyof typeof DIRECTION
  /** The packet from its IP header on, as far as it was kept: a view of the file. */
  readonly bytes: Uint8Array
  /** What it had on the wire, bytes, its link header not counted. */
  readonly originalLength: number
}

/** An interface as the file describes it. */
export interface CapturedInterface {
  readonly name: string
  readonly description: string
  /** 1: Ethernet. */
  readonly linkType: number
}

/** A capture file. */
export interface CaptureContents {
  /** Where the packets come from. */
  readonly comment: string
  readonly interfaces: readonly CapturedInterface[]
  readonly packets: readonly CapturedPacket[]
  /** Texts of TLS secrets, in order. */
  readonly secrets: readonly string[]
  /** Whether the file ended within a block. */
  readonly isCut: boolean
}

/** Type and length ahead, length again behind. */
const LEAST_BLOCK_BYTES = 12

/** Bytes that every block of a type has ahead of its options, and of the packet or the secrets. */
const SECTION_BYTES = 16
const INTERFACE_BYTES = 8
const PACKET_BYTES = 20
const SECRETS_BYTES = 8

const TWO_32 = 2 ** 32

/** Reads a file; throws SteerError `capture-invalid` where it is no little-endian pcapng, or damaged. */
export function readPcapng(file: Uint8Array): CaptureContents {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.length)
  const isOurs =
    bytes.length >= 12 && bytes.readUInt32LE(0) === BLOCK.section && bytes.readUInt32LE(8) === BYTE_ORDER_MAGIC
  if (!isOurs) throw new SteerError('capture-invalid', 'this is no capture of steerlab: pcapng, little-endian')
  const interfaces: CapturedInterface[] = []
  const packets: CapturedPacket[] = []
  const secrets: string[] = []
  let comment = ''
  let at = 0
  while (at + LEAST_BLOCK_BYTES <= bytes.length) {
    const length = bytes.readUInt32LE(at + 4)
    if (length < LEAST_BLOCK_BYTES || length % 4 !== 0) throw damaged(at)
    if (at + length > bytes.length) break
    if (bytes.readUInt32LE(at + length - 4) !== length) throw damaged(at)
    const body = bytes.subarray(at + 8, at + length - 4)
    const type = bytes.readUInt32LE(at)
    if (body.length < (LEAST_BODY[type] ?? 0)) throw damaged(at)
    if (type === BLOCK.section) comment = textOf(optionsOf(body, SECTION_BYTES), OPTION.comment)
    else if (type === BLOCK.interface) interfaces.push(readInterface(body))
    else if (type === BLOCK.packet) packets.push(readPacket(body, interfaces, at))
    else if (type === BLOCK.secrets)
      secrets.push(body.toString('utf8', SECRETS_BYTES, SECRETS_BYTES + body.readUInt32LE(4)))
    at += length
  }
  return { comment, interfaces, packets, secrets, isCut: at < bytes.length }
}

const LEAST_BODY: Readonly<Record<number, number>> = {
  [BLOCK.section]: SECTION_BYTES,
  [BLOCK.interface]: INTERFACE_BYTES,
  [BLOCK.packet]: PACKET_BYTES,
  [BLOCK.secrets]: SECRETS_BYTES,
}

function readInterface(body: Buffer): CapturedInterface {
  const options = optionsOf(body, INTERFACE_BYTES)
  return {
    name: textOf(options, OPTION.interfaceName),
    description: textOf(options, OPTION.interfaceDescription),
    linkType: body.readUInt16LE(0),
  }
}

function readPacket(body: Buffer, interfaces: readonly CapturedInterface[], at: number): CapturedPacket {
  const interfaceId = body.readUInt32LE(0)
  const kept = body.readUInt32LE(12)
  const seenOn = interfaces[interfaceId]
  if (seenOn === undefined || PACKET_BYTES + kept > body.length) throw damaged(at)
  const ipAt = linkHeaderBytes(seenOn.linkType)
  const options = optionsOf(body, PACKET_BYTES + padded(kept))
  const flags = options.get(OPTION.packetFlags)?.[0] ?? 0
  return {
    interfaceId,
    atUs: body.readUInt32LE(4) * TWO_32 + body.readUInt32LE(8),
    comment: textOf(options, OPTION.comment),
    direction:
      (flags & 3) === DIRECTION.inbound ? 'inbound' : (flags & 3) === DIRECTION.outbound ? 'outbound' : 'unknown',
    bytes: body.subarray(PACKET_BYTES + ipAt, PACKET_BYTES + kept),
    originalLength: body.readUInt32LE(16) - ipAt,
  }
}

/** The options from `start` on, by code; of several with one code the first. */
function optionsOf(body: Buffer, start: number): ReadonlyMap<number, Buffer> {
  const options = new Map<number, Buffer>()
  for (let at = start; at + 4 <= body.length; ) {
    const code = body.readUInt16LE(at)
    const length = body.readUInt16LE(at + 2)
    if (code === OPTION.end) break
    if (!options.has(code)) options.set(code, body.subarray(at + 4, at + 4 + length))
    at += 4 + padded(length)
  }
  return options
}

function textOf(options: ReadonlyMap<number, Buffer>, code: number): string {
  return options.get(code)?.toString() ?? ''
}

function damaged(at: number): SteerError {
  return new SteerError('capture-invalid', `the capture is damaged at byte ${at}`)
}
