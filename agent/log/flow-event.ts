// Pure: the line a verdict is logged with. One verdict, one event, or none: the real client writes nothing about
// traffic outside its scope, and no second line when a flow closes.

import type { FlowFacts, Verdict } from '../steering/flow.js'
import type { LogEvent } from './event.js'

/** The event of a verdict; `sessionId` is the tunnel session that carries the flow. */
export function flowEvent(facts: FlowFacts, verdict: Verdict, sessionId: number): LogEvent | undefined {
  const { source, destination, host, process } = facts
  switch (verdict.action) {
    case 'tunnel':
      return {
        type: 'flow-tunneled',
        transport: 'TLS',
        sessionId,
        source,
        process,
        host,
        destination,
        via: verdict.via,
      }
    case 'block':
      return verdict.kind === 'udp'
        ? { type: 'block-udp', process, source, destination }
        : { type: 'drop-pinned', process, host }
    case 'bypass':
      switch (verdict.kind) {
        case 'exception-host':
          return { type: 'bypass-exception-host', host, process, destination }
        case 'exception-ip':
          return { type: 'bypass-exception-ip', ip: destination.ip }
        case 'pinned':
          return { type: 'bypass-pinned', process, host }
        case 'private-ip':
          return { type: 'bypass-private-ip', process, destination, host }
        case 'not-steered':
          return undefined
      }
  }
}
