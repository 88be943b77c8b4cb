// Pure: what the supervisor and a service process (gateway, lab) say to each other over Node's IPC channel.

import type { LabDescription } from '../../agent/outbound/lab-route.js'

/** The services that run as processes of their own. */
export type ServiceName = 'gateway' | 'lab'

/** What a gateway process is told; keys are read by it from the home, never sent. */
export interface GatewayStart {
  readonly service: 'gateway'
  readonly home: string
  readonly tenant: string
  readonly user: string
  readonly org: string
  /** 0 the first time; the port it got then, when it is started again. */
  readonly port: number
  /** As `port`, of the add-on service. */
  readonly addonPort: number
  readonly lab?: LabDescription | undefined
  readonly upstreamSocks?: string | undefined
}

/** What a lab process is told. */
export interface LabStart {
  readonly service: 'lab'
  readonly home: string
}

/** First message to a service. */
export type ServiceStart = GatewayStart | LabStart

/** First answer of a service: it serves, or why it does not. */
export type ServiceAnswer =
  | { readonly type: 'ready'; readonly service: 'gateway'; readonly port: number; readonly addonPort: number }
  | { readonly type: 'ready'; readonly service: 'lab'; readonly lab: LabDescription }
  | { readonly type: 'failed'; readonly reason: string }

/** The answer of a service that serves. */
export type ReadyAnswer<Service extends ServiceName> = Extract<ServiceAnswer, { readonly service: Service }>
