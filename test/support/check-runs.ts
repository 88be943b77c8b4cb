/** Runs of a made-up program as `steerlab check` sees them. */

import type { AllRuns, Runs } from '../../scripts/check/conclusion.js'
import { RUN_NAMES, type RunEvidence, type RunName } from '../../scripts/check/evidence.js'
import type { Findings } from '../../scripts/check/findings.js'

/** What of a run is not as usual. */
export type Unusual = Partial<Omit<RunEvidence, 'name'>>

const STEERED = { host: 'box.com', verdict: 'tunnel', rule: 'nssteering.json $.traffic_mode' } as const
const DIRECT = { host: 'box.com', verdict: 'bypass', rule: 'built-in client disabled' } as const

/** A run that fetched one page: inspected where it was steered. */
export function runOf(name: RunName, unusual: Unusual = {}): RunEvidence {
  const isSteered = name !== 'plain' && name !== 'bypassed'
  return {
    name,
    exit: 0,
    timedOut: false,
    durationMs: 200,
    output: '',
    hosts: [isSteered ? STEERED : DIRECT],
    processes: ['tool'],
    requests: isSteered ? 1 : 0,
    accepted: isSteered ? ['box.com'] : [],
    plainRequests: 0,
    refusals: [],
    passed: [],
    denied: [],
    ...unusual,
  }
}

/** The five runs. */
export function runsOf(unusual: Partial<Record<RunName, Unusual>> = {}): AllRuns {
  return Object.fromEntries(RUN_NAMES.map((name) => [name, runOf(name, unusual[name])])) as unknown as AllRuns
}

/** A run that turned the certificate down and failed. */
export function refusing(alert = 'unknown_ca', exit = 60): Unusual {
  return { exit, requests: 0, accepted: [], refusals: [{ host: 'box.com', alert, count: 1 }] }
}

/** A run that had nothing to do with the network. */
export const OFFLINE: Unusual = { hosts: [], processes: [], requests: 0, accepted: [] }

/** A run whose flows were passed on as they were. */
export const PASSED: Unusual = {
  requests: 0,
  accepted: [],
  passed: [{ host: 'box.com', reason: 'not-web', why: 'It is not web traffic: it begins like SSH.' }],
}

/** What a check of `tool` has found in these runs. */
export function findingsOf(runs: Runs, unusual: Partial<Findings> = {}): Findings {
  return {
    command: ['/usr/bin/tool', '--fetch'],
    runs,
    variable: undefined,
    variables: ['SSL_CERT_FILE', 'PIP_CERT'],
    inherited: [],
    pinned: { entries: [], command: '' },
    notSteeredAtHome: [],
    lab: false,
    ...unusual,
  }
}
