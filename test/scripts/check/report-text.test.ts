/** A check as its reader sees it. */

import t from 'tap'
import { concludedFrom } from '../../../scripts/check/conclusion-text.js'
import type { RunName } from '../../../scripts/check/evidence.js'
import { reportText } from '../../../scripts/check/report-text.js'
import { findingsOf, OFFLINE, PASSED, refusing, runsOf, type Unusual } from '../../support/check-runs.js'

function report(
  runs: Partial<Record<RunName, Unusual>>,
  { remarks = [] as readonly string[], all = false } = {},
): string {
  const findings = findingsOf(runsOf(runs))
  return reportText(findings, concludedFrom(findings), remarks, all)
}

void t.test('a line for each run, then the conclusion and what to do', async (t) => {
  const lines = report({ none: refusing(), env: { requests: 3 } }).split('\n')
  t.strictSame(lines.slice(0, 6), [
    'RUN       EXIT  TIME   HOSTS    TLS AT GATEWAY',
    'plain     0     0.2 s  box.com  -',
    'none      60    0.2 s  box.com  box.com unknown_ca',
    'env       0     0.2 s  box.com  3 decrypted',
    'store     0     0.2 s  box.com  1 decrypted',
    'bypassed  0     0.2 s  box.com  -',
  ])
  t.match(lines.slice(6), [
    '',
    /^reads-system-store: tool works once/,
    /^ {2}Install/,
    /^ {2}To learn which variable/,
    '',
  ])
})

void t.test('remarks come last', async (t) => {
  t.match(report({}, { remarks: ['Mind this.'] }), /Find out why.*\nMind this\.\n$/)
})

void t.test('each kind of evidence has its words', async (t) => {
  const cases: readonly (readonly [run: Unusual, said: RegExp])[] = [
    [OFFLINE, /^none +0 +0\.2 s +none +-$/m],
    [{ timedOut: true, exit: 143, durationMs: 60_040 }, /^none +timeout +60\.0 s/m],
    [PASSED, /not decrypted \(not-web\)$/m],
    [{ requests: 0, accepted: [], plainRequests: 2 }, /2 plain HTTP$/m],
    [{ denied: [{ host: 'box.com', why: 'No.' }] }, /1 decrypted, 1 refused by the gateway$/m],
    [{ refusals: [{ host: 'x.com', alert: 'closed', count: 4 }] }, /1 decrypted, x\.com closed x4$/m],
    [
      { refusals: ['a', 'b', 'c', 'd', 'e'].map((host) => ({ host, alert: 'closed', count: 1 })) },
      /c closed, \+2 refused$/m,
    ],
    [{ hosts: ['a', 'b', 'c', 'd'].map((host) => ({ host, verdict: 'tunnel', rule: 'r' })) }, /a b c \+1/],
  ]
  for (const [run, said] of cases) t.match(report({ none: run }), said)
})

void t.test('a host with two verdicts is one host', async (t) => {
  const hosts = (['tunnel', 'bypass'] as const).map((verdict) => ({ host: 'box.com', verdict, rule: 'r' }))
  t.match(report({ none: { hosts } }), /^none .* s {2}box\.com {2}\d/m)
})

void t.test('of a run that fails the last lines are shown, of one that works none', async (t) => {
  const output = Array.from({ length: 12 }, (_, n) => `line ${n}\n`).join('')
  const shown = report({ none: { ...refusing(), output }, env: { output: 'fine\n' } })
  t.match(shown, /\nnone:\n {2}\| line 4\n(.*\n){6} {2}\| line 11\n/)
  t.notMatch(shown, /line 3|fine/)
  t.match(
    report({ none: { ...refusing(), output }, env: { output: 'fine\n' } }, { all: true }),
    /line 0\n(.*\n)+env:\n {2}\| fine/,
  )
})

void t.test('runs that print the same are shown together', async (t) => {
  const failed = { ...refusing(), output: 'no\n' }
  const shown = report({
    none: failed,
    env: failed,
    store: { ...failed, output: 'other\n' },
    bypassed: { output: 'no\n' },
  })
  t.match(shown, /\nnone, env:\n {2}\| no\n\nstore:\n {2}\| other\n/)
})

void t.test('what a program prints does not move the cursor', async (t) => {
  t.match(report({ none: { ...refusing(), output: 'a\u001b[2Jb\n' } }), /\| a\?\[2Jb\n/)
  t.match(report({ none: { ...refusing(), output: '\tat Main.java\n' } }), /\| {5}at Main/)
})
