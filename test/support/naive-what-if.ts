/** What another configuration would change, by naive code that decides line after line, and the same from the product. */

import { isIP } from 'node:net'
import { compilePolicy } from '../../agent/config/compile/compile-policy.js'
import type { Configuration } from '../../agent/config/configuration.js'
import { FlowJudge } from '../../agent/log/replay/judge.js'
import { whatIf } from '../../agent/log/replay/what-if.js'
import { decide } from '../../agent/steering/decide.js'
import { ORDINARY_SITUATION, type Situation, type Verdict } from '../../agent/steering/flow.js'
import type { TruthLine } from '../../agent/synth/truth.js'
import { censusOf, type ReplayedLog } from './replayed-log.js'

/** One flow as the truth has it, with what was true of the endpoint at its line. */
export interface NaiveFlow {
  readonly event: string
  readonly process: string
  readonly host: string
  readonly ip: string
  readonly port: number
  readonly via: string
  readonly source: string
  readonly location: Situation['location']
  readonly device: string
}

/** The flows one by one, and what other lines say of the rest of each. */
export function naiveFlows(truth: readonly TruthLine[]): NaiveFlow[] {
  const told: (NaiveFlow & { counts: boolean })[] = []
  const pairs = new Set<string>()
  let location: Situation['location'] = 'off-prem'
  let device = ''
  const source = { 4: '', 6: '' }
  const from = (ip: string) => {
    source[ip.includes(':') ? 6 : 4] = ip
  }
  for (const { event, fields, flow, damage } of truth) {
    if (damage !== undefined) continue
    const text = (name: string) => String(fields[name] ?? '')
    if (event === 'client-location') location = text('location') === 'on-prem' ? 'on-prem' : 'off-prem'
    if (event === 'device-classification') device = text('status')
    if (event === 'client-status') device = JSON.parse(text('json')).client_status.device_classification_status
    if (event === 'tunnel-source-ip' || event === 'preferred-source-ip') from(text('ip'))
    if (event === 'network-changed') from(text('to'))
    if (!(event in BEFORE) || flow === null) continue
    const isPair = event === 'flow-tunneled' && pairs.delete(flow)
    if (event === 'bypass-pinned-tunnel') pairs.add(flow)
    if (typeof fields['source'] === 'object') from(fields['source'].ip)
    const destination = fields['destination']
    const [ip, port] =
      typeof destination === 'object' ? [destination.ip, destination.port] : [text('ip'), fields['port']]
    const host = isIP(text('host')) === 0 ? text('host') : ''
    told.push({
      event,
      process: text('process'),
      host,
      ip: ip || (host === '' ? text('host') : ''),
      port: Number(port ?? 0),
      via: text('via'),
      source: source[ip.includes(':') ? 6 : 4],
      location,
      device,
      counts: !isPair,
    })
  }
  const only = <Value>(rows: readonly (readonly [string, Value])[]) => {
    const sets = new Map<string, Set<Value>>()
    for (const [key, value] of rows) sets.set(key, (sets.get(key) ?? new Set()).add(value))
    return (key: string): Value | undefined => (sets.get(key)?.size === 1 ? [...sets.get(key)!][0] : undefined)
  }
  const named = told.filter(({ host }) => host !== '')
  const addressOf = only(named.filter(({ ip }) => ip !== '').map(({ host, ip }) => [host, ip] as const))
  const hostOf = only(named.filter(({ ip }) => ip !== '').map(({ host, ip }) => [ip, host] as const))
  const portOf = only(
    named.filter(({ port }) => port > 0).map(({ process, host, port }) => [`${process} ${host}`, port] as const),
  )

  return told
    .filter(({ counts }) => counts)
    .map((one) => ({
      ...one,
      process: one.process || 'unknown',
      host: one.event === 'block-udp' ? (hostOf(one.ip) ?? '') : one.host,
      ip: one.ip || (one.host === '' ? '' : (addressOf(one.host) ?? '')),
      port: one.port || (portOf(`${one.process} ${one.host}`) ?? 443),
      device: one.device || device,
    }))
}

/** What each line says happens: action, whereto if it says so, exempt if it says so. */
const BEFORE: Readonly<Record<string, (flow: NaiveFlow) => readonly [string, string, boolean | undefined]>> = {
  'flow-tunneled': ({ via }) => ['tunnel', via, undefined],
  'bypass-pinned-tunnel': () => ['tunnel', '', true],
  'bypass-exception-host': () => ['bypass', '', undefined],
  'bypass-exception-ip': () => ['bypass', '', undefined],
  'bypass-private-ip': () => ['bypass', '', undefined],
  'bypass-pinned': () => ['bypass', '', undefined],
  'drop-pinned': () => ['block', '', undefined],
  'block-udp': () => ['block', '', undefined],
}

function naiveVerdict(flow: NaiveFlow, configuration: Configuration, policy = compilePolicy(configuration)): Verdict {
  const { event, process, host, ip, port, via, source, location, device } = flow
  const isUdp = event === 'block-udp' || port === 53 || (via === 'app-fw' && (port === 80 || port === 443))
  const facts = { process, host, destination: { ip, port }, source: { ip: source, port: 0 }, sniffed: 'tls' as const }
  const situation = { ...ORDINARY_SITUATION, location, device: (device || 'unknown') as Situation['device'] }
  return decide({ ...facts, transport: isUdp ? 'udp' : 'tcp' }, policy, situation) as Verdict
}

const wordsOf = (verdict: Verdict) =>
  verdict.action === 'tunnel' ? `tunnel ${verdict.via} ${verdict.exempt ?? ''}` : `${verdict.action} ${verdict.kind}`

/** Counts of rows, line by line: changes from configuration to configuration, or from the log. */
export function naiveChanges(
  flows: readonly NaiveFlow[],
  after: Configuration,
  before?: Configuration,
): Map<string, number> {
  const counts = new Map<string, number>()
  const [oldPolicy, newPolicy] = [before && compilePolicy(before), compilePolicy(after)]
  for (const flow of flows) {
    const then = naiveVerdict(flow, after, newPolicy)
    const exempt = then.action === 'tunnel' && then.exempt !== undefined
    const via = then.action === 'tunnel' ? then.via : ''
    let changed: boolean
    if (before === undefined) {
      const [action, loggedVia, loggedExempt] = BEFORE[flow.event]!(flow)
      const isPinned = then.action === 'tunnel' && then.exempt === 'pinned'
      changed = action !== then.action
      if (!changed && action === 'tunnel')
        changed = (loggedVia !== '' && loggedVia !== via) || (loggedExempt === true ? !isPinned : isPinned)
    } else {
      const was = naiveVerdict(flow, before, oldPolicy)
      const wasVia = was.action === 'tunnel' ? was.via : ''
      const wasExempt = was.action === 'tunnel' && was.exempt !== undefined
      changed = was.action !== then.action || wasVia !== via || wasExempt !== exempt
    }
    if (!changed) continue
    const key = [flow.process, flow.host, flow.ip, flow.port, wordsOf(then), then.rule.path].join(' | ')
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return counts
}

/** The same from the product. */
export function foundChanges({ chunks }: ReplayedLog, after: Configuration, before?: Configuration) {
  const [judge, oldJudge] = [new FlowJudge(after), before && new FlowJudge(before)]
  const census = censusOf(chunks, judge.asksSource || (oldJudge?.asksSource ?? false))
  const answer = whatIf({ census, after: judge, before: oldJudge })
  const counts = new Map<string, number>()
  for (const { process, host, ip, port, after, count } of answer.changes) {
    const { outcome, rule } = after
    const words =
      outcome.action === 'tunnel'
        ? `tunnel ${outcome.via} ${outcome.exempt ?? ''}`
        : `${outcome.action} ${outcome.kind}`
    const key = [process, host, ip, port, words, rule.path].join(' | ')
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return { answer, counts }
}

/** Counts in an order of their own. */
export const sorted = (counts: ReadonlyMap<string, number>) => [...counts].sort(([a], [b]) => (a < b ? -1 : 1))
/** All of them. */
export const sum = (counts: ReadonlyMap<string, number>) =>
  [...counts.values()].reduce((total, count) => total + count, 0)
