// Pure: what the head of an HTTP/1 request tells about its destination. Strict where a lenient reading could name another
// host than the server will (RFC 9112 2.2 to 5.2): bare CR or LF, folded lines, space before a colon, two Host headers.

import { wireName } from './wire-name.js'

/** The request line's method and target; `host` is the name it is for, '' when it has none or an IP address. */
export interface HttpHead {
  readonly method: string
  readonly target: string
  readonly host: string
}

/** Longest head that is read, in bytes: node:http's and most servers' limit. */
const MAX_BYTES = 16 * 1024

const LINE_END = '\r\n'
const HEAD_END = '\r\n\r\n'
// A request line of which the rest has not come yet.
const BEGUN_LINE = /^[A-Z][A-Z-]{0,19}(?: [!-~\x80-\xff]*(?: [HTP/1.0]{0,8}\r?)?)?$/
const REQUEST_LINE = /^([A-Z][A-Z-]{0,19}) ([!-~\x80-\xff]+) HTTP\/1\.[01]$/
const HEADER = /^([!#$%&'*+.^_`|~\w-]+):[\t ]*([\t -~\x80-\xff]*)$/
const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i
const AUTHORITY = /^([^:@[\]]+)(?::\d{0,5})?$/

/** `bytes` is everything the client has sent so far; what follows the head does not matter. */
export function parseHttpHead(bytes: Uint8Array): HttpHead | 'need-more' | 'not-http' {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, MAX_BYTES)).toString('latin1')
  if (text === '') return 'need-more'
  const lineEnd = text.indexOf(LINE_END)
  const [, method, target] = REQUEST_LINE.exec(text.slice(0, Math.max(lineEnd, 0))) ?? []
  const isRequest = lineEnd === -1 ? BEGUN_LINE.test(text) : method !== undefined
  const headEnd = text.indexOf(HEAD_END)
  if (!isRequest || (headEnd === -1 && bytes.length >= MAX_BYTES)) return 'not-http'
  if (headEnd === -1 || method === undefined || target === undefined) return 'need-more'
  const authority = headEnd === lineEnd ? '' : hostHeader(text.slice(lineEnd + 2, headEnd).split(LINE_END))
  if (authority === undefined) return 'not-http'
  // An absolute-form target overrides Host (RFC 9112 3.2.2).
  const [, name = ''] = AUTHORITY.exec(ABSOLUTE.exec(target)?.[1] ?? authority) ?? []
  return { method, target, host: wireName(name) }
}

/** The value of Host, '' without one; undefined when a line is no header line or Host comes twice. */
function hostHeader(lines: readonly string[]): string | undefined {
  let host: string | undefined
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? []
    if (name === undefined || value === undefined) return undefined
    if (name.toLowerCase() !== 'host') continue
    if (host !== undefined) return undefined
    host = value.trimEnd()
  }
  return host ?? ''
}
