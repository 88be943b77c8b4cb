// Pure: what the generator writes to, whatever it is.

import type { Position } from '../../agent/synth/chunks.js'

/** The log of one endpoint. */
export interface GeneratedLog {
  /** Where the next line goes. */
  readonly position: Position
  /** Bytes of the file under way, to cut it back to. */
  readonly size: number
  /** Writes whole lines. Rejects with the system's error, some of the bytes written. */
  write(bytes: Uint8Array): Promise<void>
  /** Takes back what was written since the file had this size, where it can be taken back. */
  cutTo(size: number): void
  /** Goes on in a new file, and moves the position there. */
  beginNext(): void
}

/** The logs of a run. */
export interface GeneratedLogs {
  /** The log of an endpoint (from 0), asked for in order; the one before is finished. */
  logOf(endpoint: number): GeneratedLog
  /** Finishes the last one. Answers the names that files have in truth lines and those they have in the end, where these differ. */
  close(): ReadonlyMap<string, string>
}
