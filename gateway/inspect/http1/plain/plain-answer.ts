// Pure: the head of an origin's answer, read strictly, and how its body ends (RFC 9112 6.3). Here everything has to be
// read: the request is gone already, and what is not understood is malformed.

import { connectionOptions, endToEnd } from '../../../../agent/outbound/http-forward/end-to-end.js'
import type { AnswerHead } from '../../exchange.js'
import { contentLength, HEAD_END, headText, readHeaderLines } from './header-lines.js'

/** An answer's head. */
export interface PlainAnswer extends AnswerHead {
  /** Bytes of the head as it came. */
  readonly headLength: number
  /** The head for the client. */
  readonly sendHead: Buffer
  /** How its body ends: there is none, after so many bytes, with the last chunk, or with the connection. */
  readonly body: 'none' | 'length' | 'chunked' | 'until-close'
  /** The client is told that nothing follows. */
  readonly isLast: boolean
  /** The origin ends its connection: HTTP/1.0 keeps none (RFC 9112 9.3). */
  readonly endsLine: boolean
}

/** Another answer follows (1xx, RFC 9110 15.2). */
export type InterimAnswer = Pick<PlainAnswer, 'headLength' | 'sendHead'> & { readonly isInterim: true }

/** What bytes from an origin are. */
export type ReadAnswer = PlainAnswer | InterimAnswer | { readonly malformed: string } | 'need-more'

/** Longest head, bytes. */
const LONGEST_HEAD = 64 * 1024

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t -~\x80-\xff]*)?$/

/** Reads the answer to a request of `method`; `closes`: the client is told that nothing follows. */
export function readPlainAnswer(bytes: Buffer, method: string, closes: boolean): ReadAnswer {
  const end = bytes.subarray(0, LONGEST_HEAD).indexOf(HEAD_END, 0, 'latin1')
  if (end === -1) {
    if (bytes.length >= LONGEST_HEAD) return { malformed: 'its head is too long' }
    return /^(?:H|$)/.test(bytes.toString('latin1', 0, 1)) ? 'need-more' : { malformed: 'it is no HTTP' }
  }
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [, minor, code] = STATUS_LINE.exec(first) ?? []
  const raw = readHeaderLines(lines)
  if (minor === undefined || raw === undefined) return { malformed: 'its head is no HTTP' }
  const status = Number(code)
  const headLength = end + HEAD_END.length
  if (status === 101) return { malformed: 'it switches to a protocol nobody asked for' }
  const sendHead = (headers: readonly string[]) => Buffer.from(headText(`HTTP/1.1${first.slice(8)}`, headers), 'latin1')
  if (status < 200) return { isInterim: true, headLength, sendHead: sendHead(endToEnd(raw)) }
  const framing = framingOf(raw, method, status, minor)
  if (typeof framing === 'string') return { malformed: framing }
  const { body, length, isChunked } = framing
  const options = connectionOptions(raw)
  const isLast = body === 'until-close' || options.has('close')
  const headers = endToEnd(raw, isChunked === true ? FRAMING : undefined)
  if (isLast || closes) headers.push('Connection', 'close')
  return {
    status,
    contentType: headerValue(raw, 'content-type'),
    bytes: body === 'none' ? 0 : length,
    headLength,
    sendHead: sendHead(headers),
    body,
    isLast,
    endsLine: isLast || (minor === '0' && !options.has('keep-alive')),
  }
}

const FRAMING: ReadonlySet<string> = new Set(['transfer-encoding', 'trailer'])

interface Framing {
  readonly body: PlainAnswer['body']
  readonly length?: number
  /** Its head says that it comes in chunks. */
  readonly isChunked?: boolean
}

function framingOf(raw: readonly string[], method: string, status: number, minor: string): Framing | string {
  const length = contentLength(raw)
  if (length === 'odd') return 'a Content-Length that can be read in two ways'
  const codings = raw
    .filter((_, at) => at % 2 === 1 && raw[at - 1]?.toLowerCase() === 'transfer-encoding')
    .filter((coding) => coding.toLowerCase() !== 'identity')
  // RFC 9112 6.1: it knows none, and whoever says so is not to be believed about anything.
  if (codings.length > 0 && minor === '0') return 'a Transfer-Encoding in HTTP/1.0'
  if (codings.length > 0 && length !== undefined) return 'both Transfer-Encoding and Content-Length'
  if (codings.length > 1 || (codings[0] ?? 'chunked').toLowerCase() !== 'chunked')
    return 'a Transfer-Encoding other than chunked'
  if (method === 'HEAD' || status === 204 || status === 304)
    return { body: 'none', isChunked: codings.length > 0 && method === 'HEAD' }
  if (codings.length > 0) return { body: 'chunked', isChunked: true }
  if (length === undefined) return { body: 'until-close' }
  return length === 0 ? { body: 'none' } : { body: 'length', length }
}

function headerValue(raw: readonly string[], name: string): string {
  const at = raw.findIndex((found, index) => index % 2 === 0 && found.toLowerCase() === name)
  return at === -1 ? '' : (raw[at + 1] as string)
}
