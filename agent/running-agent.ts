// Pure: a running agent from outside: what can be asked of it, and what it answers.

import type { CaptureStatus } from './capture/capture-keeper.js'
import type { CaptureControl, CaptureReport } from './capture-file/capture-request.js'
import type { ConnectionStatus } from './client-connection.js'
import type { DownloadStatus, UpdateOutcome } from './config/download/outcome.js'
import type { ConfigurationStatus } from './config/live-configuration.js'
import type { BlockedEvent } from './diag/blocked-events.js'
import type { ClientDetails } from './diag/client-details.js'
import type { DriverLogReport } from './diag/driver-log.js'
import type { SpeedTestResult } from './diag/speed-test.js'
import type { HostMapEntry } from './dns/host-map.js'
import type { FlowRecord, VerdictCount } from './flow-history.js'
import type { Level } from './log/record.js'
import type { CloudDescription } from './outbound/cloud-route.js'
import type { LabDescription } from './outbound/lab-route.js'
import type { PopStatus } from './pop/pop-record.js'
import type { SpeedTestRequest } from './tunnel/hello.js'
import type { TunnelStatus } from './tunnel/tunnel.js'

/** The agent as `steerlab status --json` prints it. */
export interface AgentStatus extends ConnectionStatus {
  readonly version: string
  readonly pid: number
  /** ISO 8601. */
  readonly startedAt: string
  readonly log: string
  /** Least severe level that is written now. */
  readonly logLevel: Level
  readonly profile: string
  readonly configuration: ConfigurationStatus
  readonly download: DownloadStatus
  /** Where the mock cloud listens. */
  readonly cloud: CloudDescription
  readonly capture: CaptureStatus
  /** The packet captures that run, and of the others the last one. */
  readonly captures: readonly CaptureReport[]
  /** The driver log that runs, or the last one. */
  readonly driverLog: DriverLogReport
  readonly proxy: { readonly http: string; readonly socks: string; readonly pac: string; readonly dns: string }
  readonly flows: VerdictCount
  readonly mappings: number
  readonly lab: LabDescription | null
}

/** POP selection as `steerlab pop --json` prints it. */
export interface AgentPops extends PopStatus {
  readonly tunnel: TunnelStatus
}

/** How much is logged: least severe level that is written, and the size at which a file is full, MiB. */
export interface LogSettings {
  readonly level: Level
  readonly megabytes: number
}

/** A running agent. */
export interface Agent {
  status(): AgentStatus
  /** What the host map holds. */
  mappings(): readonly HostMapEntry[]
  /** The last flows, oldest first. */
  flows(): readonly FlowRecord[]
  /** Which POPs there are, which was chosen and why, and the switches so far. */
  pops(): AgentPops
  /** Looks for a better POP now, and settles when that has come to an end. */
  reselect(): Promise<void>
  /** Whether the tunnel is up, waiting so many ms for it. */
  connected(withinMs: number): Promise<boolean>
  /** As the user would in the tray. */
  enable(): void
  /**
   * Throws a user's mistake `not-allowed` where the configuration forbids it, and where it has a master password SteerError
   * `password-needed` or `wrong-password`.
   */
  disable(password?: string): Promise<void>
  /** What nsdiag shows of the client. */
  details(): ClientDetails
  /** How much is logged from now on; what is left out stays. The level holds until nsconfig.json's own changes. */
  setLog(change: { readonly level?: Level | undefined; readonly megabytes?: number | undefined }): LogSettings
  /** The certificate-pinned apps that were refused among the last flows. */
  blocked(): readonly BlockedEvent[]
  /** Begins a driver log of this name in the log directory, or ends the one that runs. Throws as DriverLog does. */
  readonly driverLog: {
    start(file?: string): DriverLogReport
    stop(): Promise<DriverLogReport>
  }
  /** Packet captures. */
  readonly captures: CaptureControl
  /** Carries so many bytes through the tunnel. Throws SteerError `speed-test-failed`. */
  speedTest(request: SpeedTestRequest): Promise<SpeedTestResult>
  /** Downloads now what the tenant has new; null when this client is not enrolled. */
  update(): Promise<UpdateOutcome | null>
  /** Settles when `status().capture` holds for a while: at once, but while a lost namespace is being made anew. */
  captureSettled(): Promise<void>
  close(): Promise<void>
}
