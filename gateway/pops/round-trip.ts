// Pure: how far away a mock POP seems to be: its round trip, with jitter, and with the fault that holds.

import type { Road } from '../../agent/tunnel/road.js'
import type { FaultSource, PopFault } from '../faults/fault.js'
import type { Pop } from './pop.js'

/**
 * The road to a POP. Each look at it is a round trip of its own, ms: `rttMs`, or what an `rtt` fault says in its place,
 * give or take up to `jitterMs`, never below 0; Infinity while packets are lost. `random` is in [0, 1).
 */
export function roadTo(
  { rttMs, jitterMs }: Pick<Pop, 'rttMs' | 'jitterMs'>,
  fault: FaultSource<PopFault>,
  random: () => number,
): Road {
  return {
    delayMs: () => {
      const { current } = fault
      if (current?.kind === 'loss') return Number.POSITIVE_INFINITY
      const middle = current?.kind === 'rtt' ? current.ms : rttMs
      return Math.max(0, middle + (2 * random() - 1) * jitterMs)
    },
  }
}

/** Whether packets are lost on the road. */
export function isLost(road: Road | undefined): boolean {
  return road?.delayMs() === Number.POSITIVE_INFINITY
}
