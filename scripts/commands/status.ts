/** `steerlab status`: what a running agent is doing. */

import type { CommandModule } from 'yargs'
import type { AgentStatus } from '../../agent/running-agent.js'
import type { TunnelStatus } from '../../agent/tunnel/tunnel.js'
import type { StandingFault } from '../../gateway/faults/fault-board.js'
import { askAgent, homeOf, print } from './common.js'
import { inWords, nameOf } from './fault.js'

interface StatusArguments {
  readonly home?: string | undefined
  readonly json: boolean
}

/** What a running lab says of itself: its agent, and what of its cloud is faulty. */
export interface LabStatus extends AgentStatus {
  readonly faults: readonly StandingFault[]
}

/** The status as a person reads it. */
export function statusText(status: LabStatus): string {
  const { capture, captures, driverLog, flows, proxy } = status
  const rows: (readonly [string, string])[] = [
    ['agent', `steerlab ${status.version}, pid ${status.pid}, since ${status.startedAt}`],
    ['tunnel', tunnelText(status.tunnel)],
    ['endpoint', endpointText(status)],
    ...(status.faults.length === 0 ? [] : [['faults', faultsLine(status.faults)] as const]),
    [
      'capture',
      capture.available
        ? `namespace of process ${capture.holderPid} (${capture.kind}), ${capture.connections} connections`
        : `not available: ${capture.reason}`,
    ],
    ['flows', `${flows.tunneled} tunnelled, ${flows.bypassed} bypassed, ${flows.blocked} blocked`],
    ['policy', configurationText(status.configuration)],
    ['tenant', tenantText(status)],
    ['host map', `${status.mappings} mappings`],
    ['proxy', `${proxy.http}   ${proxy.socks}   PAC ${proxy.pac}   DNS ${proxy.dns}`],
    ['lab', status.lab === null ? 'off: the real network' : `on, its authority is ${status.lab.caFile}`],
    ['log', `${status.log} (${status.profile}), level ${status.logLevel}`],
    ...captures.filter(({ running }) => running).map(({ kind, file }) => [kind, `captured to ${file}`] as const),
    ...(driverLog.running ? [['driver', `logged to ${driverLog.file}`] as const] : []),
  ]
  return rows.map(([name, text]) => `${name.padEnd(9)} ${text}\n`).join('')
}

function tunnelText({
  state,
  doing,
  transport,
  gateway,
  ip,
  port,
  pop,
  sessionId,
  flows,
  draining,
  lastEnd,
  dtlsFailure,
}: TunnelStatus): string {
  if (state !== 'connected')
    return `${state}, ${doing}${lastEnd === '' || lastEnd === doing ? '' : `; the last end: ${lastEnd}`}`
  const parts = [
    `connected over ${transport} to ${gateway} (${ip}:${port}), POP ${pop}, session ${sessionId}, ${flows} flows`,
    ...(draining === 0 ? [] : [draining === 1 ? 'an older session drains' : `${draining} older sessions drain`]),
    ...(dtlsFailure === '' ? [] : [`TLS because DTLS failed (${dtlsFailure})`]),
    ...(doing === '' ? [] : [doing]),
  ]
  return parts.join('; ')
}

const TUNNEL_WORDS = {
  up: '',
  down: '; the tunnel is down, so traffic goes as fail_close says',
  disabled: '; the client is disabled, so traffic goes direct',
  portal: '; a captive portal is in the way, and its window is open',
} as const

function endpointText({ endpoint: { location, why, tunnel } }: AgentStatus): string {
  return `${location} (${why})${TUNNEL_WORDS[tunnel]}`
}

function faultsLine(faults: readonly StandingFault[]): string {
  return faults.map((fault) => `${nameOf(fault)} ${inWords(fault, Date.now())}`).join('; ')
}

function tenantText({ download, cloud: { addon } }: AgentStatus): string {
  const { enrolled, host, version, lastFailure, lastSuccess, nextCheck, statusesWaiting } = download
  const where = `${addon.ip}:${addon.port}`
  if (!enrolled) return `not enrolled, so the files are used as they are; add-on service at ${where}`
  const had =
    version === '' ? 'nothing downloaded yet' : `version ${version}, checked ${lastSuccess || 'by an earlier run'}`
  const failed = lastFailure === '' ? '' : `; last attempt failed: ${lastFailure}`
  const waiting = statusesWaiting === 0 ? '' : `; ${statusesWaiting} statuses wait`
  return `${host} (${where}), ${had}; next check ${nextCheck}${failed}${waiting}`
}

function configurationText({ directory, version, since, refused }: AgentStatus['configuration']): string {
  const inForce = `version ${version} of ${directory}, since ${since}`
  if (refused === null) return inForce
  return [`${inForce}; a change was refused at ${refused.at}:`, ...refused.problems].join('\n          ')
}

export const statusCommand: CommandModule<object, StatusArguments> = {
  command: 'status',
  describe: 'Show what the running agent is doing',
  builder: (yargs) =>
    yargs
      .option('json', { type: 'boolean', default: false, describe: 'Print JSON' })
      .example('$0 status --json | jq .tunnel.state', 'For scripts'),
  handler: async (argv) => {
    const status = (await askAgent(homeOf(argv), 'status')) as LabStatus
    print(argv.json, status, () => statusText(status))
  },
}
