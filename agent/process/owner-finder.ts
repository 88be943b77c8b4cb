/**
 * Who owns a connection, on Linux: its 4-tuple gives the socket's inode (sock_diag, else /proc/net), and the process
 * that holds `socket:[inode]` open is the owner. Programs that owned a connection lately are looked at first, then all
 * others, newest first, because a program mostly connects soon after it started. Runs in the agent for the explicit
 * doors and inside the captured namespace for captured flows; either way it sees the namespace of its own process.
 */

import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
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

/** Descriptors of the owners of late looked at before the search is called a scan. */
const RECENT_DESCRIPTORS = 2_000

/** Descriptors tried before all of a process's are listed; in a steady coming and going the first or second is it. */
const PROBES = 4

/** Look-ups after which a connection counts as one that stays. */
const STAYS = 256

/** Sockets remembered with their holder; a socket's number is not given again, so an entry can only become useless. */
const SEEN_SOCKETS = 4_096

/** Finds owners in /proc. Holds nothing open; the work of a look-up is synchronous, some 0.1 to 5 ms. */
export class ProcOwnerFinder implements OwnerFinder {
  readonly #sockDiag: SocketTable | undefined
  readonly #tables = new ProcTables()
  readonly #ownNamespace: string | undefined
  /** Owners of late, newest first. */
  #recent: readonly number[] = []
  /** Processes of other namespaces or users: looked at last, for their pid may have been used again, or they may have joined us. */
  #foreign = new Set<number>()
  /** Which process held which socket when its descriptors were looked through. */
  readonly #seen = new Map<number, number>()
  /** For each owner of late, the descriptors that were answers, the longest ago first, with the look-up's number. */
  readonly #turns = new Map<number, Map<string, number>>()
  #lookUps = 0

  constructor(options: ProcOwnerFinderOptions = {}) {
    this.#sockDiag = options.sockDiag
    this.#ownNamespace = options.sameNamespaceOnly === true ? networkNamespace('self') : undefined
  }

  async find(connection: OwnedConnection): Promise<Owner> {
    try {
      const inode = this.#inodeOf(connection)
      if (inode === 0) return UNKNOWN_OWNER
      const pid = this.#recentHolder(inode) ?? this.#scan(inode)
      return pid === undefined ? UNKNOWN_OWNER : this.#describe(pid)
    } catch {
      return UNKNOWN_OWNER
    }
  }

  /** The owner, if it is one of late: tens of microseconds, and undefined for all others. Needs sock_diag. */
  findRecent(connection: OwnedConnection): Owner | undefined {
    try {
      const inode = this.#sockDiag?.inodeOf(connection) ?? 0
      const pid = inode === 0 ? undefined : this.#recentHolder(inode)
      return pid === undefined ? undefined : this.#describe(pid)
    } catch {
      return undefined
    }
  }

  /** Counts a process among the owners of late; somebody else found it. */
  noteOwner(pid: number): void {
    if (pid <= 0 || this.#recent[0] === pid) return
    this.#recent = [pid, ...this.#recent.filter((other) => other !== pid)].slice(0, RECENT_PIDS)
    for (const known of this.#turns.keys()) if (!this.#recent.includes(known)) this.#turns.delete(known)
    if (!this.#turns.has(pid)) this.#turns.set(pid, new Map())
  }

  #inodeOf(connection: OwnedConnection): number {
    if (this.#sockDiag === undefined) return this.#tables.inodeOf(connection)
    const inode = this.#sockDiag.inodeOf(connection)
    // sock_diag wants both sides of a UDP socket, and after a redirect the caller knows only one. That table is short.
    return inode === 0 && connection.transport === 'udp' ? this.#tables.inodeOf(connection) : inode
  }

  /** Looks where the socket was seen before, then through the descriptors of the owners of late. */
  #recentHolder(inode: number): number | undefined {
    const seen = this.#seen.get(inode)
    if (seen !== undefined && existsSync(`/proc/${seen}`)) return seen
    const budget = { descriptors: RECENT_DESCRIPTORS }
    return this.#recent.find((pid) => this.#probe(pid, inode) || this.#holds(pid, inode, budget) === true)
  }

  /** Tries the descriptors whose sockets were asked for, the longest ago first: a busy program takes them up again in that order. */
  #probe(pid: number, inode: number): boolean {
    const turns = this.#turns.get(pid)
    if (turns === undefined) return false
    this.#lookUps += 1
    for (const [descriptor, asked] of [...turns.entries()].slice(0, PROBES)) {
      if (this.#isAt(pid, descriptor, inode)) return true
      // A connection that stays must not stand in the way of those that come and go.
      if (asked < this.#lookUps - STAYS) this.#takeTurn(pid, descriptor)
    }
    return false
  }

  /** Whether a descriptor is the socket; if so, it goes to the end of the line. Every socket seen is remembered. */
  #isAt(pid: number, descriptor: string, inode: number): boolean {
    const found = socketInode(linkTarget(`/proc/${pid}/fd/${descriptor}`))
    if (found !== 0) this.#seen.set(found, pid)
    if (found !== inode) return false
    this.#takeTurn(pid, descriptor)
    return true
  }

  #takeTurn(pid: number, descriptor: string): void {
    const turns = this.#turns.get(pid)
    turns?.delete(descriptor)
    turns?.set(descriptor, this.#lookUps)
  }

  #scan(inode: number): number | undefined {
    const budget = { descriptors: MAX_DESCRIPTORS }
    const pids = processIds().filter((pid) => !this.#recent.includes(pid))
    const known = pids.filter((pid) => this.#foreign.has(pid))
    const order = [...pids.filter((pid) => !this.#foreign.has(pid)), ...known]
    this.#foreign = new Set(known)
    for (const pid of order) {
      if (budget.descriptors <= 0) return undefined
      const held = this.#isElsewhere(pid) ? undefined : this.#holds(pid, inode, budget)
      if (held === true) return pid
      if (held === undefined) this.#foreign.add(pid)
      else this.#foreign.delete(pid)
    }
    return undefined
  }

  /**
   * Whether a process holds the socket; undefined when we may not know, or it is gone. Sockets passed on the way are
   * remembered: a program that opens many at once is then asked about once.
   */
  #holds(pid: number, inode: number, budget: Budget): boolean | undefined {
    let descriptors: string[]
    try {
      descriptors = readdirSync(`/proc/${pid}/fd`)
    } catch {
      return undefined
    }
    budget.descriptors -= descriptors.length
    if (this.#seen.size > SEEN_SOCKETS) this.#seen.clear()
    // A socket just made is mostly the highest descriptor.
    return descriptors.reverse().some((descriptor) => this.#isAt(pid, descriptor, inode))
  }

  /** Asked anew each time, 0.02 ms: a cache by pid would miss an exec, which changes the program and not its pid. */
  #describe(pid: number): Owner {
    this.noteOwner(pid)
    const link = linkTarget(`/proc/${pid}/exe`)
    if (link !== undefined) {
      const executable = executablePath(link)
      return { pid, process: path.basename(executable), executable }
    }
    return { pid, process: readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd(), executable: '' }
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

/** `socket:[123]` -> 123, and 0 for whatever else a descriptor can be. */
function socketInode(link: string | undefined): number {
  return link?.startsWith('socket:[') ? Number(link.slice(8, -1)) : 0
}

function networkNamespace(pid: number | 'self'): string | undefined {
  return linkTarget(`/proc/${pid}/ns/net`)
}

function linkTarget(link: string): string | undefined {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}
