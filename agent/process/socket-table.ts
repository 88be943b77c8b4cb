// Pure: the first half of asking who owns a connection: which socket is it? sock_diag and /proc/net both answer.

import type { OwnedConnection } from './owner.js'

/** Finds the socket at the application's end of a connection. */
export interface SocketTable {
  /** The socket's inode, 0 when there is none. Never throws. */
  inodeOf(connection: OwnedConnection): number
}
