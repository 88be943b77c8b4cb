// Pure: the contract between the story of an inspected flow (inspect-flow.ts) and those who speak HTTP on it: how the
// origin of a connection is reached. The connections given out belong to whoever takes them.

import type { Duplex } from 'node:stream'

/** Connections to the one origin of an inspected client connection, over TLS already where the client's is. */
export interface OriginConnections {
  /** The connection that is open already. */
  readonly first: Duplex
  /** Another one, when that has ended: same address, same protocol. Why not, in words, when there is none. Never rejects. */
  again(): Promise<Duplex | { readonly failure: string }>
  /** The origin's answers are no HTTP: what is remembered of it. */
  malformed(why: string): void
  /** Silence in both directions after which the connection ends, ms. */
  readonly idleMs: number
}
