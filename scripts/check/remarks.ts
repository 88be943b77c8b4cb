// Pure: what a verdict does not say and its reader should know: exit codes that hide a failure, flows that were not looked
// into, and exceptions that stand already.

import { type CheckVerdict, outcomeOf, refusedHosts, works } from './conclusion.js'
import { type RunEvidence, type SeenHost, unique } from './evidence.js'
import type { Findings } from './findings.js'

/** Sentences beside the verdict. */
export function remarksOn({ runs, notSteeredAtHome, inherited }: Findings, verdict: CheckVerdict): readonly string[] {
  if (!('none' in runs)) return []
  const inspected = [runs.none, runs.env, runs.store]
  return [
    ...silent(inspected),
    ...inspected.flatMap(halfRefused),
    ...(verdict === 'not-web-tls' ? [] : passedOn(inspected)),
    ...(verdict === 'breaks-inspected' ? [] : denied(inspected)),
    ...(verdict === 'not-steered' ? [] : excepted(runs.none)),
    ...exceptedAtHome(notSteeredAtHome ?? []),
    ...toldAlready(inherited),
  ]
}

function silent(runs: readonly RunEvidence[]): readonly string[] {
  const names = runs.filter((run) => outcomeOf(run) === 'fails-silently').map(({ name }) => name)
  if (names.length === 0) return []
  return [
    `Its exit code says nothing: in ${listed(names)} it was 0, and the gateway's certificate was refused by it every time. It hides the failure, or goes on with what an earlier run has left (a cache).`,
  ]
}

/** A run that works, although one of its hosts did not. */
function halfRefused(run: RunEvidence): readonly string[] {
  const hosts = refusedHosts(run)
  if (!works(run) || hosts.length === 0) return []
  return [
    `In ${run.name} it works and refuses the certificate of ${listed(hosts)} all the same: look whether something is missing.`,
  ]
}

function passedOn(runs: readonly RunEvidence[]): readonly string[] {
  const passed = unique(runs.flatMap((run) => run.passed))
  return unique(passed.map(({ host, why }) => `Not decrypted: ${host || 'a flow to no known host'}. ${why}`)).slice(
    0,
    MOST,
  )
}

function denied(runs: readonly RunEvidence[]): readonly string[] {
  const acts = unique(runs.flatMap((run) => run.denied))
  return unique(acts.map(({ host, why }) => `Refused by the gateway: ${host}. ${why}`)).slice(0, MOST)
}

function excepted({ hosts }: RunEvidence): readonly string[] {
  return hosts
    .filter(({ verdict }) => verdict !== 'tunnel')
    .map(({ host, verdict, rule }) => `Not steered: ${host}, ${WORDS[verdict]} by ${rule}.`)
    .slice(0, MOST)
}

function exceptedAtHome(hosts: readonly SeenHost[]): readonly string[] {
  return hosts
    .map(
      ({ host, verdict, rule }) =>
        `The configuration of this home has ${host} ${WORDS[verdict]} already (${rule}); the check left that out, --as-configured keeps it.`,
    )
    .slice(0, MOST)
}

/** What holds in this shell may not hold in another's. */
function toldAlready(inherited: readonly string[]): readonly string[] {
  if (inherited.length === 0) return []
  return [`This environment sets ${listed(inherited)} already; all runs but the one with trust by variables had that.`]
}

const WORDS = { tunnel: 'steered', bypass: 'bypassed', block: 'blocked' } as const

/** Remarks of one kind that are made. */
const MOST = 5

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
