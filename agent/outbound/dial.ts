/**
 * The way out of the machine, one interface for agent (bypass) and gateway (egress): straight to the address, into the
 * lab's loopback internet, or through an upstream SOCKS5 proxy. A failed dial is a value: callers must answer somebody.
 */

import type { Socket } from 'node:net'

/** Why a dial failed, in the words an application can be told. */
export type DialFailure = 'refused' | 'unreachable' | 'timed-out' | 'forbidden'

/** What to dial: an IP address in text (no brackets) and a port. */
export interface DialRequest {
  readonly ip: string
  readonly port: number
}

/** A connected socket (allowHalfOpen, noDelay, error-listened) or why there is none. */
export type DialOutcome = { readonly socket: Socket } | { readonly failure: DialFailure; readonly detail: string }

/** Opens TCP connections; never rejects. */
export interface Dialer {
  dial(request: DialRequest): Promise<DialOutcome>
}
