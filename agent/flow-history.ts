// Pure: what happened to the flows so far: counts by verdict, and the last flows whole, each with the rule that decided
// it. This is what answers "which rule did it?" while the agent runs (`steerlab flows`).

import type { DoorName } from './capture/door.js'
import type { FlowFacts, Verdict } from './steering/flow.js'

/** One decided flow. */
export interface FlowRecord {
  /** ms since 1970. */
  readonly time: number
  /** The door it came through; `kernel` for refused UDP, which comes through none. */
  readonly door: DoorName | 'kernel'
  readonly facts: FlowFacts
  readonly verdict: Verdict
  /** The tunnel session that carries it, 0 for none. */
  readonly sessionId: number
}

/** Flows by verdict since the agent started. */
export interface VerdictCount {
  readonly tunneled: number
  readonly bypassed: number
  readonly blocked: number
}

/** Flows kept whole. */
const KEPT = 1000

/** Counts all flows, keeps the last ones. */
export class FlowHistory {
  readonly #kept: FlowRecord[] = []
  #next = 0
  readonly #counts = { tunnel: 0, bypass: 0, block: 0 }

  add(record: FlowRecord): void {
    this.#counts[record.verdict.action] += 1
    this.#kept[this.#next] = record
    this.#next = (this.#next + 1) % KEPT
  }

  get counts(): VerdictCount {
    const { tunnel, bypass, block } = this.#counts
    return { tunneled: tunnel, bypassed: bypass, blocked: block }
  }

  /** The last flows, oldest first; at most 1,000. */
  get recent(): readonly FlowRecord[] {
    if (this.#kept.length < KEPT) return [...this.#kept]
    return [...this.#kept.slice(this.#next), ...this.#kept.slice(0, this.#next)]
  }
}
