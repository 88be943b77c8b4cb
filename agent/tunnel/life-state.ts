// Pure: what the tunnel's life is made of (life.ts): its phases, what can happen, and what is then to be done.

import type { TunnelTransport } from '../log/event.js'
import type { GatewayTarget } from '../pop/target.js'
import type { BackoffLimits } from './backoff.js'

/** A session being opened. */
export interface Opening {
  readonly run: number
  readonly target: GatewayTarget
  readonly transport: TunnelTransport
  /** DTLS to this target has just failed. */
  readonly fellBack: boolean
  /** Where to go if this fails, in order. */
  readonly rest: readonly GatewayTarget[]
  /** It takes the place of one that is as good: flows there are left alone. */
  readonly renews?: true
}

/** An open session; `run` is the number it was opened under. */
export interface Current {
  readonly run: number
  readonly target: GatewayTarget
  readonly transport: TunnelTransport
  /** Where to go if it is lost before it is settled, in order. */
  readonly rest: readonly GatewayTarget[]
  /** What was found by its name, as the GSLB service has named it since. */
  readonly alias?: GatewayTarget
}

/** Why there is no tunnel on purpose. */
export type OffReason = 'not started' | 'disabled by the user' | 'the agent is stopping'

/** What the tunnel does now. */
export type Phase =
  | { readonly name: 'off'; readonly why: OffReason }
  | { readonly name: 'selecting'; readonly run: number }
  | { readonly name: 'opening'; readonly opening: Opening }
  /** `next` is what is tried then; POPs are selected anew when it is empty. */
  | { readonly name: 'waiting'; readonly next: readonly GatewayTarget[] }
  | { readonly name: 'up'; readonly current: Current; readonly beside: Beside | undefined }

/** What happens beside a session that is up. */
export type Beside =
  | { readonly name: 'selecting'; readonly run: number }
  | { readonly name: 'opening'; readonly opening: Opening }

/** All that is remembered. */
export interface Life {
  readonly phase: Phase
  /** The number given last. */
  readonly run: number
  /** Where the gateway was found last, best first. */
  readonly targets: readonly GatewayTarget[]
  /** Rounds in a row in which no target answered. */
  readonly failedRounds: number
  /** DTLS has failed: TLS until the network changes or the client is enabled anew (client-behaviour 4). */
  readonly keepsToTls: boolean
  /** Another session is wanted in place of the one in use: not yet begun, because something is under way beside it. */
  readonly renewWanted: boolean
}

/** What can happen. `renew`: the same gateway over another TLS session. A computer that wakes up, and a configuration that leads elsewhere, count as a change of the network. */
export type LifeEvent =
  | { readonly type: 'enable' | 'disable' | 'close' | 'retry' | 'reselect' | 'renew' | 'network-changed' }
  /** A selection ended. `keep`: the POP in use stays. */
  | {
      readonly type: 'selected'
      readonly run: number
      readonly targets: readonly GatewayTarget[]
      readonly keep: boolean
    }
  | { readonly type: 'opened'; readonly run: number }
  | { readonly type: 'failed'; readonly run: number }
  | { readonly type: 'lost'; readonly run: number; readonly livedMs: number }

/** What the keeper is to do. */
export type LifeCommand =
  | { readonly do: 'select'; readonly run: number; readonly current: GatewayTarget | undefined }
  | { readonly do: 'open'; readonly run: number; readonly target: GatewayTarget; readonly transport: TunnelTransport }
  /** Forget a selection or an opening; what it still answers is not wanted. */
  | { readonly do: 'abandon'; readonly run: number }
  /** New flows go through this session. */
  | { readonly do: 'use'; readonly run: number; readonly target: GatewayTarget; readonly transport: TunnelTransport }
  /** No new flows; end it when its flows have, or when they take too long (`patient`: they may). */
  | { readonly do: 'drain'; readonly run: number; readonly patient?: true }
  /** End every session. */
  | { readonly do: 'end'; readonly why: OffReason }
  /** There is no session: flows wait, or go as fail-open and fail-close say. */
  | { readonly do: 'down' }
  /** Ask the peer of the session at once whether it is there. */
  | { readonly do: 'check'; readonly run: number }
  /** Set the one timer, in place of what it was set to. */
  | { readonly do: 'wake'; readonly as: 'retry' | 'reselect'; readonly inMs: number }

/** Settings a life goes by. */
export interface LifeSettings {
  readonly wanted: TunnelTransport
  readonly reselectMs: number
  readonly backoff: BackoffLimits
  /** Uniform in [0, 1): the jitter. */
  readonly random: () => number
}

/** A state and what it asks for. */
export type Step = readonly [Life, readonly LifeCommand[]]
