// Pure: what http(s)://notskope.com says. The real page shows source IP, X-Forwarded-For and POP (client-behaviour 4);
// what else is here is ours.

import type { OwnAnswer } from '../exchange.js'
import type { SteeredFlow } from '../steered-flow.js'
import { ownPage } from './own-page.js'

/** The host that answers with this page. */
export const NOTSKOPE_HOST = 'notskope.com'

/** What is known beside the flow. */
export interface NotskopeVisit {
  /** Whether the gateway took TLS off to answer; false over plain HTTP, which has none. */
  readonly decrypted: boolean
  /** ISO 8601. */
  readonly time: string
  readonly requestId: string
}

/** The answer of the gateway: 200, in the form of the Accept header. */
export function steeredPage(
  flow: SteeredFlow,
  { decrypted, time, requestId }: NotskopeVisit,
  accept: string,
): OwnAnswer {
  return ownPage(
    {
      status: 200,
      mark: { steered: true },
      title: 'You are steered',
      message: `This request came through the tunnel to ${flow.pop}, and the gateway there answers it.`,
      facts: [
        ['sourceIp', 'Your address', flow.clientIp],
        ['egressIp', 'The address sites see', flow.egressIp],
        ['pop', 'POP', flow.pop],
        ['tenant', 'Tenant', flow.tenant],
        ['transport', 'Tunnel', flow.transport],
        ['session', 'Session', flow.session],
        ['user', 'User', flow.user],
        ['device', 'Device', flow.device],
        ['process', 'Process', flow.process],
        ['decrypted', 'Decrypted', decrypted],
        ['time', 'Time', time],
        ['requestId', 'Request id', requestId],
      ],
    },
    accept,
  )
}

/** The answer of the host itself, which is asked only by those who are not steered; `sourceIp` is who asks, `time` ISO 8601. */
export function notSteeredPage(visit: { readonly sourceIp: string; readonly time: string }, accept: string): OwnAnswer {
  return ownPage(
    {
      status: 200,
      mark: { steered: false },
      title: 'You are not steered',
      message: 'This request came straight to the site, past every gateway.',
      facts: [
        ['sourceIp', 'Your address', visit.sourceIp],
        ['time', 'Time', visit.time],
      ],
    },
    accept,
  )
}
