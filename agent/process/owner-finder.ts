/**
 * Who owns a connection, on Linux: its 4-tuple gives the socket's inode (sock_diag, else /proc/net), and the process
 * that holds `socket:[inode]` open is the owner. Programs that owned a connection lately are looked at first, then all
 * others, newest first, because a program mostly connects soon after it started. Runs in the agent for the explicit
 * doors and inside the captured namespace for captured flows; either way it sees the namespace of its own process.
 */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { type OwnedConnection, type Owner, type OwnerFinder, UNKNOWN_OWNER } from './owner.js'
import { ProcTables } from './proc-tables.js'
import { executablePath } from './proc-text.js'
import type { SocketTable } from './socket-table.js'

/** Where a finder looks. */
export interface ProcOwnerFinderOptions {
  /** From `openSockDiag`; without it /proc/net is read, 100 times slower. */
  readonly sockDiag?: SocketTable | undefined
  /** Only processes of this process's network namespace count: the others cannot own its sockets. */
  readonly sameNamespaceOnly?: boolean
}

/** Browser, its helper, a shell's children: the programs that connect over and over are few. */
const RECENT_PIDS = 8

/** Descriptors looked at for one answer, 2 to 3 microseconds each: a machine where this is not enough is told `unknown`. */
const MAX_DESCRIPTORS = 20_000

/** Finds owners in /proc. Holds nothing open; the work of a look-up is synchronous, some 0.1 to 5 ms. */
export class ProcOwnerFinder implements OwnerFinder {
  readonly #sockDiag: SocketTable | undefined
  readonly #tables = new ProcTables()
  readonly #ownNamespace: string | undefined
  /** Owners of late, newest first. */
  #recent: readonly number[] = []
  /** Processes of other namespaces or users: looked at last, for their pid may have been used again, or they may have joined us. */
  #foreign = new Set<number>()

  constructor(options: ProcOwnerFinderOptions = {}) {
    this.#sockDiag = options.sockDiag
    this.#ownNamespace = options.sameNamespaceOnly === true ? networkNamespace('self') : undefined
  }

  async find(connection: OwnedConnection): Promise<Owner> {
    try {
      const inode = this.#inodeOf(connection)
      const pid = inode === 0 ? undefined : this.#holderOf(`socket:[${inode}]`)
      return pid === undefined ? UNKNOWN_OWNER : describe(pid)
    } catch {
      return UNKNOWN_OWNER
    }
  }

  #inodeOf(connection: OwnedConnection): number {
    if (this.#sockDiag === undefined) return this.#tables.inodeOf(connection)
    const inode = this.#sockDiag.inodeOf(connection)
    // sock_diag wants both sides of a UDP socket, and after a redirect the caller knows only one. That table is short.
    return inode === 0 && connection.transport === 'udp' ? this.#tables.inodeOf(connection) : inode
  }

  #holderOf(socket: string): number | undefined {
    const budget = { descriptors: MAX_DESCRIPTORS }
    const isHolder = (pid: number): boolean => holds(pid, socket, budget) === true
    const pid = this.#recent.find(isHolder) ?? this.#scan(socket, budget)
    if (pid !== undefined) this.#recent = [pid, ...this.#recent.filter((other) => other !== pid)].slice(0, RECENT_PIDS)
    return pid
  }

  #scan(socket: string, budget: Budget): number | undefined {
    const pids = processIds().filter((pid) => !this.#recent.includes(pid))
    const known = pids.filter((pid) => this.#foreign.has(pid))
    const order = [...pids.filter((pid) => !this.#foreign.has(pid)), ...known]
    this.#foreign = new Set(known)
    for (const pid of order) {
      if (budget.descriptors <= 0) return undefined
      const held = this.#isElsewhere(pid) ? undefined : holds(pid, socket, budget)
      if (held === true) return pid
      if (held === undefined) this.#foreign.add(pid)
      else this.#foreign.delete(pid)
    }
    return undefined
  }

  #isElsewhere(pid: number): boolean {
    return this.#ownNamespace !== undefined && networkNamespace(pid) !== this.#ownNamespace
  }
}

interface Budget {
  descriptors: number
}

/** Running processes, newest first as long as pids do not wrap around. */
function processIds(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .sort((a, b) => b - a)
}

/** Whether a process holds the socket; undefined when we may not know, or it is gone. */
function holds(pid: number, socket: string, budget: Budget): boolean | undefined {
  let descriptors: string[]
  try {
    descriptors = readdirSync(`/proc/${pid}/fd`)
  } catch {
    return undefined
  }
  budget.descriptors -= descriptors.length
  // A socket just made is mostly the highest descriptor.
  return descriptors.reverse().some((descriptor) => linkTarget(`/proc/${pid}/fd/${descriptor}`) === socket)
}

function networkNamespace(pid: number | 'self'): string | undefined {
  return linkTarget(`/proc/${pid}/ns/net`)
}

/** Asked anew each time, 0.02 ms: a cache by pid would miss an exec, which changes the program and not its pid. */
function describe(pid: number): Owner {
  const link = linkTarget(`/proc/${pid}/exe`)
  if (link !== undefined) {
    const executable = executablePath(link)
    return { pid, process: path.basename(executable), executable }
  }
  return { pid, process: readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd(), executable: '' }
}

function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}
