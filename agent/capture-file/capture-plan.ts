// Pure: what a request for a capture comes to: file, bounds, format; or the sentence why it cannot be.

import { CAPTURE_DEFAULTS, type CaptureKind, type CaptureRequest, WHOLE_PACKET } from './capture-request.js'

/** A capture as it will be made. */
export interface CapturePlan {
  /** Bare name. */
  readonly file: string
  /** Bytes of a packet. */
  readonly snapLength: number
  readonly maxBytes: number
  readonly files: number
  readonly format: 'pcapng' | 'pcap'
  readonly keys: boolean
  readonly from: 'kernel' | 'socket' | undefined
}

/** So that it goes over no log, bundle or configuration. */
const FILE_NAME = /.\.(pcap|pcapng|cap)$/i

/** The plan, or why there is none: one sentence. Numbers are within their ranges already (control/requests). */
export function planCapture(kind: CaptureKind, request: CaptureRequest): CapturePlan | string {
  const normal = CAPTURE_DEFAULTS[kind]
  const { file = normal.file, maxBytes = normal.maxBytes, files = normal.files, format = 'pcapng' } = request
  const { snapLength = WHOLE_PACKET, keys = false, from } = request
  if (!FILE_NAME.test(file)) return `the name of a capture ends in .pcap, .pcapng or .cap, and not as "${file}" does`
  if (keys && kind === 'outer') return 'the keys are of the inner flows: an outer capture has none'
  if (keys && format === 'pcap') return 'classic pcap has no place for keys: take pcapng'
  if (from !== undefined && kind === 'inner') return 'an inner capture comes from the doors: --from is for outer ones'
  return { file, snapLength, maxBytes, files, format, keys, from }
}
