/** `steerlab check -- CMD ...`: does a program survive TLS inspection, and what does it need? */

import { constants } from 'node:os'
import type { CommandModule } from 'yargs'
import { SteerError, userMistake } from '../../agent/errors.js'
import { checkProgram } from '../check/check-program.js'
import { CHECK_VERDICTS, type CheckVerdict, outcomeOf, works } from '../check/conclusion.js'
import { type Conclusion, concludedFrom } from '../check/conclusion-text.js'
import { RUN_NAMES, type RunEvidence, type RunName } from '../check/evidence.js'
import type { Findings } from '../check/findings.js'
import { remarksOn } from '../check/remarks.js'
import { reportText } from '../check/report-text.js'
import { findCommand } from '../process/find-command.js'
import { homeOf, print, readSeconds } from './common.js'
import { STACK_OPTIONS } from './up.js'

interface CheckArguments {
  readonly home?: string | undefined
  readonly lab: boolean
  readonly upstreamSocks?: string | undefined
  readonly timeout: number
  readonly which: boolean
  readonly asConfigured: boolean
  readonly expect?: Expectation | undefined
  readonly json: boolean
  readonly verbose: boolean
  readonly '--'?: readonly string[]
}

/** A run that is to work, or the verdict there is to be. */
type Expectation = RunName | CheckVerdict

/** Verdicts that conclude nothing. */
const OPEN: ReadonlySet<CheckVerdict> = new Set(['breaks-anyway', 'unsteady'])

export const checkCommand: CommandModule<object, CheckArguments> = {
  command: 'check',
  describe: 'Find out whether a program survives TLS inspection: check [options] -- CMD ...',
  builder: (yargs) =>
    yargs
      .usage(
        "$0 check [options] -- CMD ...\n\nRuns CMD five times or more: without inspection, inspected with no trust in the tenant's root, with trust by environment variables, with trust in the system's store, and bypassed. Says what CMD needs. CMD must do the same each time and end by itself; it gets no input.\n\nExit code: 0 a conclusion was reached, 1 none was; with --expect: 0 as expected, 1 otherwise.",
      )
      .options({ lab: STACK_OPTIONS.lab, 'upstream-socks': STACK_OPTIONS['upstream-socks'] })
      .option('timeout', {
        type: 'string',
        requiresArg: true,
        default: '60s',
        describe: 'Time each run has',
        coerce: readSeconds,
      })
      .option('which', { type: 'boolean', default: true, describe: 'Run some more to name the variable that does it' })
      .option('as-configured', {
        type: 'boolean',
        default: false,
        describe: "Keep the home's own exceptions, pinned apps and inspection settings",
      })
      .option('expect', {
        choices: [...RUN_NAMES, ...CHECK_VERDICTS],
        requiresArg: true,
        describe: 'A run that must work, or the verdict',
      })
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .option('verbose', { type: 'boolean', default: false, describe: 'Show what each run printed' })
      .example(
        '$0 check -- npm view --fetch-retries=0 tap version',
        'What does npm need behind an inspecting proxy? Retries make a failure last a minute',
      )
      .example('$0 check --expect env -- ./my-tool --self-test', 'In CI: works when the environment names the root')
      .example('$0 check --lab -- curl -s https://box.com/', 'Without a network') as never,
  handler: async (argv) => {
    const command = argv['--'] ?? []
    if (command.length === 0) throw userMistake('no-command', 'check needs a program: steerlab check -- CMD ...')
    requireProgram(command[0] ?? '')
    const findings = await unlessInterrupted((signal) =>
      checkProgram({
        ...argv,
        command,
        home: homeOf(argv),
        env: process.env,
        cwd: process.cwd(),
        timeoutMs: argv.timeout * 1000,
        signal,
        progress,
        warn: (line) => process.stderr.write(`${line}\n`),
      }),
    )
    if (findings === undefined) return
    const conclusion = concludedFrom(findings)
    const remarks = remarksOn(findings, conclusion.verdict)
    const isMet =
      argv.expect === undefined
        ? !OPEN.has(conclusion.verdict)
        : isAsExpected(argv.expect, findings, conclusion.verdict)
    print(argv.json, asJson(findings, conclusion, remarks), () =>
      reportText(findings, conclusion, remarks, argv.verbose),
    )
    if (argv.expect !== undefined && !isMet) process.stderr.write(`steerlab: not as expected (${argv.expect})\n`)
    process.exitCode = isMet ? 0 : 1
  },
}

/** Throws a user's mistake `no-program` for a name that is nowhere: else every run would say so. */
function requireProgram(name: string): void {
  const directories = name.includes('/') ? (name.startsWith('/') ? '/' : process.cwd()) : (process.env['PATH'] ?? '')
  if (findCommand(name, directories) === undefined) throw userMistake('no-program', `there is no program ${name}`)
}

/** Whether a run works that must, or the verdict is the one. */
function isAsExpected(expected: Expectation, { runs }: Findings, verdict: CheckVerdict): boolean {
  if (!isRunName(expected)) return expected === verdict
  return Object.values<RunEvidence>(runs).some((run) => run.name === expected && works(run))
}

function isRunName(word: string): word is RunName {
  return (RUN_NAMES as readonly string[]).includes(word)
}

function asJson({ runs, lab: _, ...findings }: Findings, conclusion: Conclusion, remarks: readonly string[]): object {
  const list = Object.values<RunEvidence>(runs).map((run) => ({ outcome: outcomeOf(run), ...run }))
  return { ...conclusion, remarks, ...findings, runs: list }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Does the work; a signal ends it in order, and then there is no result but the exit code a shell expects. */
async function unlessInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const controller = new AbortController()
  const interrupt = (name: NodeJS.Signals): void => {
    process.exitCode = 128 + constants.signals[name]
    controller.abort()
  }
  for (const name of SIGNALS) process.on(name, interrupt)
  try {
    return await work(controller.signal)
  } catch (error) {
    if (error instanceof SteerError && error.code === 'interrupted') return undefined
    throw error
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt)
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
}

/** Says which run is under way, on a line of a terminal that is wiped in the end. */
function progress(run: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kcheck: ${run} ...`)
}
