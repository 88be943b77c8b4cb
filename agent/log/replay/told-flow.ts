// Pure: what one line tells of its flow. Each kind of line leaves something out: those of pinned apps the address, those
// of excepted addresses the program; none but `Blocking UDP` says whether it was TCP or UDP.

import { isIP } from 'node:net'
import type { FlowFacts } from '../../steering/flow.js'
import type { Recognised } from '../recognise.js'
import { type FlowForm, textAt, verdictOf } from '../report/flow-forms.js'
import type { FlowVerdict } from '../report/report.js'

/** The parts of a flow that a line may leave out. */
export type FlowPart = 'process' | 'host' | 'address' | 'port'

/** One flow as its line tells it; what it leaves out is '' or 0. */
export interface ToldFlow {
  readonly verdict: FlowVerdict
  readonly process: string
  /** Also '' when the client knew none. */
  readonly host: string
  readonly ip: string
  readonly port: number
  /** What the line has no place for. */
  readonly leftOut: readonly FlowPart[]
}

/** Reads a flow's message. */
export function toldFlow(recognised: Recognised, form: FlowForm): ToldFlow {
  const said = textAt(recognised, form.host)
  // A client that knows no host prints the address in its place (TAB).
  const nameless = isIP(said) !== 0
  const destination = textAt(recognised, form.destination)
  const colon = destination.lastIndexOf(':')
  const ip = form.destination < 0 ? textAt(recognised, form.ip) || (nameless ? said : '') : destination.slice(0, colon)
  const port = form.destination < 0 ? Number(textAt(recognised, form.port)) : Number(destination.slice(colon + 1))
  const process = textAt(recognised, form.process)
  const leftOut: FlowPart[] = []
  if (form.process < 0) leftOut.push('process')
  if (form.host < 0) leftOut.push('host')
  if (ip === '') leftOut.push('address')
  if (port === 0) leftOut.push('port')
  return { verdict: verdictOf(recognised, form), process, host: nameless ? '' : said, ip, port, leftOut }
}

const DNS_PORT = 53
const WEB_PORTS: ReadonlySet<number> = new Set([80, 443])

/**
 * The transport of a flow to a port, by what the line gives away: TCP to a web port goes to the proxy, so that what goes
 * to the firewall from there is UDP. Else DNS is taken for UDP and all other flows for TCP.
 */
export function transportOf(verdict: FlowVerdict, port: number): FlowFacts['transport'] {
  if (verdict === 'blocked-udp' || port === DNS_PORT) return 'udp'
  return verdict === 'app-fw' && WEB_PORTS.has(port) ? 'udp' : 'tcp'
}
