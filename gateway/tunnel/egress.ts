/**
 * The gateway's way out: takes one OPEN request of an authenticated session, finds the origin's address, dials it, and
 * relays. Every refusal is told to the agent as a reset with its reason, and to the gateway's log.
 */

import type { Dialer } from '../../agent/outbound/dial.js'
import type { OpenRequest } from '../../agent/tunnel/hello.js'
import type { TunnelStream } from '../../agent/tunnel/stream.js'
import { relayStream } from '../../agent/tunnel/stream-relay.js'
import type { GatewayLog } from '../gateway-log.js'

/** What egress needs. */
export interface EgressParts {
  readonly dialer: Dialer
  /** Finds the addresses of a name; empty when there are none. Never rejects. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly log: GatewayLog
  /** Silence in both directions after which a flow ends, ms. */
  readonly idleMs: number
}

/** Connects a stream to its origin and relays until the flow is over. Never rejects. */
export async function carryToOrigin(
  stream: TunnelStream,
  request: OpenRequest,
  user: string,
  parts: EgressParts,
): Promise<void> {
  const ip = request.ip === '' ? (await parts.resolve(request.host))[0] : request.ip
  if (ip === undefined) {
    parts.log({ event: 'origin-not-found', user, host: request.host })
    return stream.reset('unreachable', `no address for ${request.host}`)
  }
  const outcome = await parts.dialer.dial({ ip, port: request.port })
  if ('failure' in outcome) {
    const { failure, detail } = outcome
    parts.log({ event: failure === 'forbidden' ? 'refused' : 'origin-failed', user, ...request, ip, failure, detail })
    return stream.reset(failure, detail)
  }
  stream.accept()
  await relayStream(outcome.socket, stream, new Uint8Array(0), parts.idleMs)
}
