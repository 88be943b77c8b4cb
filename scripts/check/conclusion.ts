// Pure: what five runs of a program say about it: the verdict, and which run counts as working. A run counts by its exit
// code first, and by what the gateway saw where the exit code says nothing.

import type { RunEvidence, RunName } from './evidence.js'

/** The verdicts, for `--expect` too. */
export const CHECK_VERDICTS = [
  'works-as-is',
  'reads-system-store',
  'reads-environment',
  'pins-certificates',
  'breaks-inspected',
  'not-web-tls',
  'not-steered',
  'no-network',
  'breaks-anyway',
  'unsteady',
] as const

/**
 * What kind of program it is:
 * `works-as-is` inspected, it works without any trust in the tenant's root; `reads-system-store`, `reads-environment` it
 * works when told there; `pins-certificates` it turns every certificate of the gateway down; `breaks-inspected` it accepts
 * them and fails for another reason; `not-web-tls` nothing of it was decrypted; `not-steered` none of its flows went to the
 * gateway; `no-network` it contacted nobody; `breaks-anyway` it fails by itself; `unsteady` its runs contradict each other.
 */
export type CheckVerdict = (typeof CHECK_VERDICTS)[number]

/** All runs, by name. */
export type AllRuns = Readonly<Record<RunName, RunEvidence>>

/** The runs that were made: of a program that fails plain, no other. */
export type Runs = AllRuns | Pick<AllRuns, 'plain'>

/** How a run counts; `fails-silently`: its exit code is 0, and no certificate of the gateway was accepted. */
export type Outcome = 'works' | 'fails' | 'fails-silently'

/** How a run counts. */
export function outcomeOf({ exit, timedOut, refusals, accepted }: RunEvidence): Outcome {
  if (timedOut || exit !== 0) return 'fails'
  return refusals.length > 0 && accepted.length === 0 ? 'fails-silently' : 'works'
}

/** Whether a run works. */
export function works(run: RunEvidence): boolean {
  return outcomeOf(run) === 'works'
}

/** The verdict on a program. */
export function verdictOf(runs: Runs): CheckVerdict {
  if (!('none' in runs)) return 'breaks-anyway'
  const { none, env, store, bypassed } = runs
  if (Object.values(runs).every(({ hosts }) => hosts.length === 0)) return 'no-network'
  if (!works(bypassed)) return 'unsteady'
  if (works(none)) return works(env) && works(store) ? withoutTrust(none) : 'unsteady'
  const told = [store, env].filter(works)
  // What the gateway does not decrypt no trust can mend: it has learned meanwhile to pass it on.
  if (told.some(({ requests }) => requests > 0)) return works(store) ? 'reads-system-store' : 'reads-environment'
  if (told.length > 0) return 'not-web-tls'
  return [env, store].some(({ refusals }) => refusals.length > 0) ? 'pins-certificates' : 'breaks-inspected'
}

/** Of a program that works with no trust at all: because it checks nothing, or because nothing was done to it. */
function withoutTrust({ hosts, requests }: RunEvidence): CheckVerdict {
  if (!hosts.some(({ verdict }) => verdict === 'tunnel')) return 'not-steered'
  return requests > 0 ? 'works-as-is' : 'not-web-tls'
}

/** Hosts whose certificate was refused and never accepted in a run: a spare connection of a browser is no refusal. */
export function refusedHosts({ refusals, accepted }: RunEvidence): readonly string[] {
  return [...new Set(refusals.map(({ host }) => host))].filter((host) => !accepted.includes(host))
}
