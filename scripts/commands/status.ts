/** `steerlab status`: what a running agent is doing. */

import type { CommandModule } from 'yargs'
import type { AgentStatus } from '../../agent/agent.js'
import { askAgent, homeOf, print } from './common.js'

interface StatusArguments {
  readonly home?: string | undefined
  readonly json: boolean
}

/** The status as a person reads it. */
export function statusText(status: AgentStatus): string {
  const { tunnel, capture, flows, proxy } = status
  const connected = tunnel.state === 'connected'
  const rows: (readonly [string, string])[] = [
    ['agent', `steerlab ${status.version}, pid ${status.pid}, since ${status.startedAt}`],
    [
      'tunnel',
      `${tunnel.state} ${connected ? 'to' : 'with'} ${tunnel.gateway} (${tunnel.ip}:${tunnel.port})` +
        `${connected ? `, POP ${tunnel.pop}, session ${tunnel.sessionId}, ${tunnel.flows} flows` : ''}` +
        `${connected || tunnel.lastEnd === '' ? '' : `: ${tunnel.lastEnd}`}`,
    ],
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
    ['log', `${status.log} (${status.profile})`],
  ]
  return rows.map(([name, text]) => `${name.padEnd(9)} ${text}\n`).join('')
}

function tenantText({ download, addon }: AgentStatus): string {
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
    const status = (await askAgent(homeOf(argv), 'status')) as AgentStatus
    print(argv.json, status, () => statusText(status))
  },
}
