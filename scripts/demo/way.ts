/** How the demo's programs reach the lab: captured where namespaces are allowed, else through the explicit proxy. */

import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import type { AgentStatus } from '../../agent/running-agent.js'
import type { PreparedTrust } from '../process/trust/prepare-trust.js'
import { openPrivateMounts } from '../process/trust/private-mounts.js'

/** Longest a program of the demo may take, ms. */
const TIME_LIMIT_MS = 30_000

/** How a program ended and what it said. */
export interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** A way for programs to reach the lab. */
export interface Way {
  /** The explicit proxies, as URLs; undefined for programs that are captured. Of the HTTP one the environment tells too. */
  readonly proxy: { readonly http: string; readonly socks: string } | undefined
  /** Runs a program to its end, at most half a minute, with these variables too. */
  run(command: readonly string[], variables?: Readonly<Record<string, string>>): Promise<Ended>
}

/** The best way this agent offers, for programs that trust so. */
export function chooseWay({ capture, proxy }: AgentStatus, { env, mounts }: PreparedTrust): Way {
  if (capture.available)
    return {
      proxy: undefined,
      run: async (command, variables) => {
        const place = await openPrivateMounts({ ...capture, mounts, env })
        try {
          return await run(place.join(homedir(), command), { ...env, ...variables })
        } finally {
          place.close()
        }
      },
    }
  const proxied = { ...env, https_proxy: proxy.http, http_proxy: proxy.http, no_proxy: '', NO_PROXY: '' }
  return { proxy, run: (command, variables) => run(command, { ...proxied, ...variables }) }
}

function run([file, ...args]: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(file!, args, {
      env: env as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT_MS,
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
