/** The verdict on a program, by what its five runs showed: each verdict beside its nearest other. */

import t from 'tap'
import {
  type CheckVerdict,
  type Outcome,
  outcomeOf,
  refusedHosts,
  verdictOf,
  works,
} from '../../../scripts/check/conclusion.js'
import type { RunName } from '../../../scripts/check/evidence.js'
import { OFFLINE, PASSED, refusing, runOf, runsOf, type Unusual } from '../../support/check-runs.js'

const REFUSES = refusing()
/** Its exit code hides that it refused. */
const SILENT = refusing('unknown_ca', 0)
const FAILS: Unusual = { exit: 1 }
const HUNG: Unusual = { exit: 143, timedOut: true }
const OUT: Unusual = {
  hosts: [{ host: 'box.com', verdict: 'bypass', rule: 'nsexception.json $.names[0]' }],
  requests: 0,
}
const ALL_OFFLINE = { plain: OFFLINE, none: OFFLINE, env: OFFLINE, store: OFFLINE, bypassed: OFFLINE }

const CASES: readonly (readonly [sentence: string, verdict: CheckVerdict, runs: Partial<Record<RunName, Unusual>>])[] =
  [
    ['all runs work, and it was looked into', 'works-as-is', {}],
    [
      'all work, and one spare connection was refused',
      'works-as-is',
      { none: { refusals: [{ host: 'box.com', alert: 'closed', count: 1 }] } },
    ],
    ['all work, and nothing was decrypted', 'not-web-tls', { none: PASSED, env: PASSED, store: PASSED }],
    ['all work, and no flow went to the gateway', 'not-steered', { none: OUT, env: OUT, store: OUT }],
    ['all work, and nobody was contacted', 'no-network', ALL_OFFLINE],
    ['all work, and only the plain run contacted somebody', 'not-steered', { ...ALL_OFFLINE, plain: {} }],
    ['only the store helps', 'reads-system-store', { none: REFUSES, env: REFUSES }],
    ['store and environment help', 'reads-system-store', { none: REFUSES }],
    ['only the environment helps', 'reads-environment', { none: REFUSES, store: REFUSES }],
    [
      'only the environment helps, as the gateway tells and no exit code',
      'reads-environment',
      { none: SILENT, store: SILENT },
    ],
    ['nothing helps but bypassing', 'pins-certificates', { none: REFUSES, env: REFUSES, store: REFUSES }],
    ['nothing helps, and no exit code tells', 'pins-certificates', { none: SILENT, env: SILENT, store: SILENT }],
    [
      'told, it says another thing than untold',
      'pins-certificates',
      { none: REFUSES, env: REFUSES, store: refusing('closed_without_request') },
    ],
    ['nothing helps, and no certificate was refused', 'breaks-inspected', { none: FAILS, env: FAILS, store: FAILS }],
    [
      'it refused untold, and told it accepts and fails',
      'breaks-inspected',
      { none: REFUSES, env: FAILS, store: FAILS },
    ],
    ['inspected it hangs', 'breaks-inspected', { none: HUNG, env: HUNG, store: HUNG }],
    [
      'the first flow breaks, and then the gateway passes them on',
      'not-web-tls',
      { none: FAILS, env: PASSED, store: PASSED },
    ],
    ['the first flow breaks, and then they are inspected', 'reads-system-store', { none: FAILS, env: PASSED }],
    ['it fails bypassed alone', 'unsteady', { bypassed: FAILS }],
    [
      'it fails with everything but plain',
      'unsteady',
      { none: REFUSES, env: REFUSES, store: REFUSES, bypassed: FAILS },
    ],
    ['it works untold and fails told', 'unsteady', { store: REFUSES }],
  ]

for (const [sentence, verdict, runs] of CASES)
  void t.test(`${verdict}: ${sentence}`, async (t) => t.equal(verdictOf(runsOf(runs)), verdict))

void t.test('breaks-anyway: it fails plain, and no other run was made', async (t) => {
  for (const run of [FAILS, HUNG, { ...OFFLINE, ...FAILS }])
    t.equal(verdictOf({ plain: runOf('plain', run) }), 'breaks-anyway')
})

const OUTCOMES: readonly (readonly [sentence: string, outcome: Outcome, run: Unusual])[] = [
  ['exit code 0', 'works', {}],
  ['another exit code', 'fails', { exit: 1 }],
  ['stopped in time, whatever its exit code', 'fails', { exit: 0, timedOut: true }],
  ['exit code 0 and every certificate refused', 'fails-silently', SILENT],
  ['exit code 0 and one host of two refused', 'works', { refusals: [{ host: 'x.com', alert: 'closed', count: 1 }] }],
  ['exit code 1 and every certificate refused', 'fails', refusing('closed', 1)],
]

for (const [sentence, outcome, run] of OUTCOMES)
  void t.test(`a run ${outcome}: ${sentence}`, async (t) => {
    t.equal(outcomeOf(runOf('none', run)), outcome)
    t.equal(works(runOf('none', run)), outcome === 'works')
  })

void t.test('a host is refused when it was never accepted', async (t) => {
  const refusals = ['box.com', 'x.com', 'x.com'].map((host) => ({ host, alert: 'closed', count: 1 }))
  t.strictSame(refusedHosts(runOf('none', { refusals })), ['x.com'])
  t.strictSame(refusedHosts(runOf('none', { refusals, accepted: [] })), ['box.com', 'x.com'])
})
