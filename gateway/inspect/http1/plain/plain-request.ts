// Pure: requests that are so plain that their bytes can be sent on as they are: a head of one piece, a length or no body,
// nothing for the next hop. All others are for node:http and http-proxy. What is plain is judged by the same reading.

import { connectionOptions, endToEnd } from '../../../../agent/outbound/http-forward/end-to-end.js'
import { type ReadRequest, readRequest } from '../request-head.js'
import { contentLength, HEAD_END, headText, readHeaderLines } from './header-lines.js'

/** A plain request. */
export interface PlainRequest extends ReadRequest {
  /** Length of its body, bytes. */
  readonly bytes: number
  /** Bytes of the head as it came. */
  readonly headLength: number
  /** The head to send on, where it is another than came: a Connection header goes no further. */
  readonly sendHead: Buffer | undefined
  /** The client wants no other after it. */
  readonly isLast: boolean
}

/** Longest head that is looked at, bytes; browsers' have a few thousand. */
const LONGEST_HEAD = 16 * 1024

const REQUEST_LINE = /^([A-Z][A-Z-]{0,19}) (\/[!"$-~]*) HTTP\/1\.1$/

/** Headers whose meaning is more than a relay knows. */
const NOT_PLAIN: ReadonlySet<string> = new Set([
  'transfer-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'http2-settings',
  'keep-alive',
])

/** The request `bytes` begin with, if it is plain and its head is whole. */
export function readPlainRequest(bytes: Buffer, scheme: 'http' | 'https'): PlainRequest | undefined {
  const end = bytes.subarray(0, LONGEST_HEAD).indexOf(HEAD_END, 0, 'latin1')
  if (end === -1) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const [, method, url] = REQUEST_LINE.exec(first) ?? []
  const rawHeaders = readHeaderLines(lines)
  if (method === undefined || url === undefined || rawHeaders === undefined || method === 'CONNECT') return undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] as string).toLowerCase()
    if (NOT_PLAIN.has(name) || name.startsWith('proxy-')) return undefined
  }
  const length = contentLength(rawHeaders) ?? 0
  const options = connectionOptions(rawHeaders)
  for (const option of options) if (option !== 'keep-alive' && option !== 'close') return undefined
  const request = readRequest({ method, url, httpVersion: '1.1', rawHeaders }, scheme, LONGEST_HEAD)
  if ('refused' in request || length === 'odd') return undefined
  return {
    ...request,
    bytes: length,
    headLength: end + HEAD_END.length,
    sendHead: options.size === 0 ? undefined : Buffer.from(headText(first, endToEnd(rawHeaders)), 'latin1'),
    isLast: options.has('close'),
  }
}
