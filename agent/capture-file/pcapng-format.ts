// Pure: pcapng (IETF draft-ietf-opsawg-pcapng), little-endian, microseconds: section header, interfaces, packets with
// direction and comment, TLS secrets, statistics at the end.

import type { BlockMemory } from './block-memory.js'
import type { CaptureFormat, CaptureHead, InterfaceCounts, PacketFacts } from './capture-format.js'
import { LINKTYPE_ETHERNET } from './link-header.js'
import { BLOCK, BYTE_ORDER_MAGIC, DIRECTION, OPTION, padded, TLS_KEY_LOG } from './pcapng-numbers.js'

/** Type and length ahead, length again behind. */
const FRAME_BYTES = 12
const PACKET_AT = 28
const OPTION_HEAD_BYTES = 4

/** A packet's block without packet and comment: head, direction, end of options, length. */
const PACKET_FRAME_BYTES = PACKET_AT + (OPTION_HEAD_BYTES + 4) + OPTION_HEAD_BYTES + 4

/** Times are counted in 10^-6 s. */
const MICROSECONDS = Uint8Array.of(6)
const TWO_32 = 2 ** 32

/** The length of an option has 16 bits. */
const MOST_OPTION_BYTES = 65_535

/** The format for a file of these interfaces. */
export function pcapngFormat(head: CaptureHead): CaptureFormat {
  return {
    head: Buffer.concat([sectionHeader(head), ...head.interfaces.map((each) => interfaceBlock(each, head.snapLength))]),
    packetAt: PACKET_AT,
    comment: optionText,
    blockBytes: (kept, commentBytes) =>
      PACKET_FRAME_BYTES + padded(kept) + (commentBytes === 0 ? 0 : OPTION_HEAD_BYTES + padded(commentBytes)),
    writeAround: writeAroundPacket,
    secrets: secretsBlock,
    tail: (atUs, counts) => Buffer.concat(counts.map((each, id) => statisticsBlock(id, atUs, each))),
    lengthOfBlock: (view, at) => view.getUint32(at + 4, true),
  }
}

function writeAroundPacket(
  { bytes, view }: BlockMemory,
  start: number,
  facts: PacketFacts,
  kept: number,
  original: number,
  comment: Uint8Array,
): void {
  view.setUint32(start, BLOCK.packet, true)
  view.setUint32(start + 8, facts.interfaceId, true)
  writeTime(view, start + 12, facts.atUs)
  view.setUint32(start + 20, kept, true)
  view.setUint32(start + 24, original, true)
  let at = start + PACKET_AT + kept
  // The memory is not zeroed, and the packet may have been longer than what is kept.
  for (const end = start + PACKET_AT + padded(kept); at < end; at++) bytes[at] = 0
  view.setUint32(at, OPTION.packetFlags | (4 << 16), true)
  view.setUint32(at + 4, facts.outbound ? DIRECTION.outbound : DIRECTION.inbound, true)
  at += OPTION_HEAD_BYTES + 4
  if (comment.length > 0) {
    view.setUint32(at, OPTION.comment | (comment.length << 16), true)
    bytes.set(comment, at + OPTION_HEAD_BYTES)
    const end = at + OPTION_HEAD_BYTES + padded(comment.length)
    bytes.fill(0, at + OPTION_HEAD_BYTES + comment.length, end)
    at = end
  }
  view.setUint32(at, OPTION.end, true)
  const length = at + OPTION_HEAD_BYTES + 4 - start
  view.setUint32(start + 4, length, true)
  view.setUint32(at + OPTION_HEAD_BYTES, length, true)
}

function sectionHeader({ comment, os, application }: CaptureHead): Uint8Array {
  const fixed = new Uint8Array(16)
  const view = new DataView(fixed.buffer)
  view.setUint32(0, BYTE_ORDER_MAGIC, true)
  view.setUint16(4, 1, true)
  // How long the section is, is not known: -1.
  fixed.fill(0xff, 8)
  return block(BLOCK.section, fixed, [
    [OPTION.comment, optionText(comment)],
    [OPTION.sectionOs, optionText(os)],
    [OPTION.sectionApplication, optionText(application)],
  ])
}

function interfaceBlock({ name, description }: CaptureHead['interfaces'][number], snapLength: number): Uint8Array {
  const fixed = new Uint8Array(8)
  const view = new DataView(fixed.buffer)
  view.setUint16(0, LINKTYPE_ETHERNET, true)
  view.setUint32(4, snapLength, true)
  return block(BLOCK.interface, fixed, [
    [OPTION.interfaceName, optionText(name)],
    [OPTION.interfaceDescription, optionText(description)],
    [OPTION.interfaceTimeUnit, MICROSECONDS],
  ])
}

function secretsBlock(keyLog: Uint8Array): Uint8Array {
  const fixed = Buffer.alloc(8 + padded(keyLog.length))
  fixed.writeUInt32LE(TLS_KEY_LOG, 0)
  fixed.writeUInt32LE(keyLog.length, 4)
  fixed.set(keyLog, 8)
  return block(BLOCK.secrets, fixed, [])
}

function statisticsBlock(interfaceId: number, atUs: number, { taken, dropped }: InterfaceCounts): Uint8Array {
  const fixed = new Uint8Array(12)
  const view = new DataView(fixed.buffer)
  view.setUint32(0, interfaceId, true)
  writeTime(view, 4, atUs)
  return block(BLOCK.statistics, fixed, [
    [OPTION.statisticsReceived, counter(taken + dropped)],
    [OPTION.statisticsDropped, counter(dropped)],
  ])
}

/** UTF-8, cut at a character where an option has no room for all. */
function optionText(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.min(3 * text.length, MOST_OPTION_BYTES))
  return bytes.subarray(0, new TextEncoder().encodeInto(text, bytes).written)
}

function counter(value: number): Uint8Array {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

/** High half first, each half little-endian (section 4.3). */
function writeTime(view: DataView, at: number, atUs: number): void {
  const high = Math.floor(atUs / TWO_32)
  view.setUint32(at, high, true)
  view.setUint32(at + 4, atUs - high * TWO_32, true)
}

function block(type: number, fixed: Uint8Array, options: ReadonlyArray<readonly [number, Uint8Array]>): Uint8Array {
  const given = options.filter(([, value]) => value.length > 0)
  const optionBytes = given.reduce((sum, [, value]) => sum + OPTION_HEAD_BYTES + padded(value.length), 0)
  const length = FRAME_BYTES + fixed.length + (given.length === 0 ? 0 : optionBytes + OPTION_HEAD_BYTES)
  const bytes = Buffer.alloc(length)
  bytes.writeUInt32LE(type, 0)
  bytes.writeUInt32LE(length, 4)
  bytes.set(fixed, 8)
  let at = 8 + fixed.length
  for (const [code, value] of given) {
    bytes.writeUInt16LE(code, at)
    bytes.writeUInt16LE(value.length, at + 2)
    bytes.set(value, at + OPTION_HEAD_BYTES)
    at += OPTION_HEAD_BYTES + padded(value.length)
  }
  bytes.writeUInt32LE(length, length - 4)
  return bytes
}
