// Pure: the datagrams of the reliable stream, to bytes and back. What the real client sends over DTLS is not public; this
// format is ours, after the ideas of QUIC (RFC 9000, RFC 9002). All numbers are big-endian:
//
//   flags u8 (RESET 1, ACK 2, NUMBER 4, SEGMENT 8, FIN 16, COMPLETE 32), and unless RESET is set:
//   window u64           stream offset below which the peer may send
//   NUMBER:  number u64, span u32     packet number, never used twice; packets below number - span are settled: the
//                                     sender waits for word of them no more. Only such a datagram is acknowledged.
//   ACK:     largest u64, delay u32 (us), count u8 (1-32), length u32, then count - 1 times gap u32, length u32: the ranges
//            of packet numbers received, from the largest down; `gap` numbers are missing between two ranges
//   SEGMENT: offset u64, then the stream's bytes to the end of the datagram (some, or FIN). Only with NUMBER.
//   FIN:     the stream ends behind this segment. Only with SEGMENT.
//   COMPLETE: all of the peer's stream has arrived, the end included.
//   A NUMBER without SEGMENT asks for an acknowledgement only: a probe, or a window or COMPLETE that must arrive.

import type { RangeSet } from './range-set.js'

const FLAG = { reset: 1, ack: 2, number: 4, segment: 8, fin: 16, complete: 32 } as const
const U32 = 0x1_0000_0000
const MAX_U32 = 0xffffffff

/** Ranges an acknowledgement carries at most. */
export const MAX_ACK_RANGES = 32

/** Bytes of all but the segment's payload, at most; a link must carry more than that. */
export const MAX_HEADER_BYTES = 1 + 8 + 12 + (13 + 8 * MAX_ACK_RANGES - 4) + 8

/** What a peer has received. */
export interface Ack {
  /** Between the arrival of the largest and the sending of this, ms. */
  readonly delayMs: number
  /** from, to, from, to, ...: ranges [from, to) of packet numbers, from the highest down, disjoint. */
  readonly ranges: readonly number[]
}

/** One datagram. `payload` is a view into the received memory. */
export interface Datagram {
  /** Stream offset below which we may send. */
  readonly window: number
  /** Whether the peer has all of our stream, the end included. */
  readonly complete: boolean
  /** Packet number, or -1: then it is not acknowledged. */
  readonly number: number
  /** Packets below are settled. */
  readonly oldest: number
  readonly ack: Ack | undefined
  readonly segment: { readonly offset: number; readonly payload: Uint8Array; readonly fin: boolean } | undefined
}

/** The datagram that ends the stream at once. */
export function resetDatagram(): Buffer {
  return Buffer.from([FLAG.reset])
}

/** Begins a datagram in `into`; returns where it goes on, as all `write...` functions of this file do. */
export function writeStart(into: Uint8Array, window: number, complete: boolean): number {
  into[0] = complete ? FLAG.complete : 0
  return writeU64(into, 1, window)
}

/** Gives the datagram a packet number; `oldest` is the lowest number not settled, at most `number`. */
export function writeNumber(into: Uint8Array, at: number, number: number, oldest: number): number {
  into[0]! |= FLAG.number
  return writeU32(into, writeU64(into, at, number), Math.min(number - oldest, MAX_U32))
}

/** Adds an acknowledgement of the packet numbers in `received` (not empty), the highest ranges first. */
export function writeAck(into: Uint8Array, at: number, received: RangeSet, delayMs: number): number {
  into[0]! |= FLAG.ack
  const count = Math.min(received.count, MAX_ACK_RANGES)
  let index = received.count - 1
  at = writeU64(into, at, received.to(index)! - 1)
  at = writeU32(into, at, Math.min(Math.max(0, Math.round(delayMs * 1000)), MAX_U32))
  into[at++] = count
  for (let written = 0; written < count; written += 1, index -= 1) {
    if (written > 0) at = writeU32(into, at, Math.min(received.from(index + 1)! - received.to(index)!, MAX_U32))
    at = writeU32(into, at, Math.min(received.to(index)! - received.from(index)!, MAX_U32))
  }
  return at
}

/** Adds the head of a segment; its bytes come next, to the end of the datagram. */
export function writeSegment(into: Uint8Array, at: number, offset: number, fin: boolean): number {
  into[0]! |= fin ? FLAG.segment | FLAG.fin : FLAG.segment
  return writeU64(into, at, offset)
}

/** Reads a datagram; undefined for bytes that are none. */
export function parseDatagram(bytes: Uint8Array): Datagram | 'reset' | undefined {
  const flags = bytes[0]
  if (flags === FLAG.reset && bytes.length === 1) return 'reset'
  if (flags === undefined || (flags & ~(FLAG.ack | FLAG.number | FLAG.segment | FLAG.fin | FLAG.complete)) !== 0)
    return undefined
  const complete = (flags & FLAG.complete) !== 0
  const numbered = (flags & FLAG.number) !== 0
  const fin = (flags & FLAG.fin) !== 0
  const hasSegment = (flags & FLAG.segment) !== 0
  if ((hasSegment && !numbered) || (fin && !hasSegment)) return undefined
  const window = readU64(bytes, 1)
  let at = 9
  let number = -1
  let oldest = 0
  if (numbered) {
    number = readU64(bytes, at)
    oldest = number - readU32(bytes, at + 8)
    at += 12
  }
  let ack: Ack | undefined
  if ((flags & FLAG.ack) !== 0) {
    ack = readAck(bytes, at)
    if (ack === undefined) return undefined
    at += 9 + 4 * ack.ranges.length
  }
  if (Number.isNaN(window) || Number.isNaN(number) || !(oldest >= 0)) return undefined
  if (!hasSegment)
    return at === bytes.length ? { window, complete, number, oldest, ack, segment: undefined } : undefined
  const offset = readU64(bytes, at)
  const payload = bytes.subarray(at + 8)
  if (!(offset + payload.length < Number.MAX_SAFE_INTEGER) || (payload.length === 0 && !fin)) return undefined
  return { window, complete, number, oldest, ack, segment: { offset, payload, fin } }
}

function readAck(bytes: Uint8Array, start: number): Ack | undefined {
  const delayMs = readU32(bytes, start + 8) / 1000
  const count = bytes[start + 12] ?? 0
  if (count === 0 || count > MAX_ACK_RANGES) return undefined
  const ranges: number[] = []
  let to = readU64(bytes, start) + 1
  let at = start + 13
  for (let range = 0; range < count; range += 1) {
    if (range > 0) {
      const gap = readU32(bytes, at)
      if (gap === 0) return undefined
      to = ranges[2 * range - 2]! - gap
      at += 4
    }
    const length = readU32(bytes, at)
    at += 4
    // Also false for the NaN of bytes that are not there.
    if (!(length > 0 && to - length >= 0)) return undefined
    ranges.push(to - length, to)
  }
  return { delayMs, ranges }
}

function writeU32(into: Uint8Array, at: number, value: number): number {
  into[at] = value >>> 24
  into[at + 1] = value >>> 16
  into[at + 2] = value >>> 8
  into[at + 3] = value
  return at + 4
}

function writeU64(into: Uint8Array, at: number, value: number): number {
  return writeU32(into, writeU32(into, at, Math.floor(value / U32)), value % U32)
}

/** NaN where the bytes end before. */
function readU32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) return Number.NaN
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0
}

/** NaN where the bytes end before, and above 2^53 - 1. */
function readU64(bytes: Uint8Array, at: number): number {
  const value = readU32(bytes, at) * U32 + readU32(bytes, at + 4)
  return Number.isSafeInteger(value) ? value : Number.NaN
}
