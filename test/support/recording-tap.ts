/** A relay tap that keeps what it is told: the order of things, and a hash of the bytes each way. */

import { createHash } from 'node:crypto'
import type { RelayTap } from '../../agent/relay/relay-tap.js'
import type { ByteFlow } from './byte-flow.js'

/** What it has been told. */
export interface RecordingTap extends RelayTap {
  /** `sent`, `received` (once each, however many bytes), `sent end`, `received end`, `reset by application`. */
  readonly story: readonly string[]
  sentFlow(): ByteFlow
  receivedFlow(): ByteFlow
}

/** A new one. */
export function recordingTap(): RecordingTap {
  const story: string[] = []
  const flows = { sent: { bytes: 0, hash: createHash('sha256') }, received: { bytes: 0, hash: createHash('sha256') } }
  const told = (way: 'sent' | 'received', bytes: Uint8Array): void => {
    if (!story.includes(way)) story.push(way)
    flows[way].bytes += bytes.length
    flows[way].hash.update(bytes)
  }
  const flowOf = ({ bytes, hash }: (typeof flows)['sent']) => ({ bytes, sha256: hash.copy().digest('hex') })
  return {
    story,
    sent: (bytes) => told('sent', bytes),
    received: (bytes) => told('received', bytes),
    sentEnd: () => void story.push('sent end'),
    receivedEnd: () => void story.push('received end'),
    reset: (by) => void story.push(`reset by ${by}`),
    sentFlow: () => flowOf(flows.sent),
    receivedFlow: () => flowOf(flows.received),
  }
}
