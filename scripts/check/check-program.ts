/**
 * A check of one program, from its first run to its findings:
 *
 *   plain      the client is disabled: whom does the program contact, and does it work? Else that is the answer
 *   none, env, store   steered and inspected: no trust, trust by environment variables, trust by the system's store
 *   env again  with some of the variables alone, to name the one that does it
 *   bypassed   its processes listed as certificate-pinned, for the hosts it was seen to contact
 */

import { basename } from 'node:path'
import { loadConfiguration } from '../../agent/config/load.js'
import { SteerError } from '../../agent/errors.js'
import type { FlowRecord } from '../../agent/flow-history.js'
import type { Home } from '../process/home.js'
import type { PreparedTrust } from '../process/trust/prepare-trust.js'
import { homeAs, plainHome } from './check-home.js'
import { CheckStack, type CheckStackOptions } from './check-stack.js'
import { works } from './conclusion.js'
import { type RunEvidence, type RunName, type SeenHost, unique } from './evidence.js'
import type { Findings } from './findings.js'
import { likelyVariables } from './known-variables.js'
import { notSteered } from './own-rules.js'
import { type PinnedProgram, pinnedCommand, pinnedEntries } from './pinned-entries.js'
import { whichVariable } from './which-variable.js'

/** What is checked, and how. */
export interface CheckOptions extends Omit<CheckStackOptions, 'home'> {
  /** The user's; nothing in it is changed. */
  readonly home: Home
  /** Take the user's configuration as it is, exceptions and all. */
  readonly asConfigured: boolean
  /** Look for the variable that does it. */
  readonly which: boolean
  /** A run begins: its name, or `env` with the variables that are set. */
  readonly progress: (run: string) => void
}

/** Checks a program. Throws SteerError: `interrupted`, and what CheckStack throws; nothing is left running or on disk. */
export async function checkProgram(options: CheckOptions): Promise<Findings> {
  const { command, home, asConfigured, which, lab, progress, signal } = options
  const stack = await CheckStack.start({ ...options, home: asConfigured ? await homeAs(home) : await plainHome() })
  const run = async (name: RunName, trust: PreparedTrust, variables: readonly string[] = []): Promise<RunEvidence> => {
    progress([name, ...variables].join(' '))
    const evidence = await stack.run(name, trust)
    if (signal.aborted) throw new SteerError('interrupted', 'interrupted')
    return evidence
  }
  try {
    const untold = await stack.trust('none')
    await stack.switch('disable')
    const plain = await run('plain', untold)
    if (!works(plain)) return { ...NOTHING, command, runs: { plain }, lab }
    await stack.switch('enable')
    const none = await run('none', untold)
    const told = await stack.trust('env')
    const env = await run('env', told)
    const store = await run('store', await stack.trust('store'))
    const program = pinnedProgram(basename(command[0] ?? ''), [plain, none, env, store])
    const variables = Object.keys(told.env).filter((name) => told.env[name] !== untold.env[name])
    const isSearched = which && !works(none) && works(env) && env.requests > 0
    const variable =
      isSearched &&
      (await whichVariable({
        candidates: variables,
        likely: likelyVariables([program.app, ...program.processes]),
        works: async (names) => works(await run('env', withOnly(names, told, untold), names)),
      }))
    const entries = pinnedEntries(program)
    if (entries.length > 0) await stack.pin(entries)
    const bypassed = await run('bypassed', untold)
    return {
      command,
      runs: { plain, none, env, store, bypassed },
      variable: variable === false ? undefined : (variable ?? null),
      variables,
      inherited: variables.filter((name) => options.env[name] !== undefined),
      pinned: { entries, command: entries.length > 0 ? pinnedCommand(program) : '' },
      notSteeredAtHome: asConfigured ? undefined : await notSteeredBy(home, await stack.flows()),
      lab,
    }
  } finally {
    await stack.stop()
  }
}

/** What else there is to say of a program that fails by itself. */
const NOTHING = {
  variable: undefined,
  variables: [],
  inherited: [],
  pinned: { entries: [], command: '' },
  notSteeredAtHome: [],
}

/** The program by all that was seen of it so far. */
function pinnedProgram(app: string, runs: readonly RunEvidence[]): PinnedProgram {
  const processes = unique(runs.flatMap((run) => run.processes))
  const hosts = unique(runs.flatMap((run) => run.hosts.map(({ host }) => host)))
  return { app, processes, hosts }
}

/** Trust by some of the variables alone. */
function withOnly(names: readonly string[], told: PreparedTrust, untold: PreparedTrust): PreparedTrust {
  return { ...told, env: { ...untold.env, ...Object.fromEntries(names.map((name) => [name, told.env[name]])) } }
}

/** The hosts of these flows that a home's own files do not steer; files that cannot be used are another command's matter. */
async function notSteeredBy({ stagent }: Home, flows: readonly FlowRecord[]): Promise<readonly SeenHost[]> {
  const configuration = await loadConfiguration(stagent).catch(() => undefined)
  return configuration === undefined ? [] : notSteered(flows, configuration)
}
