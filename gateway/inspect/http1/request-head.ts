// Pure: the head of a request as node:http's strict parser gives it: what the judge is told, what is sent on, or why it is
// refused. The parser has refused what is malformed; here goes what is well formed and still read in two ways by two
// programs, which is all that request smuggling needs (RFC 9112 3.2, 6.1, 11.2).

import { CHUNKED, connectionOptions, endToEnd } from '../../../agent/outbound/http-forward/end-to-end.js'
import type { RequestHead } from '../exchange.js'
import { isHostField, isSameHost } from '../host-field.js'
import type { InspectSettings } from '../settings/settings.js'

/** What node:http says of a request. */
export interface ParsedRequest {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  readonly rawHeaders: readonly string[]
}

/** A request that may be judged and sent on. */
export interface ReadRequest extends RequestHead {
  readonly httpVersion: '1.0' | '1.1'
  readonly rawHeaders: readonly string[]
  readonly isChunked: boolean
  /** A length other than 0, or chunks. */
  readonly hasBody: boolean
  /** Upgrade as sent, '' for none. */
  readonly upgrade: string
  /** The client may wait with its body until it is told to go on. */
  readonly expectsContinue: boolean
}

/** Why a request is refused, in words. */
export interface RefusedRequest {
  readonly status: 400 | 431
  readonly refused: string
}

/** What the gateway adds to a request. */
export interface AddedHeaders {
  readonly forwarded: InspectSettings['forwarded']
  /** What X-Forwarded-For tells: the client's address. */
  readonly clientIp: string
  /** Who Via says it came through: `viaName` of forwarded-headers.ts. */
  readonly via: string
  /** Host of a request of HTTP/1.0 that has none. */
  readonly host: string
}

const ABSOLUTE = /^(https?):\/\/([^/?#]*)([^#]*)$/i
/** Colon, space and line end of a header, bytes. */
const SEPARATORS = 4
const EXPECT: ReadonlySet<string> = new Set(['expect'])
const UPGRADE: ReadonlySet<string> = new Set(['upgrade'])
const CHUNKED_UPGRADE: ReadonlySet<string> = new Set([...CHUNKED, ...UPGRADE])

/** Reads a head of at most `headBytes` that came over `scheme`. */
export function readRequest(
  request: ParsedRequest,
  scheme: 'http' | 'https',
  headBytes: number,
): ReadRequest | RefusedRequest {
  const { method, httpVersion, rawHeaders } = request
  if (httpVersion !== '1.1' && httpVersion !== '1.0') return refused(`HTTP/${httpVersion} is not spoken here`)
  const hosts: string[] = []
  const codings: string[] = []
  const one = { 'content-length': '', 'content-type': '', accept: '', upgrade: '', expect: '' }
  // The parser counts names and values only.
  let bytes = request.url.length
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!.toLowerCase()
    const value = rawHeaders[i + 1]!
    bytes += name.length + value.length + SEPARATORS
    if (name === 'host') hosts.push(value)
    else if (name === 'transfer-encoding') codings.push(value)
    else if (Object.hasOwn(one, name)) one[name as keyof typeof one] = value
  }
  if (bytes > headBytes) return { status: 431, refused: 'the head of the request is too long' }
  if (hosts.length > 1) return refused('two Host headers')
  const [authority] = hosts
  if (authority === undefined && httpVersion === '1.1') return refused('no Host header')
  if (authority !== undefined && !isHostField(authority)) return refused('a Host header that is no host')
  const isChunked = codings.length > 0
  if (isChunked && httpVersion === '1.0') return refused('Transfer-Encoding in HTTP/1.0')
  if (isChunked && (codings.length > 1 || codings[0]!.toLowerCase() !== 'chunked'))
    return refused('a Transfer-Encoding other than chunked')
  const target = originForm(request.url, authority ?? '', scheme)
  if (target === undefined) return refused('a target on another host than this one')
  const length = Number(one['content-length'])
  return {
    method,
    authority: authority ?? '',
    target,
    contentType: one['content-type'],
    bytes: isChunked ? undefined : length,
    accept: one.accept,
    httpVersion,
    rawHeaders,
    isChunked,
    hasBody: isChunked || length > 0,
    upgrade: one.upgrade,
    expectsContinue: httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(one.expect),
  }
}

function refused(why: string): RefusedRequest {
  return { status: 400, refused: why }
}

/** The headers to send on. `switches`: an upgrade that is passed on. */
export function requestHeaders(request: ReadRequest, added: AddedHeaders, switches: boolean): readonly string[] {
  const { rawHeaders, isChunked, httpVersion } = request
  const keep = switches ? (isChunked ? CHUNKED_UPGRADE : UPGRADE) : isChunked ? CHUNKED : undefined
  // HTTP/1.0 knows no interim answers (RFC 9110 10.1.1).
  const headers = endToEnd(rawHeaders, keep, httpVersion === '1.0' ? EXPECT : undefined)
  if (request.authority === '' && httpVersion === '1.0') headers.unshift('Host', added.host)
  if (added.forwarded.xForwardedFor) addForwardedFor(headers, added.clientIp)
  if (added.forwarded.via) headers.push('Via', `${httpVersion} ${added.via}`)
  const options = connectionOptions(rawHeaders)
  if (switches) headers.push('Connection', 'Upgrade')
  else if (takesTrailers(rawHeaders, options))
    headers.push('TE', 'trailers', 'Connection', options.has('close') ? 'close, TE' : 'TE')
  else if (options.has('close')) headers.push('Connection', 'close')
  return headers
}

/** Some servers read only one X-Forwarded-For: what is there grows. */
function addForwardedFor(headers: string[], ip: string): void {
  const at = headers.findLastIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'x-forwarded-for')
  if (at === -1) headers.push('X-Forwarded-For', ip)
  else headers[at + 1] = `${headers[at + 1]}, ${ip}`
}

function takesTrailers(raw: readonly string[], options: ReadonlySet<string>): boolean {
  return (
    options.has('te') &&
    raw.some((name, i) => i % 2 === 0 && name.toLowerCase() === 'te' && /\btrailers\b/i.test(raw[i + 1]!))
  )
}

/** Path and query of a target; an absolute one must name the host that Host names (RFC 9112 3.2.2). */
function originForm(url: string, host: string, scheme: 'http' | 'https'): string | undefined {
  if (url.startsWith('/') || url === '*') return url
  const [, urlScheme = '', authority = '', rest = ''] = ABSOLUTE.exec(url) ?? []
  if (urlScheme.toLowerCase() !== scheme || !isSameHost(authority, host, scheme)) return undefined
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** Idempotent methods (RFC 9110 9.2.2). */
const REPEATABLE = /^(?:GET|HEAD|OPTIONS|TRACE|PUT|DELETE)$/

/** Whether a request may be sent once more when a kept connection turns out to have been closed (RFC 9112 9.3.1). */
export function isRepeatable({ method, hasBody }: Pick<ReadRequest, 'method' | 'hasBody'>): boolean {
  return !hasBody && REPEATABLE.test(method)
}
