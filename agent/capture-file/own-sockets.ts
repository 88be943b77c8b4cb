/**
 * Which connections to origins are the agent's own. A capture of the kernel's packets sees everybody's: those of the mock
 * gateway on the same machine, too.
 */

import type { Socket } from 'node:net'
import { localEndpoint, remoteEndpoint } from '../relay/endpoints.js'
import type { Endpoint } from '../steering/flow.js'

/** Packets may be read this long after their socket has closed, ms. */
const REMEMBERED_MS = 5000

/** The agent's sockets to origins, open or closed lately. */
export class OwnSockets {
  readonly #open = new Map<Socket, string>()
  readonly #pairs = new Map<string, number>()

  /** A connected socket of the agent's. */
  opened(socket: Socket): void {
    const pair = pairOf(localEndpoint(socket), remoteEndpoint(socket))
    this.#open.set(socket, pair)
    this.#pairs.set(pair, (this.#pairs.get(pair) ?? 0) + 1)
  }

  /** Its flow is over. */
  closed(socket: Socket): void {
    const pair = this.#open.get(socket)
    if (pair === undefined) return
    this.#open.delete(socket)
    setTimeout(() => this.#forget(pair), REMEMBERED_MS).unref()
  }

  /** Whether a packet between these is the agent's. */
  has(local: Endpoint, remote: Endpoint): boolean {
    return this.#pairs.has(pairOf(local, remote))
  }

  #forget(pair: string): void {
    const left = (this.#pairs.get(pair) ?? 0) - 1
    if (left > 0) this.#pairs.set(pair, left)
    else this.#pairs.delete(pair)
  }
}

function pairOf(local: Endpoint, remote: Endpoint): string {
  return `${local.ip} ${local.port} ${remote.ip} ${remote.port}`
}
