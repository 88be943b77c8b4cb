// Pure: the lines a verdict is logged with. One verdict, one event; none for traffic outside the client's scope and for
// kinds of which no line is public; two for a pinned app in tunnel mode, and two before for one that asks what class the
// device is, as in real logs (reference 1.7, 2.6). No line when a flow closes.

import type { FlowFacts, Verdict } from '../steering/flow.js'
import type { LogEvent, TunnelTransport } from './event.js'

/** The tunnel that carries a flow, as the log names it. */
export interface TunnelName {
  readonly transport: TunnelTransport
  readonly sessionId: number
}

/** The events of a verdict, in the order they are written; `tunnel` is the one that carries what is tunnelled. */
export function flowEvents(facts: FlowFacts, verdict: Verdict, tunnel: TunnelName): readonly LogEvent[] {
  const { process, host } = facts
  const event = eventOf(facts, verdict, tunnel)
  const before: LogEvent[] = []
  if (verdict.device !== undefined)
    before.push({ type: 'pinned-managed', process }, { type: 'device-classification', status: verdict.device })
  if (verdict.action === 'tunnel' && verdict.exempt === 'pinned')
    before.push({ type: 'bypass-pinned-tunnel', process, host })
  return event === undefined ? before : [...before, event]
}

function eventOf(facts: FlowFacts, verdict: Verdict, tunnel: TunnelName): LogEvent | undefined {
  const { source, destination, host, process } = facts
  switch (verdict.action) {
    case 'tunnel': {
      const { transport, sessionId } = tunnel
      return { type: 'flow-tunneled', transport, sessionId, source, process, host, destination, via: verdict.via }
    }
    case 'block':
      if (verdict.kind === 'udp') return { type: 'block-udp', process, source, destination }
      return verdict.kind === 'pinned' ? { type: 'drop-pinned', process, host } : undefined
    case 'bypass':
      switch (verdict.kind) {
        // By what TAB shows it is a name that is excepted; a line of its own is not public.
        case 'application':
        case 'exception-host':
          return { type: 'bypass-exception-host', host, process, ...destination }
        case 'exception-ip':
          return { type: 'bypass-exception-ip', ip: destination.ip }
        case 'pinned':
          return { type: 'bypass-pinned', process, host }
        case 'private-ip':
          return { type: 'bypass-private-ip', process, ...destination, host }
        default:
          return undefined
      }
  }
}
