// Pure: what every transaction of a flow says of the flow itself, and the transaction of a flow in whose requests nobody
// looked.

import { authority } from '../../agent/steering/address.js'
import type { Passing } from './decide-inspection.js'
import type { SteeredFlow } from './steered-flow.js'
import { type ClientAlert, refusalInWords } from './tls/client-refusal.js'
import type { Transaction } from './transaction.js'

/** The fields that are the flow's own. */
export function flowFields({ user, device, process, host, ip, port, source, pop, session }: SteeredFlow) {
  return { user, device, process, host, destination: authority({ ip, port }), source, pop, session } as const
}

/** What is to be said of a flow that was not looked into. */
export type Outcome = Pick<Transaction, 'action' | 'rule' | 'why' | 'notDecrypted'> &
  Partial<Pick<Transaction, 'host' | 'bytesSent' | 'bytesReceived' | 'tlsVersion' | 'clientAlert'>>

/** When a flow began and ended, ms since 1970, under which id, and the category of a host. */
export interface RecordParts {
  readonly begun: number
  readonly ended: number
  readonly id: string
  readonly categoryOf: (host: string) => string
}

/** The transaction of a flow in whose requests nobody looked. */
export function flowTransaction(flow: SteeredFlow, outcome: Outcome, parts: RecordParts): Transaction {
  const host = outcome.host || flow.host
  return {
    time: new Date(parts.begun).toISOString(),
    id: parts.id,
    ...flowFields(flow),
    decrypted: false,
    category: parts.categoryOf(host),
    bytesSent: 0,
    bytesReceived: 0,
    durationMs: Math.max(0, Math.round(parts.ended - parts.begun)),
    ...outcome,
    host,
  }
}

/** What is said of a client that turned our certificate down. */
export function refusedByClient(host: string, alert: ClientAlert): Outcome {
  return {
    action: 'refused',
    notDecrypted: 'client-refused',
    rule: '',
    why: refusalInWords(alert),
    host,
    clientAlert: alert,
  }
}

/** What is said of a flow that was to be passed on unread, over a new connection to its origin that was not to be had. */
export function goneAtRedial(host: string, { reason, rule, why }: Passing, detail: string): Outcome {
  return {
    action: 'failed',
    notDecrypted: reason,
    rule,
    why: `${why} It was to be passed on, and the origin could not be reached again (${detail}).`,
    host,
  }
}
