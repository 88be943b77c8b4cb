/** What the demo shows for a program's flow, each piece taken from where it really is: origin, agent, host map, log. */

import { readFile } from 'node:fs/promises'
import type { AgentPops } from '../../agent/agent.js'
import type { HostMapEntry } from '../../agent/dns/host-map.js'
import { SteerError } from '../../agent/errors.js'
import type { FlowRecord } from '../../agent/flow-history.js'
import { askAgent } from '../commands/common.js'
import type { Home } from '../process/home.js'

/** What the lab's origins answer on /whoami. */
export interface Whoami {
  readonly host: string
  /** The address the origin saw. */
  readonly from: string
  readonly sni: string | null
  readonly alpn: string | null
  readonly tlsVersion: string | null
}

/** The evidence about one program's flow to one host. */
export interface Evidence {
  readonly mappings: readonly HostMapEntry[]
  readonly flow: FlowRecord
  readonly logLines: readonly string[]
}

/** A piece of evidence that is missing ends the demo: it shows what happened or nothing. */
export function must<T>(found: T | undefined | null | false, what: string): T {
  if (found === undefined || found === null || found === false)
    throw new SteerError('demo-failed', `the demo found no ${what}`)
  return found
}

/** Collects what is known about the last flow to `host` of a program with one of these names; the log counts from byte `since` on. */
export async function collect(
  home: Home,
  since: number,
  host: string,
  ...programs: readonly string[]
): Promise<Evidence> {
  const flows = (await askAgent(home, 'flows')) as FlowRecord[]
  const flow = must(
    flows.findLast(({ facts }) => facts.host === host && programs.includes(facts.process)),
    `flow of ${programs.join(' or ')} to ${host}`,
  )
  const mappings = ((await askAgent(home, 'map')) as HostMapEntry[]).filter((entry) => entry.host === host)
  const { process: program, destination } = flow.facts
  const { ip, port } = destination
  const text = (await readFile(home.log)).subarray(since).toString()
  const logLines = text
    .split(/\r?\n/)
    .filter((line) => line.includes(`process: ${program}`) && line.includes(host))
    .filter((line) => !line.includes('Tunneling') || line.includes(`${flow.facts.source.port}, `))
  must(logLines.length === 1, `single log line of ${program} to ${host} (${ip}:${port})`)
  return { mappings, flow, logLines }
}

/** The evidence of POP selection. */
export interface PopEvidence {
  readonly pops: AgentPops
  /** From the request to the tunnel that is up. */
  readonly logLines: readonly string[]
}

/** What the log says between asking for POPs and the tunnel. */
const POP_LINES = / gslb \[NSClient\]| nsTunnel | nsssl | restapi | dnsResolver /

/** Collects what is known about the POP in use; the log counts from byte `since` on. */
export async function collectPops(home: Home, since: number): Promise<PopEvidence> {
  const pops = (await askAgent(home, 'pop')) as AgentPops
  must(pops.selection, 'POP selection')
  const text = (await readFile(home.log)).subarray(since).toString()
  const logLines = text.split(/\r?\n/).filter((line) => POP_LINES.test(line))
  must(logLines.length > 0, 'log line of POP selection')
  return { pops, logLines }
}
