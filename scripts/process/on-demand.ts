/**
 * An agent for the duration: joins the running agent of a home, or starts one in the background that ends with the last
 * program that uses it. The lease is an open connection, so a killed program gives it back too.
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ControlClient } from '../../agent/control/control-client.js'
import { SteerError, userMistake } from '../../agent/errors.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import type { Home } from './home.js'
import { RELAY_FLAGS } from './service-child.js'

/** What a background agent says to the process that started it. */
export type OnDemandAnswer =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly exitCode: 1 | 2 }

/** Which kind of agent is wanted, if one has to be started. */
export interface WantedAgent {
  readonly lab: boolean
  readonly profile: string
  readonly upstreamSocks?: string | undefined
}

/** A lease on an agent. */
export interface Lease {
  readonly status: AgentStatus
  /** Calls back when the agent has gone away. */
  onLost(listener: () => void): void
  release(): void
}

/** Attempts at a lease: an agent may be stopping just when it is asked. */
const ATTEMPTS = 3

/** Takes a lease. Throws SteerError: what the agent failed with, or `lab-mismatch` (exit 2) for one that lacks the lab. */
export async function leaseAgent(home: Home, wanted: WantedAgent): Promise<Lease> {
  const { client, status } = await askForLease(home, wanted, ATTEMPTS)
  if (wanted.lab && status.lab === null) {
    client.close()
    throw userMistake(
      'lab-mismatch',
      `the running agent of ${home.root} uses the real network; stop it, or use another --home with --lab`,
    )
  }
  return { status, onLost: (listener) => client.onClose(listener), release: () => client.close() }
}

async function askForLease(
  home: Home,
  wanted: WantedAgent,
  attempts: number,
): Promise<{ readonly client: ControlClient; readonly status: AgentStatus }> {
  let client = await ControlClient.open(home.controlSocket)
  if (client === undefined) {
    await startInBackground(home, wanted)
    client = await ControlClient.open(home.controlSocket)
  }
  try {
    if (client === undefined) throw new SteerError('not-running', 'the agent that was started has gone away')
    return { client, status: (await client.ask('lease')) as AgentStatus }
  } catch (error) {
    client?.close()
    if (attempts === 1) throw error
    return askForLease(home, wanted, attempts - 1)
  }
}

function startInBackground(home: Home, { lab, profile, upstreamSocks }: WantedAgent): Promise<void> {
  const cli = fileURLToPath(new URL('../cli.js', import.meta.url))
  const flags = ['up', '--on-demand', '--home', home.root, '--profile', profile]
  if (lab) flags.push('--lab')
  if (upstreamSocks !== undefined) flags.push('--upstream-socks', upstreamSocks)
  const child = spawn(process.execPath, [...RELAY_FLAGS, cli, ...flags], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    detached: true,
  })
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new SteerError('agent-failed', 'the agent cannot be started', { cause })))
    child.once('exit', (code, signal) =>
      reject(new SteerError('agent-failed', `the agent ended while starting (${signal ?? code})`)),
    )
    child.once('message', (answer: OnDemandAnswer) => {
      child.removeAllListeners('exit')
      child.unref()
      // Another `run` was quicker: its agent serves us as well.
      if (answer.type === 'ready' || answer.code === 'already-running') return resolve()
      reject(new SteerError(answer.code, answer.message, { exitCode: answer.exitCode }))
    })
  })
}
