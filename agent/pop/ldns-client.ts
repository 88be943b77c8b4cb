/** Looks a gateway up by local DNS (LDNS): by UDP as any program does, and again by TCP when the datagram was cut. */

import { isIPv4 } from 'node:net'
import { learnAnswer } from '../dns/learn-answer.js'
import { decodeAnswer, encodeQuery, TYPE } from '../dns/message.js'
import type { DnsUpstream, UpstreamFailure } from '../dns/upstream.js'
import { isTruncated, rcodeOf } from '../dns/wire.js'
import { CLOSED, type HttpsFailure } from '../outbound/https-failure.js'
import { type Resolution, resolutionOf } from './resolution.js'

/** How a look-up ends. The code of libcurl is 6, as for every name its resolver does not find; 42 when we are stopping. */
export type LdnsOutcome = Resolution

const NOT_RESOLVED = 6

const FAILURES: Readonly<Record<UpstreamFailure, HttpsFailure>> = {
  'timed-out': failed('timed-out', 'the resolver does not answer'),
  unreachable: failed('unreachable', 'the resolver cannot be reached'),
  busy: failed('unreachable', 'too many queries are under way'),
  closed: CLOSED,
}

/** Asks for the IPv4 addresses of a name. Never rejects; how long it takes is up to `upstream`. */
export async function resolveByLdns(name: string, upstream: DnsUpstream): Promise<LdnsOutcome> {
  const query = queryFor(name)
  if (query === undefined) return failed('not-resolved', 'this is no name that DNS can carry')
  let outcome = await upstream.ask(query, 'udp')
  if ('reply' in outcome && isTruncated(outcome.reply)) outcome = await upstream.ask(query, 'tcp')
  if ('failure' in outcome) return FAILURES[outcome.failure]
  const { reply } = outcome
  const rcode = rcodeOf(reply)
  if (rcode === 0 && decodeAnswer(reply) === undefined) return failed('malformed', 'the answer cannot be read')
  return resolutionOf(rcode, learnAnswer(reply)?.ips.filter(isIPv4) ?? [], NOT_RESOLVED)
}

function failed(failure: HttpsFailure['failure'], detail: string): HttpsFailure {
  return { failure, detail, curlCode: NOT_RESOLVED }
}

/** Undefined for a name with an empty label, a label of more than 63 bytes or 255 bytes in all. */
function queryFor(name: string): Buffer | undefined {
  if (name.split('.').includes('')) return undefined
  try {
    return encodeQuery(name, TYPE.a)
  } catch {
    return undefined
  }
}
