// Pure: what the first bytes of a flow are. Lenient on purpose: what some server would take for HTTP, or TLS, and is not
// quite, is for the parsers to refuse or for the settings to judge. As something unknown it would pass unread.

import { type ClientHello, parseClientHello } from '../../../agent/steering/client-hello.js'

/** What a flow begins with. */
export type FirstKind =
  | { readonly type: 'tls'; readonly hello: ClientHello }
  | { readonly type: 'malformed-tls' }
  | { readonly type: 'http' }
  /** HTTP/2 that nobody has agreed on before (RFC 9113 3.3). */
  | { readonly type: 'http2' }
  | { readonly type: 'opaque'; readonly why: string }

/** A TLS record of type handshake, of any version that was ever spoken (RFC 8446 5.1). */
const isTlsRecord = (bytes: Uint8Array): boolean => bytes[0] === 22 && (bytes.length < 2 || bytes[1] === 3)

/** Longest request line that is waited for, bytes. */
const LONGEST_LINE = 16 * 1024

/** What can still become a request line. No NUL: git:// begins with a word, too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const BEGUN_LINE = /^[\w!#$%&'*+.^`|~-]{1,40}(?:[\t\v\f\r ][^\0-\x08\x0e-\x1f\x7f]*)?$/
// Any whitespace (RFC 9112 3), any version, any case.
const REQUEST_LINE = /^[\w!#$%&'*+.^`|~-]{1,40}[\t\v\f\r ].*[\t\v\f\r ]HTTP\/\d/is
/** HTTP/0.9; memcached has a `get` of its own. */
const OLD_REQUEST = /^GET[\t\v\f\r ]+(?:\/|https?:)\S*[\t\v\f\r ]*$/
const PREFACE_LINE = /^PRI \* HTTP\/2\.0\r$/

/** What `bytes`, all that came so far, are; undefined while more could tell. `whole`: no more is to come, or not in time. */
export function recognizeFirst(bytes: Uint8Array, whole: boolean): FirstKind | undefined {
  if (bytes.length === 0) return undefined
  if (isTlsRecord(bytes)) return recognizeTls(bytes, whole)
  // Empty lines before a request are ignored (RFC 9112 2.2), and by some servers all whitespace.
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1').trimStart()
  const lineEnd = text.indexOf('\n')
  if (lineEnd >= 0) return recognizeLine(text.slice(0, lineEnd))
  if (text !== '' && !BEGUN_LINE.test(text)) return NO_PROTOCOL
  return whole || text.length >= LONGEST_LINE ? { type: 'http' } : undefined
}

const NO_PROTOCOL: FirstKind = { type: 'opaque', why: 'it is neither TLS nor HTTP' }

function recognizeLine(line: string): FirstKind {
  if (PREFACE_LINE.test(line)) return { type: 'http2' }
  return REQUEST_LINE.test(line) || OLD_REQUEST.test(line) ? { type: 'http' } : NO_PROTOCOL
}

function recognizeTls(bytes: Uint8Array, whole: boolean): FirstKind | undefined {
  const hello = parseClientHello(bytes)
  if (typeof hello === 'object') return { type: 'tls', hello }
  return hello === 'not-tls' || whole ? { type: 'malformed-tls' } : undefined
}
