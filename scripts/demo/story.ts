// Pure: the words of the demo: what the founding document says happens, and beside each step what was seen.

import type { FlowRecord } from '../../agent/flow-history.js'
import type { AgentStatus } from '../../agent/running-agent.js'
import type { Transaction } from '../../gateway/inspect/transaction.js'
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

/** The eight steps of the basic traffic flow; `signed` says whose certificate the program saw. */
export function tellBasicFlow(
  { mappings, flow, logLine }: Evidence,
  seen: { readonly whoami: Whoami; readonly signed: string; readonly transaction: Transaction },
  { tunnel, capture }: AgentStatus,
): Story {
  const { whoami, signed, transaction } = seen
  const { facts, verdict, sessionId } = flow
  const { source, destination, host, process } = facts
  const dialled = `${destination.ip} port ${destination.port}`
  const queries = [...new Set(mappings.map(({ query }) => query.type))].join(' and ')
  const asker = mappings.find(({ query }) => query.client !== undefined)?.query.client
  const steps: Step[] = [
    {
      title: `1. The program asks DNS for ${host}`,
      evidence: [
        capture.available
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
        capture.available
          ? `original destination ${dialled}, seen in the namespace of process ${capture.holderPid}`
          : `destination ${dialled}, known from the proxy request`,
        `verdict: ${verdictWords(flow)}`,
        verdict.reason,
      ],
    },
    {
      title: `5. The flow goes through the ${tunnel.transport} tunnel to the gateway`,
      evidence: [`session ${sessionId} to ${tunnel.gateway} (${tunnel.ip}:${tunnel.port}), POP ${tunnel.pop}`],
    },
    {
      title: '6. The gateway gets the SYN+ACK of the origin',
      evidence: [
        `the origin saw ${whoami.from}: the gateway's egress address (it told the agent: ${tunnel.egressIp})`,
        `between gateway and origin: ${whoami.tlsVersion} with ${whoami.alpn}, server name ${whoami.sni}`,
      ],
    },
    {
      title: '7. The agent receives the packets through the tunnel',
      evidence: ['the gateway has read them:', ...transactionWords(transaction)],
    },
    { title: '8. The program shows the outcome', evidence: [JSON.stringify(whoami), signed] },
    { title: 'The log line', evidence: [logLine] },
  ]
  return { steps }
}

/** What the gateway wrote down of a request, or of a handshake that came to nothing. */
export function transactionWords(transaction: Transaction): readonly string[] {
  const { method, url, status, action, rule, decrypted, protocol, tlsVersion, clientAlert, host, why } = transaction
  const what = decrypted
    ? `${method} ${url}: status ${status}, decrypted (${protocol} over ${tlsVersion})`
    : `${host}: not decrypted${clientAlert === undefined ? '' : `, alert of the client: ${clientAlert}`}`
  return [what, `${action}${rule === '' ? '' : ` by rule "${rule}"`}: ${why}`]
}

/** A flow in a few lines: what it was, the verdict and its rule, what the gateway saw of it, the outcome, the log line. */
export function tellFlow(
  { flow, logLine }: Evidence,
  outcome: readonly string[],
  transaction?: Transaction | undefined,
): Story {
  const { facts, verdict } = flow
  const { destination, host, process } = facts
  return {
    steps: [
      { title: 'The flow', evidence: [`${process} to ${host} (${destination.ip} port ${destination.port})`] },
      { title: 'The verdict', evidence: [verdictWords(flow), verdict.reason] },
      ...(transaction === undefined
        ? []
        : [{ title: "The gateway's transaction", evidence: transactionWords(transaction) }]),
      { title: 'The outcome', evidence: outcome },
      { title: 'The log line', evidence: [logLine] },
    ],
  }
}

/** A verdict and the rule that made it. */
export function verdictWords({ verdict }: FlowRecord): string {
  const { action, rule } = verdict
  return `${action}${action === 'tunnel' ? ` to ${verdict.via}` : ` (${verdict.kind})`}, by ${rule.file} ${rule.path}`
}
