/**
 * Runs one program inside the captured namespace, as if it had been called directly: its streams, directory, user and
 * environment are the caller's; signals sent to us reach it; its exit code, or the signal it died of, becomes ours.
 */

import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { SteerError } from '../../agent/errors.js'
import type { Lease } from './on-demand.js'
import { openPrivateMounts, type PrivateMount } from './trust/private-mounts.js'

/** Signals a caller may send us for the program. */
const PASSED_ON = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const

/** The terminal sends these to the program itself, which is in our process group: passing them on would double them. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGWINCH'])

/** What to run. */
export interface Program {
  readonly command: readonly string[]
  /** The environment, whole. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What it alone sees in place of the machine's files. */
  readonly mounts: readonly PrivateMount[]
  readonly cwd: string
  /** Whether our standard input is a terminal. */
  readonly terminal: boolean
}

/**
 * Runs the program and gives the exit code (128 + n for signal n, as a shell does). Throws SteerError `capture-unavailable`,
 * `trust-unavailable`.
 */
export async function runCaptured(program: Program, lease: Lease): Promise<number> {
  const { capture } = lease.status
  if (!capture.available)
    throw new SteerError(
      'capture-unavailable',
      `programs cannot be captured on this machine (${capture.reason}); use the proxy of \`steerlab up\` instead`,
    )
  const place = await openPrivateMounts({ ...capture, mounts: program.mounts, env: program.env })
  try {
    return await runJoined(place.join(program.cwd, program.command), program)
  } finally {
    place.close()
  }
}

function runJoined([file, ...args]: readonly string[], { env, terminal }: Program): Promise<number> {
  const child = spawn(file!, args, { stdio: 'inherit', env: env as NodeJS.ProcessEnv })
  for (const signal of PASSED_ON)
    process.on(signal, () => {
      if (!(terminal && FROM_TERMINAL.has(signal))) child.kill(signal)
    })
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new SteerError('capture-unavailable', `${file} cannot be run: ${cause.message}`, { cause })),
    )
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])))
  })
}
