/**
 * The lab that a check runs its program in: one gateway and agent in a home of their own for all runs. Each run gives back
 * what both tell of it.
 */

import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { PinnedApp } from '../../agent/config/schema/nsbypass.js'
import { ControlClient } from '../../agent/control/control-client.js'
import { SteerError } from '../../agent/errors.js'
import type { FlowRecord } from '../../agent/flow-history.js'
import { DEFAULT_PROFILE, PROFILES } from '../../agent/log/profiles.js'
import type { Transaction } from '../../gateway/inspect/transaction.js'
import { DEFAULT_POP_TABLE } from '../../gateway/pops/default-pops.js'
import { readForEdit, writeEdited } from '../config/config-directory.js'
import type { Home } from '../process/home.js'
import { type Stack, startStack } from '../process/stack.js'
import { type PreparedTrust, prepareTrust, type TrustMode } from '../process/trust/prepare-trust.js'
import { openPrivateMounts } from '../process/trust/private-mounts.js'
import { readTransactions } from '../transactions/read-transactions.js'
import { removeHome } from './check-home.js'
import { accountsSince, evidenceOf, isTold, type RunEvidence, type RunName } from './evidence.js'
import { withEntriesFirst } from './pinned-entries.js'
import { runProgram } from './run-program.js'

/** What is run, and in which world. */
export interface CheckStackOptions {
  /** Made for this; removed in the end. */
  readonly home: Home
  readonly command: readonly string[]
  readonly cwd: string
  /** The caller's environment. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly lab: boolean
  readonly upstreamSocks?: string | undefined
  /** Time each run has, ms. */
  readonly timeoutMs: number
  /** Ends the run under way. */
  readonly signal: AbortSignal
  /** One line about something that went wrong and was survived. */
  readonly warn: (line: string) => void
}

/** How long the tunnel may take to be up, ms: POP selection included. */
const TUNNEL_MS = 10_000

/** How long a change of the files may take to be in force, ms; it is 0.1 s. */
const IN_FORCE_MS = 5000

/** How long the gateway may take to tell of all flows, ms; of one that sent nothing it tells nothing. */
const TOLD_MS = 1000

/** Transactions that are looked at, the last ones: more than a log holds. */
const MOST_TRANSACTIONS = 100_000

/** Between two looks at what no event tells, ms. */
const LOOK_MS = 20

/** A running lab for one program. */
export class CheckStack {
  readonly #options: CheckStackOptions
  readonly #stack: Stack
  readonly #control: ControlClient

  private constructor(options: CheckStackOptions, stack: Stack, control: ControlClient) {
    this.#options = options
    this.#stack = stack
    this.#control = control
  }

  /** Starts it. Throws what the stack fails with; the home is removed then. */
  static async start(options: CheckStackOptions): Promise<CheckStack> {
    const { home, warn } = options
    let stack: Stack | undefined
    try {
      stack = await startStack({
        ...options,
        home: home.root,
        profile: PROFILES[DEFAULT_PROFILE],
        table: DEFAULT_POP_TABLE,
        processPerPop: false,
        ports: { http: 0, socks: 0, dns: 0 },
        // The runs that follow show it: they contact nobody.
        broken: warn,
      })
      const control = await ControlClient.open(home.controlSocket)
      if (control === undefined) throw new SteerError('not-running', 'the agent of the check has gone away')
      await control.ask('lease')
      return new CheckStack(options, stack, control)
    } catch (error) {
      await stack?.stop()
      await removeHome(home)
      throw error
    }
  }

  /** Switches the client off or on; on, its tunnel is up. Throws SteerError `no-tunnel`. */
  async switch(to: 'disable' | 'enable'): Promise<void> {
    await this.#control.ask(to)
    if (to === 'enable' && !(await this.#stack.connected(TUNNEL_MS))) {
      const { lastEnd, doing } = this.#stack.status().tunnel
      throw new SteerError('no-tunnel', `the tunnel did not come up: ${lastEnd || doing}`)
    }
  }

  /** Puts pinned apps before those of the configuration; settles when they are in force. Throws SteerError `config-refused`. */
  async pin(entries: readonly PinnedApp[]): Promise<void> {
    const { stagent } = this.#options.home
    const { version } = this.#stack.status().configuration
    const file = 'nsbypass.json'
    await writeEdited(stagent, file, withEntriesFirst(await readForEdit(stagent, file), entries))
    const isInForce = () => this.#stack.status().configuration.version > version
    if (!(await until(isInForce, IN_FORCE_MS)))
      throw new SteerError('config-refused', 'the pinned apps of the check did not come into force')
  }

  /** What makes a program trust. */
  trust(mode: TrustMode): Promise<PreparedTrust> {
    const { home, env } = this.#options
    const labCaFile = this.#stack.status().lab?.caFile
    return prepareTrust(mode, { home, env, labCaFile, tenantRootFile: join(home.stagent, 'data', 'nscacert.pem') })
  }

  /** One run. Throws SteerError: `capture-unavailable`, `trust-unavailable`, `program-failed`. */
  async run(name: RunName, { env, mounts }: PreparedTrust): Promise<RunEvidence> {
    const { cwd, command, timeoutMs, signal } = this.#options
    const { capture } = this.#stack.status()
    if (!capture.available)
      throw new SteerError('capture-unavailable', `programs cannot be captured on this machine (${capture.reason})`)
    const place = await openPrivateMounts({ ...capture, mounts, env })
    try {
      const since = Date.now()
      const end = await runProgram({ command: place.join(cwd, command), env, timeoutMs, signal })
      return evidenceOf({ name, end, ...(await this.#accounts(since)) })
    } finally {
      place.close()
    }
  }

  /** The last flows of all runs. */
  async flows(): Promise<readonly FlowRecord[]> {
    return (await this.#control.ask('flows')) as FlowRecord[]
  }

  /** Stops everything and removes the home. */
  async stop(): Promise<void> {
    this.#control.close()
    await this.#stack.stop()
    await removeHome(this.#options.home)
  }

  async #transactions(): Promise<readonly Transaction[]> {
    const { transactionLog } = this.#options.home
    const found: Transaction[] = []
    for await (const batch of readTransactions(transactionLog, { passes: () => true, last: MOST_TRANSACTIONS }))
      for (const { transaction } of batch) found.push(transaction)
    return found
  }

  /** What agent and gateway tell of the time since then, once both have told of the same flows. */
  async #accounts(since: number): Promise<ReturnType<typeof accountsSince>> {
    let accounts: ReturnType<typeof accountsSince> = { flows: [], transactions: [] }
    await until(async () => {
      accounts = accountsSince(since, await this.flows(), await this.#transactions())
      return isTold(accounts)
    }, TOLD_MS)
    return accounts
  }
}

async function until(isTrue: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (!(await isTrue())) {
    if (performance.now() > deadline) return false
    await wait(LOOK_MS)
  }
  return true
}
