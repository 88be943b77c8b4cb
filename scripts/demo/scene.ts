/** What every chapter of the demo plays in: the home, the running agent, the ways for programs, and what counts as now. */

import { statSync } from 'node:fs'
import type { AgentStatus } from '../../agent/running-agent.js'
import { searchPath } from '../process/find-command.js'
import type { Home } from '../process/home.js'
import type { Stack } from '../process/stack.js'
import { prepareTrust, type TrustMode } from '../process/trust/prepare-trust.js'
import { chooseWay, type Way } from './way.js'

/** When the demo began. What an earlier one of the same home has left is no evidence. */
export interface Beginning {
  /** Length of the log then, bytes. */
  readonly logBytes: number
  /** ISO 8601, as transactions have it. */
  readonly time: string
}

/** The scene of the demo. */
export interface Scene {
  readonly home: Home
  readonly began: Beginning
  /** Where programs are looked for. */
  readonly path: string
  status(): AgentStatus
  /** The way of programs that are told of the tenant's authority so. */
  way(trust: TrustMode): Promise<Way>
}

/** Takes down where things stand before anything is started. */
export function beginningIn({ log }: Home): Beginning {
  return { logBytes: statSync(log, { throwIfNoEntry: false })?.size ?? 0, time: new Date().toISOString() }
}

/** The scene around a stack with the lab. */
export function sceneOf(home: Home, began: Beginning, stack: Stack): Scene {
  const path = searchPath(process.env)
  return {
    home,
    began,
    path,
    status: () => stack.status(),
    way: async (trust) => {
      const env = { ...process.env, PATH: path }
      const status = stack.status()
      return chooseWay(status, await prepareTrust(trust, { home, labCaFile: status.lab?.caFile, env }))
    },
  }
}
