// Pure: which messages tell a flow, and where in each the flow stands.

import { CATALOGUE, type EventType } from '../catalogue.js'
import type { MessageForm } from '../message-form.js'
import type { Recognised } from '../recognise.js'
import { templateOf } from '../render.js'
import type { FlowVerdict } from './report.js'

/** The verdict of each event that is a flow; that of `flow-tunneled` is its `via` where the line has one. */
const VERDICT_OF: Readonly<Partial<Record<EventType, FlowVerdict>>> = {
  'flow-tunneled': 'tunneled',
  'flow-tunneled-proxied': 'tunneled',
  'bypass-exception-host': 'exception-host',
  'bypass-exception-ip': 'exception-ip',
  'bypass-firewall-ip': 'firewall-ip',
  'bypass-private-ip': 'private-ip',
  'bypass-pinned': 'pinned-direct',
  'bypass-pinned-tunnel': 'pinned-tunnel',
  'drop-pinned': 'blocked-pinned',
  'block-udp': 'blocked-udp',
}

/** Where a message tells what, as places of fields in its template; -1 = it does not. */
export interface FlowForm {
  readonly verdict: FlowVerdict
  readonly via: number
  readonly process: number
  readonly host: number
  readonly source: number
  readonly destination: number
  readonly ip: number
  readonly port: number
}

const FORMS: ReadonlyMap<MessageForm, FlowForm> = new Map(
  CATALOGUE.flatMap((form) => {
    const verdict = VERDICT_OF[form.event]
    if (verdict === undefined) return []
    const names = templateOf(form.template).fields.map(({ name }) => name)
    const at = (name: string): number => names.indexOf(name)
    const places = { via: at('via'), process: at('process'), host: at('host'), destination: at('destination') }
    const address = { ip: at('ip'), port: at('port') }
    return [[form, { verdict, ...places, ...address, source: at('source') }]]
  }),
)

/** How a message tells a flow, undefined for one that does not. */
export function flowFormOf({ form }: Recognised): FlowForm | undefined {
  return FORMS.get(form)
}

/** The text of a field, '' for a place that is none. */
export function textAt(recognised: Recognised, place: number): string {
  return place < 0 ? '' : recognised.text(place)
}

/** The verdict of a flow. */
export function verdictOf(recognised: Recognised, { verdict, via }: FlowForm): FlowVerdict {
  if (via < 0) return verdict
  return recognised.text(via) === 'app-fw' ? 'app-fw' : 'nsProxy'
}

/** Where a flow went: `ip:port`, `ip`, or '' where the line says neither. */
export function destinationOf(recognised: Recognised, { destination, ip, port }: FlowForm): string {
  if (destination >= 0) return recognised.text(destination)
  return port < 0 ? textAt(recognised, ip) : `${recognised.text(ip)}:${recognised.text(port)}`
}
