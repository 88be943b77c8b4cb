// Pure: which POP the tunnel goes to, by round trip. A POP in use is left only for one that is clearly better: when its
// round trip is at least 1.25 times the other's and at least 20 ms longer (POPD, client-behaviour 3.2).

import type { MeasuredPop } from './pop.js'

/** What else counts. */
export interface ChooseOptions {
  /** Name of the POP in use. */
  readonly current?: string
  /** Name of the only POP this client is to use. */
  readonly pinned?: string
  /** How many times longer the round trip of the current POP has to be; default 1.25. */
  readonly ratio?: number
  /** And by how much, ms; default 20. */
  readonly marginMs?: number
}

/** A choice. */
export interface Choice {
  readonly pop: MeasuredPop
  /** All of them in the order they are tried: the chosen one, then by round trip, then those without, in their order. */
  readonly ranked: readonly MeasuredPop[]
  /** There was a current POP, and it is another. */
  readonly switched: boolean
  /** One sentence without its full stop. */
  readonly why: string
}

/** The hysteresis, as observed. */
export const RATIO = 1.25
export const MARGIN_MS = 20

/** Chooses from POPs in the service's order; undefined when there are none. Round trips are compared in tenths of a ms. */
export function choose(measured: readonly MeasuredPop[], options: ChooseOptions = {}): Choice | undefined {
  const { current, pinned } = options
  const byRtt = [...measured].sort((a, b) => tenths(a) - tenths(b))
  const [best] = byRtt
  if (best === undefined) return undefined
  const found = measured.find(({ name }) => name === pinned)
  const { pop, why } =
    found === undefined ? byRoundTrip(measured, best, options) : { pop: found, why: `${found.name} is pinned` }
  const missing = pinned === undefined || found !== undefined ? '' : `${pinned} is pinned, and not in the list: `
  return {
    pop,
    ranked: [pop, ...byRtt.filter((other) => other !== pop)],
    switched: current !== undefined && pop.name !== current,
    why: missing + why,
  }
}

/** `best` is the first by round trip; if nobody answered, the service's first. */
function byRoundTrip(
  measured: readonly MeasuredPop[],
  best: MeasuredPop,
  { current, ratio = RATIO, marginMs = MARGIN_MS }: ChooseOptions,
): Pick<Choice, 'pop' | 'why'> {
  const held = measured.find(({ name }) => name === current)
  if (best.rttMs === undefined) {
    if (held !== undefined) return { pop: held, why: `stays at ${held.name}: no POP answers` }
    return { pop: best, why: `no POP answers: ${best.name} is the first of the service's list` }
  }
  const first = `answers first (${best.rttMs} ms)`
  if (current === undefined) return { pop: best, why: `${best.name} ${first}` }
  if (held === undefined) return { pop: best, why: `${best.name} ${first}, and ${current} is not in the list` }
  if (held.rttMs === undefined) return { pop: best, why: `${best.name} ${first}, and ${current} does not answer` }
  if (tenths(held) === tenths(best)) return { pop: held, why: `stays at ${held.name}, which ${first}` }
  const stays = `stays at ${held.name}: ${held.rttMs} ms is not`
  const other = `${best.name}'s ${best.rttMs} ms`
  if (tenths(held) - tenths(best) < marginMs * 10)
    return { pop: held, why: `${stays} ${marginMs} ms slower than ${other}` }
  if (tenths(held) < ratio * tenths(best)) return { pop: held, why: `${stays} ${ratio} times ${other}` }
  return { pop: best, why: `${best.name} ${first}, and ${held.name} takes ${held.rttMs} ms` }
}

/** Whole numbers, so that what is exactly on a boundary is on it. */
function tenths({ rttMs }: MeasuredPop): number {
  return rttMs === undefined ? Number.MAX_SAFE_INTEGER : Math.round(rttMs * 10)
}
