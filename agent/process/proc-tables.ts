/**
 * The socket look-up without koffi: /proc/net as text. Right, but slow for TCP: the kernel walks its whole hash table for
 * every read, 6 to 15 ms here, however few sockets there are.
 */

import { readFileSync } from 'node:fs'
import type { OwnedConnection } from './owner.js'
import { inodeInTable, tablesFor } from './proc-text.js'
import type { SocketTable } from './socket-table.js'

/** Looks connections up in /proc/net of this process's network namespace. */
export class ProcTables implements SocketTable {
  inodeOf(connection: OwnedConnection): number {
    for (const table of tablesFor(connection)) {
      const inode = inodeInTable(readTable(`/proc/self/net/${table}`), table, connection)
      if (inode !== 0) return inode
    }
    return 0
  }
}

/** Empty when the table is not there (a kernel without IPv6). */
function readTable(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
