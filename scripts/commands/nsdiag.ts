/** `steerlab nsdiag` and `nsclient`: diagnostics as on a real endpoint, in its words (client-behaviour 5.1). */

import type { Argv, CommandModule } from 'yargs'
import type { CaptureKind, CaptureReport } from '../../agent/capture-file/capture-request.js'
import { type BlockedEvent, blockedText } from '../../agent/diag/blocked-events.js'
import type { ClientDetails } from '../../agent/diag/client-details.js'
import { configText, detailsText, PRIVATE_ACCESS } from '../../agent/diag/details-text.js'
import type { DriverLogReport } from '../../agent/diag/driver-log.js'
import type { SpeedTestResult } from '../../agent/diag/speed-test.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import type { AgentStatus, LogSettings } from '../../agent/running-agent.js'
import { compileProcessPattern } from '../../agent/steering/match-pinned.js'
import type { SpeedTestRequest } from '../../agent/tunnel/hello.js'
import { SPEED_TEST } from '../../agent/tunnel/speed-test-bytes.js'
import { wayThrough } from '../diag/agent-way.js'
import type { NsdiagAction } from '../diag/nsdiag-action.js'
import { NSDIAG_OPTIONS, readNsdiag } from '../diag/nsdiag-arguments.js'
import { nsdiagHelp } from '../diag/nsdiag-help.js'
import { capturesText, driverLogText, speedText } from '../diag/nsdiag-texts.js'
import { VERBS } from '../diag/nsdiag-verbs.js'
import { timeRequest } from '../diag/time-request.js'
import { timingText } from '../diag/timing.js'
import type { Home } from '../process/home.js'
import { tenantFiles } from '../process/trust/tenant-files.js'
import { VERSION } from '../process/version.js'
import { startCapture, stopCapture } from './ask-capture.js'
import { askAgent, homeOf, print } from './common.js'
import { updateNow } from './config-update.js'
import { saveBundle } from './save-bundle.js'
import { switchClient } from './switch-client.js'

interface NsdiagArguments {
  readonly home?: string | undefined
  readonly '--'?: readonly string[]
}

/** Beyond what the test itself may take, ms: it may have to wait for a tunnel. */
const SPEED_TEST_MS = SPEED_TEST.withinMs + 10_000

/** Options that yargs knows already. */
const YARGS_OWN: ReadonlySet<string> = new Set(['--help', '--version', '--home'])

/** What follows the command is read by a grammar of its own, behind `--` (diag/command-line.ts); yargs completes it. */
function nsdiagCommandOf(name: 'nsdiag' | 'nsclient', describe: string): CommandModule<object, NsdiagArguments> {
  return {
    command: `${name} [command]`,
    describe,
    builder: (yargs): Argv<object> => {
      for (const option of NSDIAG_OPTIONS) if (!YARGS_OWN.has(option)) yargs.option(option.replace(/^-+/, ''), {})
      return yargs.positional('command', { choices: Object.keys(VERBS) })
    },
    handler: async (argv) => {
      const { action, json, home = argv.home } = readNsdiag(argv['--'] ?? [], name)
      process.exitCode = await run(action, homeOf({ home }), json)
    },
  }
}

export const nsdiagCommand = nsdiagCommandOf('nsdiag', 'Diagnostics in the words of the real client; -h lists them')

export const nsclientCommand = nsdiagCommandOf('nsclient', "The Linux client's commands, such as show-status")

/** Does one thing, and gives the exit code. */
async function run(action: NsdiagAction, home: Home, json: boolean): Promise<number> {
  switch (action.do) {
    case 'help':
      say(nsdiagHelp())
      return 0
    case 'version':
      say(`steerlab ${VERSION}\n`)
      return 0
    case 'details': {
      const details = (await askAgent(home, 'details')) as ClientDetails
      print(json, details, () => detailsText(details))
      return 0
    }
    case 'show-config': {
      const details = (await askAgent(home, 'details')) as ClientDetails
      print(json, details, () => configText(details))
      return 0
    }
    case 'show-status': {
      const { enabled } = (await askAgent(home, 'details')) as ClientDetails
      sayStatus(enabled)
      return 0
    }
    case 'private-access':
      await askAgent(home, 'details')
      say(`NPA status is ${PRIVATE_ACCESS}.\n`)
      return 0
    case 'update':
      say(`${await updateNow(home)}\n`)
      return 0
    case 'log-level': {
      const { level } = (await askAgent(home, 'log', { params: { level: action.level } })) as LogSettings
      say(`The log level is ${level}.\n`)
      return 0
    }
    case 'log-size': {
      const params = { megabytes: action.megabytes }
      const { megabytes } = (await askAgent(home, 'log', { params })) as LogSettings
      say(`The log size is ${megabytes} MB.\n`)
      return 0
    }
    case 'capture-start':
      return captured([await startCapture(home, action.kind, action.request)], json)
    case 'capture-stop':
      return captured(await stopCaptures(home, action.kind), json)
    case 'driver-log': {
      const { do: _, ...params } = action
      const report = (await askAgent(home, 'driver-log', { params })) as DriverLogReport
      print(json, report, () => driverLogText(report))
      return 0
    }
    case 'timing': {
      const status = (await askAgent(home, 'status')) as AgentStatus
      const timing = await timeRequest(action.url, wayThrough(status, tenantFiles(home).root))
      print(json, timing, () => timingText(timing))
      return 0
    }
    case 'speed-test': {
      const { direction, bytes } = action
      const params: SpeedTestRequest = { direction, bytes }
      const result = (await askAgent(home, 'speed-test', { params, withinMs: SPEED_TEST_MS })) as SpeedTestResult
      print(json, { direction, ...result }, () => speedText(action, result))
      return 0
    }
    case 'match':
      return match(action.pattern, action.text)
    case 'switch':
      return switchTo(home, action)
    case 'show-blocked': {
      const events = (await askAgent(home, 'blocked')) as BlockedEvent[]
      print(json, events, () => blockedText(events))
      return 0
    }
    case 'save-logs':
      return save(home, action.file)
  }
}

/** A bundle is made without an agent, too: it is then that one is wanted. */
async function save(home: Home, file: string): Promise<number> {
  const { path, manifest } = await saveBundle(home, file)
  say(`${path}\n`)
  if (manifest.agentRunning) return 0
  process.stderr.write(
    `steerlab: no agent is running for the home ${home.root}: the bundle has its files, and not its state\n`,
  )
  return 1
}

/** Stops the capture of a kind; without one, all that run. */
async function stopCaptures(home: Home, kind: CaptureKind | undefined): Promise<readonly CaptureReport[]> {
  const all = kind === undefined ? ((await askAgent(home, 'capture')) as CaptureReport[]) : []
  const kinds = kind === undefined ? all.filter(({ running }) => running).map((report) => report.kind) : [kind]
  if (kinds.length === 0) throw new SteerError('no-capture', 'no capture runs')
  const stopped: CaptureReport[] = []
  for (const kind of kinds) stopped.push(await stopCapture(home, kind))
  return stopped
}

function captured(reports: readonly CaptureReport[], json: boolean): number {
  print(json, reports, () => capturesText(reports))
  return 0
}

/** The real client's `Matched`; what it says otherwise is not public. */
function match(text: string, name: string): number {
  const pattern = compileProcessPattern(text)
  if (pattern === undefined)
    throw userMistake('bad-pattern', `${JSON.stringify(text)} is no process pattern: RE2, 200 characters at most`)
  const isFound = pattern.test(name)
  say(isFound ? 'Matched\n' : 'Not matched\n')
  return isFound ? 0 : 1
}

async function switchTo(home: Home, { to, asVerb }: Extract<NsdiagAction, { do: 'switch' }>): Promise<number> {
  try {
    const { endpoint } = await switchClient(home, to)
    if (asVerb) sayStatus(endpoint.tunnel !== 'disabled')
    else say('Enable/disable client successful.\n')
    return 0
  } catch (error) {
    if (!(error instanceof SteerError) || error.code !== 'wrong-password') throw error
    // As the real tool says it, and where.
    say(`${error.message}\n`)
    return 1
  }
}

function sayStatus(enabled: boolean): void {
  say(`Netskope Client ${enabled ? 'enabled' : 'disabled'}\n`)
}

function say(text: string): void {
  process.stdout.write(text)
}
