/** What nsdiag asks of a running agent, from the agent's parts. */

import { join } from 'node:path'
import type { ConnectionStatus } from '../client-connection.js'
import type { LiveConfiguration } from '../config/live-configuration.js'
import type { FlowHistory } from '../flow-history.js'
import type { LogWriter } from '../log/writer.js'
import type { Agent } from '../running-agent.js'
import { blockedEvents } from './blocked-events.js'
import { clientDetails } from './client-details.js'
import { DRIVER_LOG_FILE, type DriverLog } from './driver-log.js'
import { type SessionInUse, speedTest } from './speed-test.js'

/** The parts of an agent that are asked. */
export interface DiagnosedParts {
  readonly version: string
  /** The log directory. */
  readonly logs: string
  readonly explicitProxy: boolean
  readonly live: Pick<LiveConfiguration, 'current' | 'status'>
  readonly connection: { readonly status: ConnectionStatus }
  readonly session: SessionInUse
  readonly log: Pick<LogWriter, 'level' | 'maxBytes'>
  readonly history: Pick<FlowHistory, 'recent'>
  readonly driverLog: DriverLog
}

const MEGABYTE = 1024 * 1024

/** The agent's answers. */
export function diagnostics(
  parts: DiagnosedParts,
): Pick<Agent, 'details' | 'setLog' | 'blocked' | 'driverLog' | 'speedTest'> {
  const { version, logs, explicitProxy, live, connection, session, log, history, driverLog } = parts
  return {
    details: () =>
      clientDetails({
        inForce: live.current,
        connection: connection.status,
        configUpdated: live.status.since,
        explicitProxy,
        version,
      }),
    setLog: ({ level = log.level, megabytes }) => {
      log.level = level
      if (megabytes !== undefined) log.maxBytes = megabytes * MEGABYTE
      return { level, megabytes: log.maxBytes / MEGABYTE }
    },
    blocked: () => blockedEvents(history.recent),
    driverLog: {
      start: (file = DRIVER_LOG_FILE) => driverLog.start(join(logs, file)),
      stop: () => driverLog.stop(),
    },
    speedTest: (request) => speedTest(session, request),
  }
}
