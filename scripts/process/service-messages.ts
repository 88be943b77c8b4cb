// Pure: what the supervisor and a service process (gateway, lab) say to each other over Node's IPC channel.

import type { LabDescription } from '../../agent/outbound/lab-route.js'
import type { CloudPart } from '../../gateway/cloud-part.js'
import type { StandingFault } from '../../gateway/faults/fault-board.js'
import type { PopTable } from '../../gateway/pops/pop.js'

/** The services that run as processes of their own. */
export type ServiceName = 'gateway' | 'lab'

/** What a gateway process is told; private keys are read by it from the home, never sent. */
export interface GatewayStart {
  readonly service: 'gateway'
  readonly home: string
  readonly tenant: string
  readonly user: string
  readonly org: string
  readonly table: PopTable
  /** POPs this process serves; left out, all. */
  readonly only?: readonly string[] | undefined
  /** What the services need to know of the tenant; left out, this process has POPs only. */
  readonly services?: { readonly orgKey: string; readonly responseCode: string } | undefined
  /** Where it listened before, when it is started again. */
  readonly before?: CloudPart | undefined
  readonly faults: readonly StandingFault[]
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

/** What a gateway is told later: the faults that hold from now on. */
export interface FaultMessage {
  readonly faults: readonly StandingFault[]
}

/** First answer of a service: it serves, or why it does not. */
export type ServiceAnswer =
  | { readonly type: 'ready'; readonly service: 'gateway'; readonly part: CloudPart }
  | { readonly type: 'ready'; readonly service: 'lab'; readonly lab: LabDescription }
  | { readonly type: 'failed'; readonly reason: string }

/** The answer of a service that serves. */
export type ReadyAnswer<Service extends ServiceName> = Extract<ServiceAnswer, { readonly service: Service }>
