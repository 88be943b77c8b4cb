// Pure: a request as it is judged: its head, read and normalized, and the connection it came on.

import { isIPv6 } from 'node:net'
import { canonicalAddress } from '../../../agent/steering/address.js'
import { normalizeHost } from '../../../agent/steering/match-domain.js'
import type { InspectedConnection, RequestHead } from '../exchange.js'
import type { JudgingParts } from './judging-parts.js'

/** A request and all that is known of it before it is judged. */
export interface JudgedRequest {
  readonly connection: InspectedConnection
  readonly id: string
  /** Milliseconds since 1970, and the same in ISO 8601. */
  readonly startedMs: number
  readonly time: string
  readonly method: string
  /** Normalized, without port; an IP address has no brackets. Never '' but where nobody knows one. */
  readonly host: string
  /** Without the query, undecoded. */
  readonly path: string
  readonly url: string
  readonly category: string
  readonly contentType: string
  readonly bytes: number | undefined
  readonly accept: string
}

/** Reads a request's head. A Host that is missing or none is the name the connection was made for. */
export function judgedRequest(
  connection: InspectedConnection,
  head: RequestHead,
  parts: Pick<JudgingParts, 'categoryOf' | 'now' | 'requestId'>,
): JudgedRequest {
  const startedMs = parts.now()
  const host = hostOf(head.authority) || connectionHost(connection)
  // `OPTIONS *` is about the whole site.
  const target = head.target.startsWith('/') ? head.target : '/'
  return {
    connection,
    id: parts.requestId(),
    startedMs,
    time: new Date(startedMs).toISOString(),
    method: head.method,
    host,
    path: target.split('?', 1)[0]!,
    url: `${connection.scheme}://${head.authority || inUrl(host)}${target}`,
    category: parts.categoryOf(host),
    contentType: mediaType(head.contentType),
    bytes: head.bytes,
    accept: head.accept,
  }
}

/** The host of a connection: the name it was made for, else the address. */
export function connectionHost(connection: InspectedConnection): string {
  return namedHost(connection) || connection.flow.ip
}

/** The name a connection was made for: the one asked for in TLS, else the one the agent knows; '' when nobody knows one. */
export function namedHost({ sni, flow }: InspectedConnection): string {
  return normalizeHost(sni) || flow.host
}

const AUTHORITY = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d*)?$/i

/** The host of a Host or :authority, without port, normalized; '' for what is none. */
export function hostOf(authority: string): string {
  const [, address, name = ''] = AUTHORITY.exec(authority) ?? []
  if (address === undefined) return normalizeHost(name)
  return isIPv6(address) ? canonicalAddress(address) : ''
}

/** A Content-Type without parameters, lower case; '' for none. */
export function mediaType(contentType: string): string {
  return contentType.split(';', 1)[0]!.trim().toLowerCase()
}

function inUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}
