/** Flows through a tunnel: an application's socket at one end, an origin's at the other, all real. */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RelayTap } from '../../agent/relay/relay-tap.js'
import type { TunnelStream } from '../../agent/tunnel/stream.js'
import { type RelayEnd, relayStream } from '../../agent/tunnel/stream-relay.js'
import { type SessionPair, type SessionPairOptions, sessionPair } from './session-pair.js'
import { socketPair } from './socket-pair.js'

/** One flow; `app` and `origin` are the outer ends. */
export interface TunnelledFlow {
  readonly app: Duplex
  readonly origin: Socket
  /** The inner ends, the tunnel's own. */
  readonly near: Duplex
  readonly far: Socket
  readonly stream: TunnelStream
  readonly ends: Promise<readonly [agent: RelayEnd, gateway: RelayEnd]>
}

/** What may differ from flow to flow. */
export interface FlowOptions {
  /** [outer, inner] end of the application's connection; a socket pair unless given. */
  readonly application?: readonly [Duplex, Duplex]
  readonly head?: Uint8Array
  readonly idleMs?: number
  /** Told what passes at the agent. */
  readonly tap?: RelayTap
}

/** A pair of sessions that relays. */
export interface RelayedPair extends SessionPair {
  flow(options?: FlowOptions): Promise<TunnelledFlow>
}

const HOUR_MS = 3_600_000

/** Makes a pair of sessions whose flows are relayed at both ends. */
export async function relayedPair(options: Omit<SessionPairOptions, 'open'> = {}): Promise<RelayedPair> {
  const opened = new Map<number, (stream: TunnelStream) => void>()
  const pair = await sessionPair({ ...options, open: (stream) => opened.get(stream.id)?.(stream) })
  return {
    ...pair,
    flow: async ({ application, head = new Uint8Array(0), idleMs = HOUR_MS, tap } = {}) => {
      const [app, near] = application ?? (await socketPair())
      const [far, origin] = await socketPair()
      const stream = pair.agent.session.open({})!
      const gatewayEnd = new Promise<RelayEnd>((resolve) => {
        opened.set(stream.id, (other) => {
          opened.delete(stream.id)
          other.accept()
          resolve(relayStream(far, other, new Uint8Array(0), idleMs))
        })
      })
      const agentEnd = relayStream(near, stream, head, idleMs, tap)
      return { app, origin, near, far, stream, ends: Promise.all([agentEnd, gatewayEnd]) }
    },
  }
}
