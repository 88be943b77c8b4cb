// Pure: who owns a flow, and how one asks. Two finders answer: one inside the captured namespace (by IPC), one in the
// agent's own namespace for the explicit doors; flows only know this interface.

import type { Endpoint } from '../steering/flow.js'

/** The program at the application's end of a flow. */
export interface Owner {
  /** 0 when unknown. */
  readonly pid: number
  /** Base name of the executable (Linux's 15-character `comm` only where the executable cannot be read); `unknown` when nobody can say. */
  readonly process: string
  /** Full path of the executable, '' when unknown. */
  readonly executable: string
}

/** The owner when it cannot be told: it exited, or belongs to a user we may not look at. */
export const UNKNOWN_OWNER: Owner = { pid: 0, process: 'unknown', executable: '' }

/** The connection as the application sees it: its own address, and the address it dialled. */
export interface OwnedConnection {
  readonly transport: 'tcp' | 'udp'
  readonly local: Endpoint
  readonly remote: Endpoint
}

/** Answers who owns a connection; never throws, `UNKNOWN_OWNER` when it cannot tell. */
export interface OwnerFinder {
  find(connection: OwnedConnection): Promise<Owner>
}
