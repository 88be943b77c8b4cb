// Pure: what is known of one run of the program that is checked: how it ended, whom it contacted by the agent's account,
// and what the gateway saw of that by its transaction log. Both accounts are told apart by time: runs follow one another.

import type { FlowRecord } from '../../agent/flow-history.js'
import { authority } from '../../agent/steering/address.js'
import type { FlowFacts } from '../../agent/steering/flow.js'
import type { NotDecrypted, Transaction } from '../../gateway/inspect/transaction.js'

/** The runs, in their order. */
export const RUN_NAMES = ['plain', 'none', 'env', 'store', 'bypassed'] as const

/**
 * `plain`: the client is disabled. `none`, `env`, `store`: steered and inspected, with the tenant's root unknown, told by
 * environment variables, in the system's store. `bypassed`: its processes are listed as certificate-pinned.
 */
export type RunName = (typeof RUN_NAMES)[number]

/** How a program ended. */
export interface ProgramEnd {
  /** Exit code; 128 + n for signal n. */
  readonly exit: number
  /** Whether it was stopped because its time was up. */
  readonly timedOut: boolean
  readonly durationMs: number
  /** The end of what it printed on standard output and error. */
  readonly output: string
}

/** A host that was contacted; `rule` decided, such as `nsexception.json $.names[0]`. */
export interface SeenHost {
  /** Its name, or its address where no name is known. */
  readonly host: string
  readonly verdict: 'tunnel' | 'bypass' | 'block'
  readonly rule: string
}

/** A certificate of the gateway that the program turned down. */
export interface Refusal {
  readonly host: string
  /** The alert it sent, or how it left; see gateway/inspect/client-refusal.ts. */
  readonly alert: string
  readonly count: number
}

/** Something that the gateway did to a host's flows or requests; `why` is a sentence. */
export interface GatewayAct {
  readonly host: string
  readonly why: string
}

/** A flow that was passed on as it was. */
export interface PassedFlow extends GatewayAct {
  readonly reason: NotDecrypted
}

/** One run. */
export interface RunEvidence extends ProgramEnd {
  readonly name: RunName
  readonly hosts: readonly SeenHost[]
  /** The programs that had flows; `unknown` is not among them. */
  readonly processes: readonly string[]
  /** Requests that the gateway saw inside TLS, and their hosts: there its certificate was accepted. */
  readonly requests: number
  readonly accepted: readonly string[]
  /** Requests over plain HTTP. */
  readonly plainRequests: number
  readonly refusals: readonly Refusal[]
  readonly passed: readonly PassedFlow[]
  /** What the gateway itself refused: by policy, for the origin's sake, or as no HTTP. */
  readonly denied: readonly GatewayAct[]
}

/** A run with the accounts of its time. */
export interface RunAccounts {
  readonly name: RunName
  readonly end: ProgramEnd
  readonly flows: readonly FlowRecord[]
  readonly transactions: readonly Transaction[]
}

/** The part of both accounts that belongs to a run that began at `since` (ms since 1970) and is the last one so far. */
export function accountsSince(
  since: number,
  flows: readonly FlowRecord[],
  transactions: readonly Transaction[],
): Pick<RunAccounts, 'flows' | 'transactions'> {
  return {
    flows: flows.filter(({ time, facts }) => time >= since && isConnection(facts)),
    transactions: transactions.filter(({ time }) => Date.parse(time) >= since),
  }
}

/** Whether the gateway has told of every flow that went through the tunnel. */
export function isTold({ flows, transactions }: Pick<RunAccounts, 'flows' | 'transactions'>): boolean {
  const told = new Set(transactions.map(({ source }) => source))
  return flows.every(({ verdict, facts }) => verdict.action !== 'tunnel' || told.has(authority(facts.source)))
}

/** What both accounts say of a run. */
export function evidenceOf({ name, end, flows, transactions }: RunAccounts): RunEvidence {
  const inClear = transactions.filter(({ decrypted }) => decrypted)
  const inTls = inClear.filter(({ url = '' }) => url.startsWith('https:'))
  const refused = transactions.filter(({ notDecrypted }) => notDecrypted === 'client-refused')
  return {
    ...end,
    name,
    hosts: unique(flows.map(seenHost)),
    processes: unique(flows.map(({ facts }) => facts.process)).filter((process) => process !== 'unknown'),
    requests: inTls.length,
    accepted: unique(inTls.map(({ host }) => host)),
    plainRequests: inClear.length - inTls.length,
    refusals: counted(refused.map(({ host, clientAlert = 'closed' }) => ({ host, alert: clientAlert }))),
    passed: unique(
      transactions.flatMap(({ action, notDecrypted, host, why }) =>
        action === 'bypass' && notDecrypted !== undefined ? [{ host, why, reason: notDecrypted }] : [],
      ),
    ),
    denied: unique(
      transactions.flatMap(({ action, notDecrypted, host, why }) =>
        DENIALS.has(action) && notDecrypted !== 'client-refused' ? [{ host, why }] : [],
      ),
    ),
  }
}

const DENIALS: ReadonlySet<Transaction['action']> = new Set(['block', 'refused', 'failed'])

/** Whether a flow is contact with a host: DNS is none, and a refused QUIC packet is followed by TCP. */
export function isConnection({ transport, query }: FlowFacts): boolean {
  return transport === 'tcp' && query === undefined
}

/** A flow's host as it is told. */
export function seenHost({ facts, verdict }: Pick<FlowRecord, 'facts' | 'verdict'>): SeenHost {
  const { file, path } = verdict.rule
  return { host: facts.host || facts.destination.ip, verdict: verdict.action, rule: `${file} ${path}` }
}

/** Values without repetition, compared as JSON. */
export function unique<Value>(values: readonly Value[]): readonly Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

function counted(values: readonly Omit<Refusal, 'count'>[]): readonly Refusal[] {
  const isSame = (a: Omit<Refusal, 'count'>, b: Omit<Refusal, 'count'>) => a.host === b.host && a.alert === b.alert
  return unique(values).map((value) => ({ ...value, count: values.filter((other) => isSame(value, other)).length }))
}
