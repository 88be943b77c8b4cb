// Pure: what a client gets that speaks no HTTP, or too much of it, and what is recorded of it.

import type { InspectedConnection, OwnAnswer } from '../exchange.js'
import { flowFields } from '../flow-transaction.js'
import { failurePage } from '../pages/failure-page.js'
import { connectionHost } from './judged-request.js'
import type { JudgingParts } from './judging-parts.js'

/** Records the refusal; the answer is in text, for nothing that the client said is to be relied on. */
export function refuseConnection(
  connection: InspectedConnection,
  { log, now, requestId }: Pick<JudgingParts, 'log' | 'now' | 'requestId'>,
  status: 400 | 408 | 413 | 431,
  why: string,
): OwnAnswer {
  const id = requestId()
  const time = new Date(now()).toISOString()
  const host = connectionHost(connection)
  log({
    time,
    id,
    ...flowFields(connection.flow),
    host,
    action: 'refused',
    rule: '',
    why,
    decrypted: true,
    protocol: connection.protocol,
    status,
    bytesSent: 0,
    bytesReceived: 0,
    durationMs: 0,
    tlsVersion: connection.tlsVersion,
  })
  return failurePage({ status, why, host, url: '', time, requestId: id }, '')
}
