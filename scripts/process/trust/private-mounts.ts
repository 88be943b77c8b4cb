/**
 * A mount namespace for one run: a copy of the captured namespace's in which files of ours stand over the machine's. Only
 * the program sees it. A small shell keeps it until we are done or dead, for a shell on the program's own way to its start
 * would cost it the variables whose names are no shell's (`npm_config_//host/:_authToken`).
 */

import { spawn } from 'node:child_process'
import type { PrivateFile } from '../../../agent/capture/namespace-messages.js'
import { inDirectory, joinCommand, type NamespaceKind } from '../../../agent/capture/namespace-plan.js'
import { SteerError } from '../../../agent/errors.js'
import { searchPath } from '../find-command.js'

/** A file or directory of ours in place of one of the machine's; read-only, because other runs share it, if not `writable`. */
export interface PrivateMount extends PrivateFile {
  readonly writable?: boolean
}

/** Which captured namespace, what stands over what (in this order), and an environment with a PATH. */
export interface PrivateMountsOptions {
  readonly kind: NamespaceKind
  readonly holderPid: number
  readonly mounts: readonly PrivateMount[]
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The namespace of one run. */
export interface PrivateMounts {
  /** Command line that runs `command` in it; uid, environment and streams stay. */
  join(cwd: string, command: readonly string[]): readonly string[]
  /** Lets go of it: it lasts as long as a program is in it. */
  close(): void
}

/**
 * Binds by threes of its arguments, how, source and target, then waits for its input to end. Read-only where the system
 * lets us: an old mount(8) would drop the nosuid of a file system, which an ordinary user may not.
 */
const SCRIPT = `set -e
while [ "$#" -gt 0 ]; do
  mount --bind -- "$2" "$3"
  [ "$1" = rw ] || mount -o remount,bind,ro -- "$3" 2>/dev/null || :
  shift 3
done
echo ready
read -r _ || :`

/** Longest the mounts may take, ms; measured 25 for five. */
const SETUP_MS = 10_000

/** Makes the namespace. Throws SteerError `trust-unavailable` where the system does not allow it. */
export async function openPrivateMounts({
  kind,
  holderPid,
  mounts,
  env,
}: PrivateMountsOptions): Promise<PrivateMounts> {
  if (mounts.length === 0)
    return { join: (cwd, command) => joinCommand(kind, holderPid, cwd, command), close: () => {} }
  const user = kind === 'user' ? ['--user', '--map-current-user', '--keep-caps'] : []
  const binds = mounts.flatMap(({ path, source, writable }) => [writable === true ? 'rw' : 'ro', source, path])
  const make = ['unshare', ...user, '--mount', '--propagation', 'slave', '--', 'sh', '-c', SCRIPT, 'sh', ...binds]
  const [file, ...args] = joinCommand(kind, holderPid, '/', make)
  const keeper = spawn(file!, args, {
    env: { ...env, PATH: searchPath(env) },
    stdio: ['pipe', 'pipe', 'pipe'],
    // Its own session: Ctrl-C in the terminal is the program's.
    detached: true,
  })
  keeper.stdin.on('error', () => {})
  let said = ''
  keeper.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 1000) said += chunk.toString()
  })
  await new Promise<void>((resolve, reject) => {
    const fail = (reason: string): void => {
      clearTimeout(timer)
      keeper.kill('SIGKILL')
      reject(new SteerError('trust-unavailable', `trust cannot be given to the program alone: ${reason}`))
    }
    const timer = setTimeout(() => fail('the mounts took too long'), SETUP_MS)
    keeper.once('error', (error) => fail(error.message))
    keeper.once('close', (code, signal) =>
      fail(said.trim().split('\n')[0] || `the mounts ended with ${signal ?? code}`),
    )
    keeper.stdout.once('data', () => {
      clearTimeout(timer)
      resolve()
    })
  })
  const keeperPid = keeper.pid!
  return {
    // Privileges over the inner user namespace are its parent's: an ordinary user goes through both.
    join: (cwd, command) =>
      kind === 'privileged'
        ? joinCommand(kind, keeperPid, cwd, command)
        : joinCommand(kind, holderPid, '/', [
            ...['nsenter', '--target', String(keeperPid), '--user', '--preserve-credentials', '--mount', '--'],
            ...inDirectory(cwd, command),
          ]),
    close: () => keeper.kill('SIGKILL'),
  }
}
