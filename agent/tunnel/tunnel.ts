// Pure: what the parts of the tunnel's life hand each other: where to go, what was opened, what is in use, and what
// `steerlab status` shows of it.

import type { TunnelTransport } from '../log/event.js'
import type { Method } from '../pop/pop.js'
import type { GatewayTarget } from '../pop/target.js'
import type { OpenTunnel, TunnelFailure } from './open-tunnel.js'
import type { TunnelSession } from './session.js'

/** Opens sessions. Never rejects. */
export interface TunnelOpener {
  open(target: GatewayTarget, transport: TunnelTransport, signal: AbortSignal): Promise<Opened>
}

/** How an opening ended; `ip` is '' when the gateway's name was not found. */
export type Opened = { readonly ip: string; readonly method: Method; readonly outcome: OpenTunnel | TunnelFailure }

/** What happened to the tunnel. */
export type TunnelChange =
  | {
      readonly to: 'up'
      readonly tunnel: TunnelInUse
      /** The one used last, be it long gone. */
      readonly before: TunnelInUse | undefined
      /** It was up until now: new flows only change sessions. */
      readonly wasUp: boolean
    }
  | { readonly to: 'down'; readonly reason: string }

/** The session new flows go through. */
export interface TunnelInUse {
  readonly session: TunnelSession
  /** Number of the session of this agent: the `[sessId n]` of the log. */
  readonly sessionId: number
  readonly transport: TunnelTransport
  readonly gateway: string
  readonly ip: string
  /** How its address was found. */
  readonly method: Method
  readonly port: number
  readonly pop: string
  readonly egressIp: string
}

/** The tunnel as `steerlab status` shows it. */
export interface TunnelStatus {
  readonly state: 'connecting' | 'connected' | 'disconnected'
  /** What it does in that state: `selecting a POP`, `waiting 3.2 s`, `disabled by the user`. */
  readonly doing: string
  readonly transport: TunnelTransport
  readonly gateway: string
  readonly ip: string
  readonly port: number
  readonly pop: string
  readonly egressIp: string
  /** Number of the current or last session. */
  readonly sessionId: number
  readonly flows: number
  /** Sessions that are left and still have flows. */
  readonly draining: number
  /** Why the last session or attempt ended, '' when none has. */
  readonly lastEnd: string
  /** Why the tunnel is over TLS although DTLS is configured, '' otherwise. */
  readonly dtlsFailure: string
}
