// Pure: the kernel's socket tables as /proc/net shows them (proc(5), Documentation/networking/proc_net_tcp.rst), for
// where sock_diag cannot be asked; and the one oddity of /proc/PID/exe.

import { ipBytes, mappedBytes } from './ip-bytes.js'
import type { OwnedConnection } from './owner.js'

/** A table in /proc/net. */
export type SocketTableName = 'tcp' | 'tcp6' | 'udp' | 'udp6'

/** Which tables to look through for a connection, likeliest first: an IPv6 socket can speak IPv4 by mapped addresses. */
export function tablesFor({ transport, local }: OwnedConnection): readonly SocketTableName[] {
  return local.ip.includes(':') ? [`${transport}6`] : [transport, `${transport}6`]
}

/**
 * The inode of a connection in the text of one table, 0 when it is not there. TCP is matched exactly. A UDP socket also
 * matches by its own side alone: it may be unconnected, bound to no address, or connected to what it dialled before a
 * redirect.
 *
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
 *    1: 0100007F:B5F2 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 81432 1 ...
 */
export function inodeInTable(text: string, table: SocketTableName, connection: OwnedConnection): number {
  const wide = table.endsWith('6')
  const local = endpointText(connection.local.ip, connection.local.port, wide)
  const remote = endpointText(connection.remote.ip, connection.remote.port, wide)
  if (local === undefined || remote === undefined) return 0
  const exact = inodeOfRow(text, `: ${local} ${remote} `)
  if (exact !== 0 || connection.transport === 'tcp') return exact
  return (
    inodeOfRow(text, `: ${local} `) || inodeOfRow(text, `: ${local.replace(/^\w+/, (ip) => '0'.repeat(ip.length))} `)
  )
}

/** The path in a /proc/PID/exe link, without the mark of a file that was replaced while its program runs. */
export function executablePath(exeLink: string): string {
  return exeLink.endsWith(DELETED) ? exeLink.slice(0, -DELETED.length) : exeLink
}

const DELETED = ' (deleted)'

/** The inode's place among the fields of a row. */
const INODE_FIELD = 9

function inodeOfRow(text: string, addresses: string): number {
  const at = text.indexOf(addresses)
  if (at < 0) return 0
  const row = text.slice(text.lastIndexOf('\n', at) + 1, at) + text.slice(at).split('\n', 1)[0]
  const inode = Number(row.trim().split(/ +/)[INODE_FIELD])
  return Number.isSafeInteger(inode) ? inode : 0
}

/** `0100007F:1F90`: each 32-bit word of the address as a little-endian machine prints it, then the port. */
function endpointText(ip: string, port: number, wide: boolean): string | undefined {
  let bytes = ipBytes(ip)
  if (bytes?.length === 4 && wide) bytes = mappedBytes(bytes)
  if (bytes?.length !== (wide ? 16 : 4)) return undefined
  const address = Buffer.from(bytes).swap32().toString('hex')
  return `${address}:${port.toString(16).padStart(4, '0')}`.toUpperCase()
}
