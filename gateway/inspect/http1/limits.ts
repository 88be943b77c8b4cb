// Pure: how much a client may take of us before it has said what it wants, and afterwards.

/** Bounds of a client's connection. */
export interface Http1Limits {
  /** Longest head of a message, request line and headers, bytes; more is answered 431. */
  readonly headBytes: number
  /** Longest time from the first byte of a head to its end, or from the connection to its first head, ms; then 408. */
  readonly headMs: number
  /** Silence in both directions after which a connection ends that has no origin, ms. With one, its `idleMs` counts. */
  readonly idleMs: number
  /** How much of a request that is answered already is still read, bytes, */
  readonly drainBytes: number
  /** and how long, ms: closing on a client that speaks can cost it the answer. */
  readonly drainMs: number
}

/** 64 KiB are more than any browser sends; the times are those of common web servers. */
export const HTTP1_LIMITS: Http1Limits = {
  headBytes: 65_536,
  headMs: 30_000,
  idleMs: 60_000,
  drainBytes: 262_144,
  drainMs: 2_000,
}

/** Interim answers passed on for one request; whoever sends more has no end of them, and no client waits for those. */
export const MOST_INTERIM = 8
