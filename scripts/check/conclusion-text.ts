// Pure: a verdict in words: one paragraph of what was found, and what to do.

import { basename } from 'node:path'
import { type AllRuns, type CheckVerdict, outcomeOf, verdictOf, works } from './conclusion.js'
import { RUN_NAMES, type RunEvidence } from './evidence.js'
import type { Findings } from './findings.js'
import { ownStores } from './own-stores.js'

/** A conclusion; `advice` are sentences and lines to copy. */
export interface Conclusion {
  readonly verdict: CheckVerdict
  readonly text: string
  readonly advice: readonly string[]
}

/** Concludes. */
export function concludedFrom(findings: Findings): Conclusion {
  const program = basename(findings.command[0] ?? '')
  const { runs } = findings
  const verdict = verdictOf(runs)
  if (verdict === 'breaks-anyway' || !('none' in runs)) return { verdict, ...breaksAnyway(program, findings) }
  return { verdict, ...WORDS[verdict](program, { ...findings, runs }) }
}

/** Hosts and reasons that are named. */
const NAMED = 3

type Words = Omit<Conclusion, 'verdict'>

const EXPORT = "`steerlab ca export` prints the tenant's root."

function breaksAnyway(program: string, { runs: { plain }, lab }: Findings): Words {
  return {
    text: `${program} fails without inspection too: ${howItFailed(plain)}. Nothing can be concluded about TLS.`,
    advice: [
      "Mend the command first; where another exit code is its good end, check `sh -c 'CMD; test $? -eq N'`.",
      ...(lab ? ['With --lab only the hosts of the mock internet are there.'] : []),
    ],
  }
}

const WORDS: Readonly<
  Record<
    Exclude<CheckVerdict, 'breaks-anyway'>,
    (program: string, findings: Findings & { readonly runs: AllRuns }) => Words
  >
> = {
  'works-as-is': (program, { runs }) => ({
    text: `${program} works under inspection although nothing told it of the tenant's authority: it does not check certificates. The gateway saw ${counted(runs.none.requests, 'request')} in clear.`,
    advice: [
      'There is nothing to do for inspection. Find out why it checks nothing: anybody on the way could do the same.',
    ],
  }),
  'reads-system-store': (program, findings) => {
    const { none, env } = findings.runs
    const also = works(env)
      ? `The environment does it too: ${variableName(findings)}.`
      : 'The environment variables do not help.'
    return {
      text: `${program} works once the tenant's root is in the system's store of certificates; otherwise ${howItFailed(none)}. ${also}`,
      advice: [
        `Install the tenant's root in the system's store, as managed machines have it; ${EXPORT}`,
        ...ownStores([program, ...findings.runs.store.processes]),
        ...(works(env) ? [settingOf(findings, 'Or set')] : []),
      ],
    }
  },
  'reads-environment': (program, findings) => ({
    text: `${program} has a list of authorities of its own in place of the system's store, and works when the environment adds the tenant's root: ${variableName(findings)}. Without it, ${howItFailed(findings.runs.none)}.`,
    advice: [settingOf(findings, 'Set'), EXPORT],
  }),
  'pins-certificates': (program, { runs: { none, env, store }, pinned }) => {
    // Told of the root it refuses in another way than before: then it did find the authority, and wants another one.
    const untold = none.refusals.map(({ alert }) => alert)
    const isPin = [...env.refusals, ...store.refusals].some(({ alert }) => !untold.includes(alert))
    const why = isPin
      ? 'it pins certificates.'
      : 'it pins certificates, or has a list of authorities that neither the environment nor the store reaches.'
    return {
      text: `${program} works bypassed and refuses the gateway's certificate however the tenant's root is made known: ${why} With trust in the store ${howItFailed(store)}.`,
      advice: [
        ...(isPin ? [] : [`Where it has an option for a file of authorities, give it the tenant's root; ${EXPORT}`]),
        ...pinningOf(pinned, 'List it as certificate-pinned in nsbypass.json; the bypassed run was made with this:'),
      ],
    }
  },
  'breaks-inspected': (program, { runs: { store }, pinned }) => ({
    text: `${program} works bypassed and fails inspected, though it refuses no certificate: ${howItFailed(store)}. ${
      store.denied.length === 0
        ? 'The gateway refused nothing either: what it changes, such as the protocol or the address origins see, does it.'
        : `The gateway refused: ${sentences(store.denied)}`
    }`,
    advice: [
      'Except its hosts from decryption: doNotDecrypt.hosts in gateway/inspect.json.',
      ...pinningOf(pinned, 'Or list it as certificate-pinned in nsbypass.json; the bypassed run was made with this:'),
    ],
  }),
  'not-web-tls': (program, { runs: { none, store } }) => ({
    text: `${program} works because the gateway decrypts nothing of it. ${passing(works(none) ? none : store)}${
      works(none) ? '' : ' Its first run failed: only by that the gateway has learned it.'
    }`,
    advice: ['There is nothing to do for inspection.'],
  }),
  'not-steered': (program, { runs: { none } }) => ({
    text: `${program} works because none of its flows goes to the gateway: ${none.hosts
      .slice(0, NAMED)
      .map(({ host, rule }) => `${host} (${rule})`)
      .join(', ')}.`,
    advice: ['There is nothing to do for inspection as long as these rules stand.'],
  }),
  'no-network': (program) => ({
    text: `${program} contacted no host in any run: it does not use the network, or not over TCP.`,
    advice: ['There is nothing to do for inspection.'],
  }),
  unsteady: (program, { runs }) => ({
    text: `The runs of ${program} contradict each other: ${RUN_NAMES.map((name) => `${name} ${works(runs[name]) ? 'works' : 'fails'}`).join(', ')}.`,
    advice: [
      'Check again; a program that keeps something between runs (a cache, a daemon, a lock) must start anew each time.',
    ],
  }),
}

/** The entries and the command that adds them, where it is known whom they are for. */
function pinningOf({ entries, command }: Findings['pinned'], heading: string): readonly string[] {
  return entries.length === 0 ? [] : [heading, ...entries.map((entry) => JSON.stringify(entry)), command]
}

/** How a run failed, as the rest of a sentence: `it ended with exit code 60 (box.com: unknown_ca)`. */
function howItFailed(run: RunEvidence): string {
  const { exit, timedOut, refusals, durationMs } = run
  const seen = [...new Set(refusals.map(({ host, alert }) => `${host}: ${alert}`))].slice(0, NAMED).join(', ')
  const how = timedOut
    ? `it did not end within ${Math.round(durationMs / 1000)} s`
    : `it ended with exit code ${exit}${outcomeOf(run) === 'fails-silently' ? ', but accepted no certificate' : ''}`
  return seen === '' ? how : `${how} (${seen})`
}

function variableName({ variable, variables }: Findings): string {
  if (variable === null) return `several variables of ${variables.join(', ')} together`
  return variable ?? `one or more of the ${variables.length} that were set; which was not looked for`
}

/** What to do with the variable; `set` begins the sentence. */
function settingOf({ variable }: Findings, set: 'Set' | 'Or set'): string {
  if (variable === undefined) return 'To learn which variable it is, check with --which.'
  if (variable === 'JAVA_TOOL_OPTIONS')
    return `${set} JAVA_TOOL_OPTIONS=-Djavax.net.ssl.trustStore=FILE, a trust store with the system's roots and the tenant's.`
  if (variable === 'NODE_EXTRA_CA_CERTS' || variable === 'DENO_CERT')
    return `${set} ${variable}=FILE, a PEM file with the tenant's root: it is added to the program's own list.`
  const what = variable === null ? 'them to FILE' : `${variable}=FILE`
  return `${set} ${what}, a PEM file with the system's roots and the tenant's: it takes the place of the program's own list.`
}

function passing({ passed, plainRequests }: RunEvidence): string {
  const plain = plainRequests > 0 ? [`Requests over plain HTTP: ${plainRequests}.`] : []
  return (
    [...new Set([...plain, ...passed.map(({ why }) => why)])].slice(0, NAMED).join(' ') ||
    'It sent nothing that could be.'
  )
}

function sentences(acts: readonly { readonly why: string }[]): string {
  return [...new Set(acts.map(({ why }) => why))].slice(0, NAMED).join(' ')
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
