/** How the demo's programs reach the lab: captured where namespaces are allowed, else through the explicit proxy. */

import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import type { AgentStatus } from '../../agent/agent.js'
import { joinCommand } from '../../agent/capture/namespace-plan.js'

/** How a program ended and what it said. */
export interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** A way for programs to reach the lab. */
export interface Way {
  readonly kind: 'captured' | 'proxied'
  /** Runs a program to its end, at most `timeoutMs`. */
  run(command: readonly string[], timeoutMs?: number): Promise<Ended>
}

/** The best way this agent offers; `env` is the programs' environment. */
export function chooseWay({ capture, proxy }: AgentStatus, env: Readonly<Record<string, string | undefined>>): Way {
  if (capture.available) {
    const { kind, holderPid } = capture
    return {
      kind: 'captured',
      run: (command, timeoutMs) => run(joinCommand(kind, holderPid, homedir(), command), env, timeoutMs),
    }
  }
  const proxied = { ...env, https_proxy: proxy.http, http_proxy: proxy.http, no_proxy: '', NO_PROXY: '' }
  return { kind: 'proxied', run: (command, timeoutMs) => run(command, proxied, timeoutMs) }
}

function run(
  [file, ...args]: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs = 30_000,
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file!, args, {
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.once('error', (error) => resolve({ code: 127, output, errors: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output, errors }))
  })
}
