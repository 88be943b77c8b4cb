/**
 * What every door (captured namespace, HTTP proxy, SOCKS5) hands over: one flow of one application, not yet answered.
 * The door knows how its protocol says yes and no; the flow's story (steer.ts) knows when to say which.
 */

import type { Duplex } from 'node:stream'
import type { Owner } from '../process/owner.js'
import type { Endpoint } from '../steering/flow.js'

/** Which door a flow came through. */
export type DoorName = 'namespace' | 'http-connect' | 'http-forward' | 'socks5'

/** Why a flow could not be opened; each door translates it (a reset, an HTTP status, a SOCKS reply code). */
export type FlowFailure = 'blocked' | 'refused' | 'unreachable' | 'timed-out' | 'host-not-found' | 'gateway-down'

/** One application's flow, accepted but not answered. Its socket is paused and already has an error listener. */
export interface CapturedFlow {
  readonly door: DoorName
  /** The application's side. Usually a net.Socket with allowHalfOpen; for http-forward one end of an in-memory pair. */
  readonly socket: Duplex
  readonly source: Endpoint
  /** The destination's name as the door learnt it ('' at the namespace door: only the address is known there). */
  readonly host: string
  /** The destination; `ip` is '' when the door was given a name. */
  readonly destination: Endpoint
  /** Bytes that arrived behind the door's greeting, to be sent on first; empty for most. */
  readonly head: Uint8Array
  /** Asks who owns the flow; called at most once, at once, because the owner may exit. */
  owner(): Promise<Owner>
  /** Says yes to the application (200, SOCKS reply 0, nothing); bytes may be relayed from now on. */
  opened(): void
  /** Says no to the application and ends the socket. */
  failed(failure: FlowFailure): void
}

/** Takes a flow over; owns its socket from then on and never rejects. */
export type FlowHandler = (flow: CapturedFlow) => Promise<void>
