/**
 * The header fields of HTTP/2 messages as node:http2 gives them: what is passed on of them, and the heads that are judged.
 *
 * node:http2 gives fields twice: `parsed`, where repeated fields are joined or dropped, and `raw`, as they came. Names
 * are lower case already, pseudo-headers are checked, and connection-specific fields make nghttp2 refuse the message, but
 * for the two here.
 */

import { type IncomingHttpHeaders, type OutgoingHttpHeaders, sensitiveHeaders } from 'node:http2'
import type { AnswerHead, RequestHead } from '../exchange.js'
import { isHostField, isSameHost } from '../host-field.js'
import { MAX_HEAD_BYTES } from './session-limits.js'

/** Header fields, both ways node:http2 gives them. */
export interface Fields {
  readonly parsed: IncomingHttpHeaders
  /** Name, value, name, value ... */
  readonly raw: readonly string[]
}

/** Why a request is refused, and by which status. */
export interface RequestFault {
  readonly status: 400 | 431
  readonly why: string
}

/** The fields to send on: order, repetition and values as they came, without what concerns the connection (RFC 9113 8.2.2). */
export function fieldsToSend({ parsed, raw }: Fields): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = Object.create(null)
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at]!
    const value = raw[at + 1]!
    const before = fields[name]
    // nghttp2 takes any case of `trailers` and no other value; node sends the lower case only.
    if (name === 'te') fields[name] = 'trailers'
    // Of the upgrade from HTTP/1.1; nghttp2 lets it pass, and node throws.
    else if (name === 'http2-settings') continue
    else if (before === undefined) fields[name] = value
    else if (Array.isArray(before)) before.push(value)
    // Of fields that may not be repeated node reads the first only, and throws when two are to be sent.
    else if (parsed[name] !== before) fields[name] = [before as string, value]
  }
  // A field that was never to be indexed must go on as such (RFC 7541 7.1.3).
  const never = (parsed as Record<symbol, string[] | undefined>)[sensitiveHeaders]
  if (never !== undefined && never.length > 0) Object.assign(fields, { [sensitiveHeaders]: never })
  return fields
}

/** The head of a request; `ended`: it has no body. */
export function requestHead(parsed: IncomingHttpHeaders, ended: boolean): RequestHead {
  return {
    method: parsed[':method'] ?? '',
    authority: parsed[':authority'] ?? parsed.host ?? '',
    target: parsed[':path'] ?? '',
    contentType: parsed['content-type'] ?? '',
    bytes: ended ? 0 : lengthOf(parsed),
    accept: parsed.accept ?? '',
  }
}

/** The head of an answer; `ended`: it has no body. */
export function answerHead(parsed: IncomingHttpHeaders, ended: boolean): AnswerHead {
  return {
    status: Number(parsed[':status']),
    contentType: parsed['content-type'] ?? '',
    bytes: ended ? 0 : lengthOf(parsed),
  }
}

/**
 * What is wrong with a request that node lets pass, with the status to refuse it by; undefined: nothing. What is judged
 * must be what the origin goes by (RFC 9113 8.3.1). `scheme`: the connection's.
 */
export function faultOf({ parsed, raw }: Fields, scheme: 'http' | 'https'): RequestFault | undefined {
  if (headBytes(raw) > MAX_HEAD_BYTES) return { status: 431, why: `The head is larger than ${MAX_HEAD_BYTES} bytes.` }
  const { ':method': method, ':path': path = '', ':authority': authority, host } = parsed
  if (method === 'CONNECT') return malformed('CONNECT is for proxies, and this is none.')
  // nghttp2 looks at the path of these two schemes only.
  if (parsed[':scheme'] !== scheme) return malformed(`The request is for another scheme than ${scheme}.`)
  if (!path.startsWith('/') && !(path === '*' && method === 'OPTIONS')) return malformed('The request has no path.')
  for (const name of [authority, host])
    if (name !== undefined && !isHostField(name)) return malformed('The request names a host that is none.')
  if (authority !== undefined && host !== undefined && !isSameHost(authority, host, scheme))
    return malformed('The request names two hosts: :authority and Host differ.')
  return undefined
}

function malformed(why: string): RequestFault {
  return { status: 400, why }
}

/** As RFC 9113 6.5.2 counts. */
function headBytes(raw: readonly string[]): number {
  let bytes = raw.length * 16
  for (const text of raw) bytes += text.length
  return bytes
}

/** nghttp2 refuses a Content-Length that is no number. */
function lengthOf(parsed: IncomingHttpHeaders): number | undefined {
  const length = parsed['content-length']
  return length === undefined ? undefined : Number(length)
}
