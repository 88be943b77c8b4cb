// Pure: what the agent and the namespace holder say to each other over Node's IPC channel.

import type { OwnedConnection, Owner } from '../process/owner.js'
import type { RefusedDatagram } from './quic-trace.js'

/** A file (or directory) that captured programs see in place of the host's. */
export interface PrivateFile {
  /** Where programs look. */
  readonly path: string
  /** The file of ours that stands there. */
  readonly source: string
}

/** Given to the holder on its command line, as JSON. */
export interface HolderPlan {
  /** Directories hidden behind an empty tmpfs when they exist: sockets there would leak names past our DNS. */
  readonly hidden: readonly string[]
  readonly files: readonly PrivateFile[]
}

/**
 * Holder to agent. The three listeners travel beside `tcp`, `udp4` and `udp6`. `sockDiag` is the descriptor of a netlink
 * socket for the agent to borrow, -1 for none.
 */
export type HolderMessage =
  | { readonly type: 'tcp' | 'udp4' | 'udp6' }
  | { readonly type: 'ready'; readonly pid: number; readonly ipv6: boolean; readonly sockDiag: number }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'owners'; readonly found: ReadonlyArray<readonly [id: number, owner: Owner]> }
  | ({ readonly type: 'quic-refused'; readonly owner: Owner } & RefusedDatagram)

/** Agent to holder. Questions of one turn travel together. */
export interface AgentMessage {
  readonly type: 'find'
  readonly asked: ReadonlyArray<readonly [id: number, connection: OwnedConnection]>
}
