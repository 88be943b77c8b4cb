/**
 * Real programs and what `steerlab check` says of each: one case a program, run against the lab without settings of the
 * machine's own.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import type { CheckVerdict } from '../../scripts/check/conclusion.js'
import { type Ended, type TestHome, withHome } from './steerlab.js'
import { withoutBundles } from './trust-modes.js'

/** What is expected of a program. */
export interface CheckCase {
  /** Why it is so, in a sentence. */
  readonly sentence: string
  /** The command; `scratch` is a directory of the case's own. */
  readonly command: (scratch: string) => readonly string[]
  readonly verdict: CheckVerdict
  /** The variable that is named for `env`; undefined where none helps. */
  readonly variable?: string
  /** How it leaves a gateway it does not trust, as the gateway tells it: one of these. */
  readonly leaves: readonly string[]
  readonly skip: string | false
}

/** Full path of a program in test/fixtures/programs. */
export function fixtureProgram(name: string): string {
  return fileURLToPath(new URL(`../../../test/fixtures/programs/${name}`, import.meta.url))
}

/** `steerlab check --lab --json FLAGS -- COMMAND`, as a user without settings for pip and npm has it. */
export function checkIn({ home, cli }: TestHome, flags: readonly string[], command: readonly string[]): Promise<Ended> {
  const scratch = scratchOf(home)
  const settings = Object.keys(process.env).filter((name) => /^(PIP|npm)_/i.test(name))
  return cli(['check', '--lab', '--json', ...flags, '--', ...command], {
    env: {
      ...Object.fromEntries(settings.map((name) => [name, undefined])),
      ...withoutBundles(),
      // pip's word for none. npm has no such word; a file that is not there does it.
      PIP_CONFIG_FILE: '/dev/null',
      npm_config_globalconfig: join(scratch, 'global-npmrc'),
      HOME: scratch,
      TMPDIR: scratch,
    },
  })
}

/** The directory in which a case may write; it goes with the home. */
export function scratchOf(home: string): string {
  const scratch = join(home, 'scratch')
  mkdirSync(scratch, { recursive: true })
  return scratch
}

/** One test a case. */
export function testCases(cases: Readonly<Record<string, CheckCase>>): void {
  for (const [program, { skip, ...expected }] of Object.entries(cases))
    void t.test(`${program}: ${expected.sentence}`, { skip }, (t) => testCase(t, expected))
}

function testCase(t: Test, { command, verdict, variable, leaves }: Omit<CheckCase, 'skip'>): Promise<void> {
  return withHome(t, async (home) => {
    const { code, stdout, stderr } = await checkIn(home, ['--expect', verdict], command(scratchOf(home.home)))
    t.match({ code, stderr }, { code: 0, stderr: '' }, code === 0 ? 'as expected' : stdout)
    const found = JSON.parse(stdout)
    t.equal(found.verdict, verdict, 'the verdict')
    t.equal(found.variable, variable, 'the variable')
    const trusting = {
      plain: true,
      none: false,
      env: variable !== undefined,
      store: verdict === 'reads-system-store',
      bypassed: true,
    }
    for (const run of found.runs as readonly Run[]) {
      t.equal(run.outcome === 'works', trusting[run.name], `${run.name} ${run.outcome}`)
      const isSteered = run.name !== 'plain' && run.name !== 'bypassed'
      t.equal(run.requests > 0, isSteered && trusting[run.name], `${run.name}: ${run.requests} requests were read`)
      const alerts = run.refusals.map(({ alert }) => alert)
      t.equal(alerts.length > 0, !trusting[run.name], `${run.name}: ${alerts.length} kinds of refusal`)
      for (const alert of alerts) t.ok(leaves.includes(alert), `${run.name}: it left by ${alert}`)
    }
  })
}

/** A run as `--json` prints it. */
interface Run {
  readonly name: 'plain' | 'none' | 'env' | 'store' | 'bypassed'
  readonly outcome: string
  readonly requests: number
  readonly refusals: readonly { readonly alert: string }[]
}
