/**
 * The way out of the machine, one interface for agent (bypass) and gateway (egress): straight to the address, into the
 * lab's loopback internet, or through an upstream SOCKS5 proxy. A failed dial is a value: callers must answer somebody.
 */

import type { Socket } from 'node:net'

/** Why a dial failed, in the words an application can be told. */
export type DialFailure = 'refused' | 'unreachable' | 'timed-out' | 'forbidden'

/** Bytes read from a dialled socket: `buffer` gives the memory for the next read, `received` takes what was read. */
export interface ReadTarget {
  buffer(): Uint8Array
  /** Returns false to stop reading until `socket.resume()`. */
  received(length: number, buffer: Uint8Array): boolean
}

/** What to dial. `read` set: bytes go there (net's onread); unset: the socket is an ordinary paused stream. */
export interface DialRequest {
  readonly ip: string
  readonly port: number
  readonly read?: ReadTarget
}

/** A connected socket (allowHalfOpen, noDelay, error-listened) or why there is none. */
export type DialOutcome = { readonly socket: Socket } | { readonly failure: DialFailure; readonly detail: string }

/** Opens TCP connections; never rejects. */
export interface Dialer {
  dial(request: DialRequest): Promise<DialOutcome>
}
