// Pure: what the log can say, as typed events. The live agent reports events, never text; the words, file names and
// line numbers belong to a profile (profile.ts). An event exists because a real line exists, or is marked invented there.

import type { Endpoint } from '../steering/flow.js'

/** `TLS` or `DTLS`, printed between component and text by every tunnel message. */
export type TunnelTransport = 'TLS' | 'DTLS'

/** One thing that happened, as the nsdebuglog tells it. */
export type LogEvent =
  | { readonly type: 'user-agent'; readonly os: string; readonly version: string; readonly hostname: string }
  | {
      readonly type: 'client-location'
      readonly location: 'remote' | 'on-prem' | 'N/A'
      readonly trafficMode: 1 | 3
      readonly dnsMode: 0 | 1
    }
  | {
      readonly type: 'tunnel-connecting'
      readonly transport: TunnelTransport
      readonly gateway: string
      readonly port: number
    }
  | {
      readonly type: 'gateway-resolved'
      readonly transport: TunnelTransport
      readonly gateway: string
      readonly ip: string
      readonly port: number
    }
  | {
      readonly type: 'tunnel-connected'
      readonly transport: TunnelTransport
      readonly gateway: string
      readonly ip: string
      readonly port: number
    }
  | {
      readonly type: 'tunnel-established'
      readonly transport: TunnelTransport
      readonly gateway: string
      readonly pop: string
    }
  | {
      readonly type: 'tunnel-connect-failed'
      readonly transport: TunnelTransport
      readonly gateway: string
      readonly port: number
      readonly errno: number
    }
  | { readonly type: 'tunnel-closed'; readonly transport: TunnelTransport }
  | {
      readonly type: 'tunnel-disconnecting'
      readonly transport: TunnelTransport
      readonly context: 'NSTUNNEL_DISCONNECTED_BYUSER'
    }
  | {
      readonly type: 'flow-tunneled'
      readonly transport: TunnelTransport
      readonly sessionId: number
      readonly source: Endpoint
      readonly process: string
      readonly host: string
      readonly destination: Endpoint
      readonly via: 'nsProxy' | 'app-fw'
    }
  | {
      readonly type: 'bypass-exception-host'
      readonly host: string
      readonly process: string
      readonly destination: Endpoint
    }
  | { readonly type: 'bypass-exception-ip'; readonly ip: string }
  | { readonly type: 'bypass-pinned'; readonly process: string; readonly host: string }
  | {
      readonly type: 'bypass-private-ip'
      readonly process: string
      readonly destination: Endpoint
      readonly host: string
    }
  | { readonly type: 'drop-pinned'; readonly process: string; readonly host: string }
  | { readonly type: 'block-udp'; readonly process: string; readonly source: Endpoint; readonly destination: Endpoint }

/** Where events go; the writer is the one implementation, tests collect them in an array. */
export interface EventLog {
  report(event: LogEvent): void
}
