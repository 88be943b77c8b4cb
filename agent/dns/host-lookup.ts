/**
 * A host name turned into addresses, for the doors that are given names instead of addresses (HTTP CONNECT, SOCKS5).
 * Asks like a stub resolver: A and AAAA at once, again over TCP when the datagram was cut.
 */

import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { learnAnswer } from './learn-answer.js'
import { encodeQuery, TYPE } from './message.js'
import type { DnsTransport, UpstreamOutcome } from './upstream.js'
import { isTruncated, RCODE, rcodeOf } from './wire.js'

/** Addresses, IPv4 first; or that the name has none; or that nobody could say. */
export type HostLookup = { readonly addresses: readonly string[] } | { readonly failure: 'not-found' | 'no-answer' }

/** What a look-up may use. */
export interface LookupMeans {
  /** Whether AAAA is asked at all. */
  readonly ipv6: boolean
  /** Addresses known and still fresh, if any. */
  known(name: string): readonly string[]
  /** Asks upstream; never rejects. */
  ask(query: Buffer, transport: DnsTransport): Promise<UpstreamOutcome>
}

/** Looks a host up; `host` may be a name (with or without its trailing dot) or an IP literal. Never rejects. */
export async function lookupHost(host: string, means: LookupMeans): Promise<HostLookup> {
  const literal = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  if (isIP(literal) !== 0) return { addresses: [literal] }
  const name = domainToASCII(host.endsWith('.') ? host.slice(0, -1) : host)
  if (name === '') return { failure: 'not-found' }
  // Resolvers must not be asked for localhost (RFC 6761 section 6.3).
  if (name === 'localhost' || name.endsWith('.localhost')) return { addresses: ['127.0.0.1', '::1'] }

  const known = means.known(name)
  // IPv6 alone may be half of what there is: an app that asked for AAAA only has taught it.
  if (known.some((ip) => isIP(ip) === 4)) return { addresses: ipv4First(known) }

  const types = means.ipv6 ? [TYPE.a, TYPE.aaaa] : [TYPE.a]
  const answers = await Promise.all(types.map((type) => lookupType(name, type, means)))
  const addresses = answers.flatMap((answer) => answer ?? [])
  if (addresses.length > 0) return { addresses }
  return { failure: answers.includes(undefined) ? 'no-answer' : 'not-found' }
}

/** The addresses of one type, none when the name has none, undefined when nobody could say. */
async function lookupType(name: string, type: number, means: LookupMeans): Promise<readonly string[] | undefined> {
  const query = queryFor(name, type)
  if (query === undefined) return []
  let outcome = await means.ask(query, 'udp')
  if ('reply' in outcome && isTruncated(outcome.reply)) outcome = await means.ask(query, 'tcp')
  if ('failure' in outcome) return undefined
  const rcode = rcodeOf(outcome.reply)
  if (rcode !== RCODE.noError && rcode !== RCODE.nameError) return undefined
  return learnAnswer(outcome.reply)?.ips ?? []
}

/** Undefined for what cannot be a DNS name: an empty label, a label over 63 or a name over 255 bytes. */
function queryFor(name: string, type: number): Buffer | undefined {
  if (name.split('.').includes('')) return undefined
  try {
    return encodeQuery(name, type)
  } catch {
    return undefined
  }
}

function ipv4First(addresses: readonly string[]): string[] {
  return [...addresses].sort((a, b) => isIP(a) - isIP(b))
}
