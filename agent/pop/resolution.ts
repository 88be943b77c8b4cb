// Pure: how the look-up of a gateway's name ends, by DNS over HTTPS as by local DNS.

import { Packet } from 'dns2'
import type { HttpsFailure } from '../outbound/https-failure.js'

/** IPv4 addresses in the resolver's order, at least one; or why there is none. */
export type Resolution = { readonly addresses: readonly string[] } | HttpsFailure

/**
 * What a readable answer comes to. `rcode` is its status (RFC 1035 section 4.1.1), `addresses` are those of the name;
 * `curlCode` is for when there are none.
 */
export function resolutionOf(rcode: number, addresses: readonly string[], curlCode: number): Resolution {
  if (rcode !== 0) return notResolved(`the answer is ${rcodeText(rcode)}`, curlCode)
  return addresses.length === 0 ? notResolved('the name has no IPv4 address', curlCode) : { addresses }
}

function notResolved(detail: string, curlCode: number): HttpsFailure {
  return { failure: 'not-resolved', detail, curlCode }
}

function rcodeText(rcode: number): string {
  const [name] = Object.entries(Packet.RCODE).find(([, code]) => code === rcode) ?? []
  return name ?? `DNS status ${rcode}`
}
