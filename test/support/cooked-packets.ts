/** Packets as a capture of the kernel's shows them: IPv4 with TCP or UDP, in cooked frames, in a classic capture. */

import { canonicalAddress } from '../../agent/steering/address.js'
import type { Endpoint } from '../../agent/steering/flow.js'

/** A packet from one IPv4 endpoint to another. */
export interface SomePacket {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly transport?: 'tcp' | 'udp'
  /** TCP flags; left out, ACK. */
  readonly flags?: number
  readonly text?: string
}

/** Its bytes from the IP header on; checksums are 0. */
export function ipBytes({ from, to, transport = 'tcp', flags = 0x10, text = '' }: SomePacket): Buffer {
  const header = Buffer.alloc(transport === 'tcp' ? 20 : 8)
  header.writeUInt16BE(from.port, 0)
  header.writeUInt16BE(to.port, 2)
  if (transport === 'tcp') header.set([5 << 4, flags], 12)
  else header.writeUInt16BE(8 + text.length, 4)
  const ip = Buffer.alloc(20)
  ip.set([0x45, 0])
  ip.writeUInt16BE(20 + header.length + text.length, 2)
  ip.set([64, transport === 'tcp' ? 6 : 17], 8)
  ip.set(canonicalAddress(from.ip).split('.').map(Number), 12)
  ip.set(canonicalAddress(to.ip).split('.').map(Number), 16)
  return Buffer.concat([ip, header, Buffer.from(text)])
}

/** What the link header says; left out, an IPv4 packet that arrived on loopback. */
export interface LinkFacts {
  readonly etherType?: number
  readonly hardware?: number
  readonly type?: number
}

/** A frame with a cooked header of version 1 or 2. */
export function cooked(
  version: 1 | 2,
  packet: Uint8Array,
  { etherType = 0x0800, hardware = 772, type = 0 }: LinkFacts = {},
): Buffer {
  const header = Buffer.alloc(version === 1 ? 16 : 20)
  header.writeUInt16BE(etherType, version === 1 ? 14 : 0)
  header.writeUInt16BE(hardware, version === 1 ? 2 : 8)
  if (version === 1) header.writeUInt16BE(type, 0)
  else header[10] = type
  return Buffer.concat([header, packet])
}

/** One frame of a capture. */
export interface SomeFrame {
  readonly atUs: number
  readonly bytes: Uint8Array
  readonly originalLength: number
}

/** A whole classic capture, in either byte order. */
export function classicCapture(linkType: number, frames: readonly SomeFrame[], littleEndian = true): Buffer {
  const words = (...values: number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length)
    values.forEach((value, index) => {
      if (littleEndian) bytes.writeUInt32LE(value, 4 * index)
      else bytes.writeUInt32BE(value, 4 * index)
    })
    return bytes
  }
  const versions = littleEndian ? 0x0004_0002 : 0x0002_0004
  const parts = [words(0xa1b2c3d4, versions, 0, 0, 262_144, linkType)]
  for (const { atUs, bytes, originalLength } of frames)
    parts.push(words(Math.floor(atUs / 1e6), atUs % 1e6, bytes.length, originalLength), Buffer.from(bytes))
  return Buffer.concat(parts)
}
