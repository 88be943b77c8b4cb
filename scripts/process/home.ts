// Pure: where a home keeps its things. `--home DIR`, else $STEERLAB_HOME, else $XDG_STATE_HOME/steerlab, else
// ~/.local/state/steerlab; never a directory of the real client.

import { join, resolve } from 'node:path'

/** Paths of one home directory. */
export interface Home {
  readonly root: string
  /** The client's files, as the real client keeps them. */
  readonly stagent: string
  readonly logs: string
  readonly log: string
  readonly gatewayLog: string
  /** What the gateway saw of each request. */
  readonly transactionLog: string
  /** Where inspect.json, policy.json and categories.json are looked for. */
  readonly inspection: string
  /** The tenant's side: its files as the administrator edits them, and the versions of them. */
  readonly tenant: string
  readonly run: string
  readonly controlSocket: string
  readonly labCa: string
}

/** The home's directory for a flag and an environment. */
export function homeDirectory(flag: string | undefined, env: Readonly<Record<string, string | undefined>>): string {
  const state = env['XDG_STATE_HOME'] || join(env['HOME'] || '/', '.local', 'state')
  return resolve(flag || env['STEERLAB_HOME'] || join(state, 'steerlab'))
}

/** The paths below a home's directory. */
export function homePaths(root: string): Home {
  const stagent = join(root, 'stagent')
  const logs = join(stagent, 'logs')
  const run = join(root, 'run')
  return {
    root,
    stagent,
    logs,
    log: join(logs, 'nsdebuglog.log'),
    gatewayLog: join(root, 'gateway', 'gateway.log'),
    transactionLog: join(root, 'gateway', 'transactions.log'),
    inspection: join(root, 'gateway'),
    tenant: join(root, 'gateway', 'tenant'),
    run,
    controlSocket: join(run, 'agent.sock'),
    labCa: join(root, 'lab', 'labca.pem'),
  }
}
