// Pure: the words of the demo: what the founding document says happens, and beside each step what was seen.

import type { AgentStatus } from '../../agent/agent.js'
import type { Evidence, PopEvidence, Whoami } from './evidence.js'

/** One step of a story. */
export interface Step {
  readonly title: string
  readonly evidence: readonly string[]
}

/** A story to print. */
export interface Story {
  readonly steps: readonly Step[]
}

/** How the POP was found, measured and chosen. */
export function tellPopSelection({ pops: { selection, switches, tunnel }, logLines }: PopEvidence): Story {
  const { method, egressIp = '', country = '', pops = [], why = '' } = selection ?? {}
  const arrived = `${tunnel.transport} to ${tunnel.gateway} (${tunnel.ip}:${tunnel.port}), POP ${tunnel.pop}`
  if (method !== 'gslb')
    return {
      steps: [
        { title: "1. The tenant's gateway is looked up by its name", evidence: [why] },
        { title: '2. It has an address', evidence: [`${tunnel.ip}, found by ${switches.at(-1)?.method}`] },
        { title: '3. The tunnel goes there', evidence: [arrived] },
        { title: 'The log lines', evidence: logLines },
      ],
    }
  const measured = pops.map(({ name, rttMs }) => `${name} ${rttMs === null ? 'no answer' : `${rttMs} ms`}`)
  return {
    steps: [
      {
        title: '1. The GSLB service names the POPs near this client',
        evidence: [`${pops.length} POPs, nearest first, for ${egressIp} in ${country}`],
      },
      { title: '2. Their round trips are measured', evidence: [measured.join(', ')] },
      { title: '3. One is chosen', evidence: [why] },
      {
        title: '4. The tunnel goes there',
        evidence: [arrived],
      },
      { title: 'The log lines', evidence: logLines },
    ],
  }
}

/** The eight steps of the basic traffic flow. */
export function tellBasicFlow(
  { mappings, flow, logLines }: Evidence,
  whoami: Whoami,
  { tunnel, capture }: AgentStatus,
  way: 'captured' | 'proxied',
): Story {
  const { facts, verdict, sessionId } = flow
  const { source, destination, host, process } = facts
  const dialled = `${destination.ip} port ${destination.port}`
  const queries = [...new Set(mappings.map(({ query }) => query.type))].join(' and ')
  const asker = mappings.find(({ query }) => query.client !== undefined)?.query.client
  const steps: Step[] = [
    {
      title: `1. The program asks DNS for ${host}`,
      evidence: [
        way === 'captured'
          ? `${process} asked for ${queries}, from ${asker ?? 'inside the namespace'}`
          : `${process} gave the name to the proxy; the agent asked for ${queries} itself`,
      ],
    },
    {
      title: '2. It gets the answer, and the agent learns domain to IP',
      evidence: mappings.map(({ ip, ttlLeft }) => `${host} = ${ip} (TTL left ${ttlLeft} s)`),
    },
    { title: '3. The program sends a TCP SYN', evidence: [`from ${source.ip} port ${source.port} to ${dialled}`] },
    {
      title: '4. The agent captures the SYN and decides',
      evidence: [
        way === 'captured' && capture.available
          ? `original destination ${dialled}, seen in the namespace of process ${capture.holderPid}`
          : `destination ${dialled}, known from the proxy request`,
        `verdict: ${verdict.action}${verdict.action === 'tunnel' ? ` to ${verdict.via}` : ''}, by ${verdict.rule.file} ${verdict.rule.path}`,
        verdict.reason,
      ],
    },
    {
      title: `5. The flow goes through the ${tunnel.transport} tunnel to the gateway`,
      evidence: [`session ${sessionId} to ${tunnel.gateway} (${tunnel.ip}:${tunnel.port}), POP ${tunnel.pop}`],
    },
    {
      title: '6. The gateway gets the SYN+ACK of the origin',
      evidence: [`the origin saw ${whoami.from}: the gateway's egress address (it told the agent: ${tunnel.egressIp})`],
    },
    {
      title: '7. The agent receives the packets through the tunnel',
      evidence: [`the answer for ${whoami.host}, ${whoami.tlsVersion} with ${whoami.alpn}, unread on its way`],
    },
    { title: '8. The program shows the outcome', evidence: [JSON.stringify(whoami)] },
    { title: 'The log line', evidence: logLines },
  ]
  return { steps }
}

/** A flow in four lines: what it was, the verdict and its rule, the outcome, the log line. */
export function tellBypass({ flow, logLines }: Evidence, outcome: string): Story {
  const { facts, verdict } = flow
  const { destination, host, process } = facts
  return {
    steps: [
      { title: 'The flow', evidence: [`${process} to ${host} (${destination.ip} port ${destination.port})`] },
      {
        title: 'The verdict',
        evidence: [
          `${verdict.action}${verdict.action === 'tunnel' ? '' : ` (${verdict.kind})`}, by ${verdict.rule.file} ${verdict.rule.path}`,
          verdict.reason,
        ],
      },
      { title: 'The outcome', evidence: [outcome] },
      { title: 'The log line', evidence: logLines },
    ],
  }
}
