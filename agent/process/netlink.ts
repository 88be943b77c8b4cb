/**
 * The kernel's sock_diag service through koffi: one exact 4-tuple in some 10 microseconds, where reading /proc/net/tcp
 * costs milliseconds. The netlink socket sees the network namespace it was opened in, whoever uses it; no capability is
 * needed. So a process outside a namespace can ask about it through a socket borrowed from a process inside.
 */

import { ipBytes } from './ip-bytes.js'
import type { OwnedConnection } from './owner.js'
import { decodeInode, encodeRequest, FAMILY, type SocketQuery } from './sock-diag.js'
import type { SocketTable } from './socket-table.js'

/** A sock_diag look-up with its own netlink socket; `close` gives the socket back. */
export interface SockDiagTable extends SocketTable {
  /** The netlink socket, for a process that may borrow it. */
  readonly fd: number
  close(): void
}

// Constants of Linux on every architecture Node runs on (<linux/netlink.h>, <bits/socket.h>).
const AF_NETLINK = 16
const SOCK_RAW_CLOEXEC = 3 | 0o2000000
const NETLINK_SOCK_DIAG = 4
const MSG_DONTWAIT = 0x40

/** A reply is 88 bytes and a few attributes. */
const REPLY_BUFFER_BYTES = 4096

/** Opens sock_diag in this process's network namespace; undefined without koffi, or where the kernel refuses. */
export async function openSockDiag(): Promise<SockDiagTable | undefined> {
  return tableOf((calls) => calls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG))
}

// The same numbers on x86-64 and arm64, and newer than the C library's own names for them (pidfd_open(2), pidfd_getfd(2)).
const SYS_PIDFD_OPEN = 434
const SYS_PIDFD_GETFD = 438

/**
 * Takes a copy of the netlink socket `fd` of process `pid`, which must be ours to trace (same user, started by us). The
 * lender should not use it any more: replies would mix. Undefined without koffi, or where the kernel refuses.
 */
export async function borrowSockDiag(pid: number, fd: number): Promise<SockDiagTable | undefined> {
  return tableOf(({ syscall, close }) => {
    const process = syscall(SYS_PIDFD_OPEN, pid, 0, 0)
    if (process < 0) return -1
    const copy = syscall(SYS_PIDFD_GETFD, process, fd, 0)
    close(process)
    return copy
  })
}

async function tableOf(open: (calls: LibC) => number): Promise<SockDiagTable | undefined> {
  const koffi = await import('koffi').catch(() => undefined)
  if (koffi === undefined) return undefined
  try {
    const libc = koffi.load(null)
    const calls: LibC = {
      socket: libc.func('int socket(int domain, int type, int protocol)'),
      send: libc.func('intptr_t send(int fd, const uint8_t *bytes, size_t length, int flags)'),
      recv: libc.func('intptr_t recv(int fd, _Out_ uint8_t *bytes, size_t length, int flags)'),
      close: libc.func('int close(int fd)'),
      // Declared with fixed arguments: integers travel in the same registers as variadic ones.
      syscall: libc.func('long syscall(long number, long first, long second, long third)'),
    }
    const fd = open(calls)
    return fd < 0 ? undefined : new NetlinkTable(calls, fd)
  } catch {
    return undefined
  }
}

interface LibC {
  socket(domain: number, type: number, protocol: number): number
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number
  recv(fd: number, bytes: Uint8Array, length: number, flags: number): number
  close(fd: number): number
  syscall(number: number, first: number, second: number, third: number): number
}

class NetlinkTable implements SockDiagTable {
  readonly #calls: LibC
  readonly #reply = Buffer.alloc(REPLY_BUFFER_BYTES)
  #fd: number
  #sequence = 0

  constructor(calls: LibC, fd: number) {
    this.#calls = calls
    this.#fd = fd
  }

  get fd(): number {
    return this.#fd
  }

  inodeOf({ transport, local, remote }: OwnedConnection): number {
    const localAddress = ipBytes(local.ip)
    const remoteAddress = ipBytes(remote.ip)
    if (this.#fd < 0 || localAddress === undefined || localAddress.length !== remoteAddress?.length) return 0
    // IPv4 also finds the sockets of IPv6 programs that speak IPv4 by mapped addresses: the kernel keeps both in one table.
    const family = localAddress.length === 4 ? FAMILY.ipv4 : FAMILY.ipv6
    this.#sequence = (this.#sequence + 1) >>> 0
    return this.#ask({
      family,
      transport,
      localAddress,
      localPort: local.port,
      remoteAddress,
      remotePort: remote.port,
      sequence: this.#sequence,
    })
  }

  close(): void {
    if (this.#fd >= 0) this.#calls.close(this.#fd)
    this.#fd = -1
  }

  #ask(query: SocketQuery): number {
    const request = encodeRequest(query)
    if (this.#calls.send(this.#fd, request, request.length, 0) !== request.length) return 0
    // The kernel answers within send(2), so there is nothing to wait for, and nothing that could hang.
    const length = this.#calls.recv(this.#fd, this.#reply, this.#reply.length, MSG_DONTWAIT)
    return length > 0 ? decodeInode(this.#reply.subarray(0, length), query) : 0
  }
}
