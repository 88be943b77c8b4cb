// Pure: classic pcap as libpcap writes it (pcap-savefile(5)): little-endian, microseconds. It knows neither interfaces nor
// comments nor secrets.

import type { CaptureFormat, CaptureHead } from './capture-format.js'
import { LINKTYPE_ETHERNET } from './link-header.js'

const MICROSECONDS_MAGIC = 0xa1b2_c3d4
const HEAD_BYTES = 24
const RECORD_HEAD_BYTES = 16
const MICROSECONDS = 1_000_000
const NOTHING = new Uint8Array(0)

/** The format for a file that keeps so much of a packet. */
export function classicFormat({ snapLength }: CaptureHead): CaptureFormat {
  return {
    head: headOf(snapLength),
    packetAt: RECORD_HEAD_BYTES,
    comment: () => NOTHING,
    blockBytes: (kept) => RECORD_HEAD_BYTES + kept,
    writeAround({ view }, at, { atUs }, kept, original) {
      const seconds = Math.floor(atUs / MICROSECONDS)
      view.setUint32(at, seconds, true)
      view.setUint32(at + 4, atUs - seconds * MICROSECONDS, true)
      view.setUint32(at + 8, kept, true)
      view.setUint32(at + 12, original, true)
    },
    secrets: () => undefined,
    tail: () => NOTHING,
    lengthOfBlock: (view, at) => RECORD_HEAD_BYTES + view.getUint32(at + 8, true),
  }
}

function headOf(snapLength: number): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES)
  const view = new DataView(head.buffer)
  view.setUint32(0, MICROSECONDS_MAGIC, true)
  // Version 2.4; time zone and accuracy are always 0.
  view.setUint16(4, 2, true)
  view.setUint16(6, 4, true)
  view.setUint32(16, snapLength, true)
  view.setUint32(20, LINKTYPE_ETHERNET, true)
  return head
}
