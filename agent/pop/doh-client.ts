/** Looks a gateway up by DNS over HTTPS (EDNS in the log), in the JSON of dns.google: it sees past the local resolver where the client is. */

import { askOnce, type HttpsClientOptions } from '../outbound/https-client.js'
import { presentable } from '../outbound/https-failure.js'
import { readDohAnswer } from './doh-answer.js'
import type { Resolution } from './resolution.js'

/** The service, `dns.google`, and what it is told. */
export interface DohOptions extends HttpsClientOptions {
  /** The part of the internet the client is in, as `203.0.113.0/24` (RFC 7871); left out, the service goes by who asks. */
  readonly subnet?: string
  /** Ends what is under way, which then fails as `closed`. */
  readonly signal?: AbortSignal
}

/** How a look-up ends. The code of libcurl is 0 when the service answered well that there is no address. */
export type DohOutcome = Resolution

/** Asks for the IPv4 addresses of a name. Never rejects. */
export async function resolveByDoh(name: string, { subnet, signal, ...options }: DohOptions): Promise<DohOutcome> {
  const query = { name, type: 'A', ...(subnet === undefined ? {} : { edns_client_subnet: subnet }) }
  const answer = await askOnce(options, { path: `/resolve?${new URLSearchParams(query)}` }, signal)
  const outcome = 'failure' in answer ? answer : readDohAnswer(name, answer)
  return 'failure' in outcome ? presentable(outcome, []) : outcome
}
