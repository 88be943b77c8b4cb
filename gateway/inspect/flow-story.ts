/** One flow at the gateway while its story is told, and how it is recorded where nobody looked into its requests. */

import type { Socket } from 'node:net'
import type { DialOutcome } from '../../agent/outbound/dial.js'
import type { TunnelStream } from '../../agent/tunnel/stream.js'
import { flowTransaction, type Outcome } from './flow-transaction.js'
import type { Inspector } from './inspector.js'
import type { JudgingParts } from './judge/judging-parts.js'
import type { SteeredFlow } from './steered-flow.js'

/** A flow that was accepted. */
export interface ArrivedFlow {
  readonly stream: TunnelStream
  readonly flow: SteeredFlow
  /** Connected to the origin, paused, with an error listener. */
  readonly origin: Socket
  /** Another connection to the same origin. Never rejects. */
  readonly redial: () => Promise<DialOutcome>
}

/** Records a flow in whose requests nobody looked; it began at `begun`, ms since 1970. */
export function recordFlow(flow: SteeredFlow, begun: number, outcome: Outcome, inspector: Inspector): void {
  const { log, requestId, live } = inspector
  const { categoryOf } = live.current.categories
  log(flowTransaction(flow, outcome, { begun, ended: Date.now(), id: requestId(), categoryOf }))
}

/** What judging the requests of a connection needs of the inspector. */
export function judgingParts({ live, log, requestId }: Inspector): JudgingParts {
  return {
    settings: () => live.current.settings,
    policy: () => live.current.policy,
    categoryOf: (host) => live.current.categories.categoryOf(host),
    log,
    now: Date.now,
    requestId,
  }
}
