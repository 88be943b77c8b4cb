/**
 * Measures POPs as the choice needs it: all of them once, and those that could be the best a second time. Of two round
 * trips the shorter one counts: it was delayed less by what has nothing to do with the way (a service just started, this
 * process just busy).
 */

import type { MeasuredPop, Pop } from './pop.js'
import { type ProbeOptions, probeRtts } from './rtt-probe.js'

/** A POP this much farther than the best one is not looked at again, ms. */
const IN_REACH_MS = 50

/** The POPs in their order with the shorter of one or two round trips, ms. Never rejects. */
export async function measurePops(pops: readonly Pop[], options: ProbeOptions): Promise<readonly MeasuredPop[]> {
  const first = await probeRtts(pops, options)
  const best = Math.min(...first.map(rttOf))
  const again = await probeRtts(
    // When nobody answered there is nothing to look at again: Infinity is in nobody's reach.
    first.filter((pop) => rttOf(pop) - best <= IN_REACH_MS),
    options,
  )
  const second = new Map(again.map((pop) => [pop.ip, rttOf(pop)]))
  return first.map((pop) => {
    const rtt = Math.min(rttOf(pop), second.get(pop.ip) ?? Number.POSITIVE_INFINITY)
    return { ...pop, rttMs: rtt === Number.POSITIVE_INFINITY ? undefined : rtt }
  })
}

function rttOf({ rttMs }: MeasuredPop): number {
  return rttMs ?? Number.POSITIVE_INFINITY
}
