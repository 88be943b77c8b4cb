/**
 * `npm test` after the build: runs tap over the compiled tests, then says by name what was skipped and why. With
 * STEERLAB_NO_SKIP=1 (CI) a skipped test is a failure.
 */

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What a TAP stream says in the end. */
interface Outcome {
  readonly passed: number
  readonly failed: number
  /** Names of skipped tests with their reasons. */
  readonly skipped: readonly string[]
  /** Each failed test point as it stands in the document, with what is said about it. */
  readonly failures: readonly string[]
  /** Each test or file that failed as a whole: one that took too long, or ended in the middle, has no failed point. */
  readonly broken: readonly string[]
}

/** What is said about a failed test point: the block below it, cut to a screenful. */
function detail(lines: readonly string[], at: number): string {
  const end = lines.findIndex((line, index) => index > at && /^\s*\.\.\.$/.test(line))
  return lines.slice(at, Math.min(end < 0 ? at + 1 : end, at + 40)).join('\n')
}

/** Counts the test points of a TAP document that are no subtest's summary. */
export function readTap(text: string): Outcome {
  let passed = 0
  let failed = 0
  const skipped: string[] = []
  const failures: string[] = []
  const broken: string[] = []
  const lines = text.split('\n')
  for (const [at, line] of lines.entries()) {
    const [, no, description = ''] = /^\s*(not )?ok \d+(?: - (.*))?$/.exec(line) ?? []
    if (no === undefined && !/^\s*ok \d+/.test(line)) continue
    const skip = /^(.*?)\s*# SKIP\s*(.*)$/i.exec(description)
    if (skip !== null) skipped.push(`${skip[1]} (${skip[2]})`)
    else if (/# time=/.test(description)) {
      if (no !== undefined) broken.push(detail(lines, at))
    } else if (no === undefined) passed += 1
    else {
      failed += 1
      failures.push(detail(lines, at))
    }
  }
  return { passed, failed, skipped, failures, broken }
}

const directory = mkdtempSync(join(tmpdir(), 'steerlab-tap-'))
const output = join(directory, 'all.tap')
// A terminal sees the tests run; a log file sees only what failed.
const reporter = process.stdout.isTTY ? 'terse' : 'min'
const tap = spawnSync(
  'node_modules/.bin/tap',
  ['run', `--reporter=${reporter}`, `--output-file=${output}`, ...process.argv.slice(2)],
  { stdio: ['ignore', 'inherit', 'inherit'] },
)
const { passed, failed, skipped, failures, broken } = readTap(readFileSync(output, 'utf8'))
rmSync(directory, { recursive: true })

for (const failure of failures.length > 0 ? failures : broken) process.stdout.write(`${failure}\n`)
if (skipped.length > 0)
  process.stdout.write(`skipped ${skipped.length}:\n${skipped.map((name) => `  ${name}\n`).join('')}`)
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped.length} skipped\n`)
const refused = process.env['STEERLAB_NO_SKIP'] === '1' && skipped.length > 0
if (refused) process.stdout.write('STEERLAB_NO_SKIP is set: a skipped test is a failure\n')
process.exitCode = tap.status !== 0 || refused ? tap.status || 1 : 0
