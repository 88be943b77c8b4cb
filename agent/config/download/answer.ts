// Pure: whether what the add-on host answered is what was asked for.

import { X509Certificate } from 'node:crypto'
import { type Failed, type HttpsFault, refusalOf } from '../../outbound/https-failure.js'

/** What an endpoint answers with: a JSON object, a certificate as PEM, or a certificate with its key (RFC 7292). */
export type AnswerKind = 'json' | 'pem' | 'pkcs12'

/**
 * A failed request to the add-on host. `rejected`: a JSON answer with `"status":"error"`; `unsettled`: the configuration
 * changed during each download of it.
 */
export type AddonFailure = Failed<HttpsFault | 'rejected' | 'unsettled'>

/** First byte of what is ASN.1 and not text. */
const SEQUENCE = 0x30

/** Why this answer is none, undefined when it is good. The detail may quote the host and is not yet free of keys. */
export function faultOf(kind: AnswerKind, httpStatus: number, body: Uint8Array): AddonFailure | undefined {
  const json = readObject(body)
  const refused = refusalOf(httpStatus)
  const curlCode = refused?.curlCode ?? 0
  if (json?.['status'] === 'error') {
    return { failure: 'rejected', detail: String(json['message'] ?? 'no reason given'), curlCode, httpStatus }
  }
  if (refused !== undefined) return refused
  const wanted = wantedInstead(kind, json, body)
  return wanted === undefined
    ? undefined
    : { failure: 'malformed', detail: `the answer is not ${wanted}`, curlCode, httpStatus }
}

/** The text of a JSON answer, without a byte order mark. Throws TypeError when it is not UTF-8. */
export function textOfAnswer(body: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(body)
}

/** The object a JSON answer is, undefined when it is none. */
export function readObject(body: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(textOfAnswer(body))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    // HTML of a captive portal, a certificate, half an answer: all that matters is that it is no object.
    return undefined
  }
}

function wantedInstead(kind: AnswerKind, json: unknown, body: Uint8Array): string | undefined {
  if (kind === 'json') return json === undefined ? 'a JSON object' : undefined
  if (kind === 'pem') return isPem(body) ? undefined : 'a PEM certificate'
  // Without its passphrase no more can be told than that it is a sequence (RFC 7292 appendix D, X.690 8.9).
  return body[0] === SEQUENCE ? undefined : 'a PKCS#12 file'
}

function isPem(body: Uint8Array): boolean {
  try {
    // It reads DER as well, which is no PEM.
    new X509Certificate(body)
    return body[0] !== SEQUENCE
  } catch {
    return false
  }
}
