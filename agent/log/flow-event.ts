// Pure: the lines a verdict is logged with. One verdict, one event; none for traffic outside the client's scope; two for a
// pinned app in tunnel mode, as in real logs (reference 1.7). No line when a flow closes.

import type { FlowFacts, Verdict } from '../steering/flow.js'
import type { LogEvent, TunnelTransport } from './event.js'

/** The tunnel that carries a flow, as the log names it. */
export interface TunnelName {
  readonly transport: TunnelTransport
  readonly sessionId: number
}

/** The events of a verdict, in the order they are written; `tunnel` is the one that carries what is tunnelled. */
export function flowEvents(facts: FlowFacts, verdict: Verdict, tunnel: TunnelName): readonly LogEvent[] {
  const event = eventOf(facts, verdict, tunnel)
  if (event === undefined) return []
  if (verdict.action !== 'tunnel' || !verdict.pinned) return [event]
  return [{ type: 'bypass-pinned-tunnel', process: facts.process, host: facts.host }, event]
}

function eventOf(facts: FlowFacts, verdict: Verdict, tunnel: TunnelName): LogEvent | undefined {
  const { source, destination, host, process } = facts
  switch (verdict.action) {
    case 'tunnel': {
      const { transport, sessionId } = tunnel
      return { type: 'flow-tunneled', transport, sessionId, source, process, host, destination, via: verdict.via }
    }
    case 'block':
      return verdict.kind === 'udp'
        ? { type: 'block-udp', process, source, destination }
        : { type: 'drop-pinned', process, host }
    case 'bypass':
      switch (verdict.kind) {
        case 'exception-host':
          return { type: 'bypass-exception-host', host, process, ...destination }
        case 'exception-ip':
          return { type: 'bypass-exception-ip', ip: destination.ip }
        case 'pinned':
          return { type: 'bypass-pinned', process, host }
        case 'private-ip':
          return { type: 'bypass-private-ip', process, ...destination, host }
        case 'not-steered':
          return undefined
      }
  }
}
