/**
 * What the demo shows for a program's flow, each piece taken from where it really is: origin, agent, host map, log, the
 * gateway's transaction log, and what the program itself said.
 */

import { readFile } from 'node:fs/promises'
import type { HostMapEntry } from '../../agent/dns/host-map.js'
import { SteerError } from '../../agent/errors.js'
import type { FlowRecord } from '../../agent/flow-history.js'
import type { AgentPops } from '../../agent/running-agent.js'
import { authority } from '../../agent/steering/address.js'
import type { Transaction } from '../../gateway/inspect/transaction.js'
import { askAgent } from '../commands/common.js'
import { readTenantCertificate } from '../process/trust/tenant-files.js'
import { readTransactions } from '../transactions/read-transactions.js'
import type { Scene } from './scene.js'

/** What the lab's origins answer on /whoami. */
export interface Whoami {
  readonly host: string
  /** The address the origin saw. */
  readonly from: string
  readonly sni: string | null
  readonly alpn: string | null
  readonly tlsVersion: string | null
}

/** The evidence about one flow. */
export interface Evidence {
  readonly mappings: readonly HostMapEntry[]
  readonly flow: FlowRecord
  readonly logLine: string
}

/** A transaction is written when its request is over, a moment after the client has its answer, ms. */
const WRITTEN_MS = 3000

/** A piece of evidence that is missing ends the demo: it shows what happened or nothing. */
export function must<T>(found: T | undefined | null | false | '', what: string): T {
  if (found === undefined || found === null || found === false || found === '')
    throw new SteerError('demo-failed', `the demo found no ${what}`)
  return found
}

/** The last flow to `host` of a program with one of these names. */
export async function lastFlow({ home }: Scene, host: string, ...programs: readonly string[]): Promise<FlowRecord> {
  const flows = (await askAgent(home, 'flows')) as FlowRecord[]
  return must(
    flows.findLast(({ facts }) => facts.host === host && programs.includes(facts.process)),
    `flow of ${programs.join(' or ')} to ${host}`,
  )
}

/** What is known about a flow. `marks`: what its log line has, where that is not the line of its verdict. */
export async function collect(scene: Scene, flow: FlowRecord, marks = marksOf(flow)): Promise<Evidence> {
  const { host, process } = flow.facts
  const mappings = ((await askAgent(scene.home, 'map')) as HostMapEntry[]).filter((entry) => entry.host === host)
  const logLine = (await logLines(scene)).findLast((line) => marks.every((mark) => line.includes(mark)))
  return { mappings, flow, logLine: must(logLine, `log line of ${process} to ${host}`) }
}

/** Only the line of a tunnelled flow says which of several it is. */
function marksOf({ facts: { process, host, source }, verdict }: FlowRecord): readonly string[] {
  const both = [`process: ${process}`, host]
  return verdict.action === 'tunnel' ? [...both, 'Tunneling flow', `:${source.port}, `] : [...both, 'ypassing']
}

/** The first transaction of this demo that is as asked for; `what` says what is missing where there is none. */
export async function transactionThat(
  { home, began }: Scene,
  what: string,
  passes: (transaction: Transaction) => boolean,
): Promise<Transaction> {
  const asked = {
    passes: (transaction: Transaction) => transaction.time >= began.time && passes(transaction),
    last: 1000,
    follow: AbortSignal.timeout(WRITTEN_MS),
  }
  for await (const [first] of readTransactions(home.transactionLog, asked)) if (first) return first.transaction
  return must<Transaction>(undefined, `transaction of ${what} in ${home.transactionLog}`)
}

/** The transaction of the only request on a flow, or of its handshake. */
export function transactionOf(scene: Scene, { facts }: FlowRecord): Promise<Transaction> {
  const source = authority(facts.source)
  return transactionThat(scene, `${facts.process} to ${facts.host}`, (transaction) => transaction.source === source)
}

/** The flow that a transaction was on. */
export async function flowOf({ home }: Scene, { source, process, host }: Transaction): Promise<FlowRecord> {
  const flows = (await askAgent(home, 'flows')) as FlowRecord[]
  return must(
    flows.findLast(({ facts }) => authority(facts.source) === source),
    `flow of ${process} to ${host} from ${source}`,
  )
}

/** Says whose signature a program saw; `issuer` is a whole name, or the common name alone. */
export function whoSigned({ home }: Scene, issuer: string, expected: 'tenant' | 'origin'): string {
  const { subject } = readTenantCertificate(home, 'intermediate').certificate
  const tenant = must(/^CN=(.+)$/m.exec(subject)?.[1], "name of the tenant's authority")
  const name = must(/(?:^|\bCN\s*=\s*)([^=,;]+)(?:[,;]|$)/.exec(issuer)?.[1], 'issuer of the certificate')
  const isTenant = name === tenant
  must(isTenant === (expected === 'tenant'), `certificate of the ${expected}'s; it is issued by ${issuer}`)
  return `certificate issued by ${issuer}: ${isTenant ? "the tenant's authority" : "the origin's own"}`
}

/** The evidence of POP selection. */
export interface PopEvidence {
  readonly pops: AgentPops
  /** From the request to the tunnel that is up. */
  readonly logLines: readonly string[]
}

/** What the log says between asking for POPs and the tunnel. */
const POP_LINES = / gslb \[NSClient\]| nsTunnel | nsssl | restapi | dnsResolver /

/** Collects what is known about the POP in use. */
export async function collectPops(scene: Scene): Promise<PopEvidence> {
  const pops = (await askAgent(scene.home, 'pop')) as AgentPops
  must(pops.selection, 'POP selection')
  const lines = (await logLines(scene)).filter((line) => POP_LINES.test(line))
  must(lines.length > 0, 'log line of POP selection')
  return { pops, logLines: lines }
}

/** The log's lines of this demo. */
async function logLines({ home, began }: Scene): Promise<readonly string[]> {
  return (await readFile(home.log)).subarray(began.logBytes).toString().split(/\r?\n/)
}
