// Pure: how many flows got which verdict, for `steerlab status`.

import type { Verdict } from './steering/flow.js'

/** Flows by verdict since the agent started. */
export interface VerdictCount {
  readonly tunneled: number
  readonly bypassed: number
  readonly blocked: number
}

/** Counts verdicts. */
export class VerdictCounts {
  #tunneled = 0
  #bypassed = 0
  #blocked = 0

  add(verdict: Verdict): void {
    if (verdict.action === 'tunnel') this.#tunneled += 1
    else if (verdict.action === 'bypass') this.#bypassed += 1
    else this.#blocked += 1
  }

  get now(): VerdictCount {
    return { tunneled: this.#tunneled, bypassed: this.#bypassed, blocked: this.#blocked }
  }
}
