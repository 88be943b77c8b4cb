/**
 * Reads certificate revocation lists (RFC 5280 5) that anybody may have sent: nothing is believed before the signature is
 * verified. Lists of changes (delta), lists for others' certificates (indirect) and lists with critical extensions that
 * we do not know are refused.
 */

import { verify, type X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { contextTag, DER_TAG, type DerElement, derContent, derElement, derMembers, derWhole } from './der.js'
import { type DerExtension, derExtensions, signedFields } from './der-extensions.js'
import { subjectOf } from './read-certificate.js'

/** Larger lists are not read, bytes; public authorities keep theirs below. */
export const LARGEST_CRL_BYTES = 1_048_576

/** A list whose signature holds. */
export interface RevocationList {
  /** `serial` in hexadecimal, as `X509Certificate.serialNumber` has it. */
  isRevoked(serial: string): boolean
  readonly nextUpdate: Date
}

/** Why a list is not used. */
export interface CrlRefusal {
  readonly failure: 'too-large' | 'malformed' | 'wrong-issuer' | 'bad-signature' | 'unsupported'
}

/** AlgorithmIdentifiers by the content of their OBJECT IDENTIFIER, and the digest node:crypto is to use. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
}

/** 2.5.29.28: critical, and says for which certificates the list is. */
const ISSUING_DISTRIBUTION_POINT = '551d1c'
/** `[4] indirectCRL` of it. */
const INDIRECT = contextTag(4, true)

/** Reads a list, DER, of this issuer. Never throws. */
export function readCrl(der: Buffer, issuer: X509Certificate): RevocationList | CrlRefusal {
  if (der.length > LARGEST_CRL_BYTES) return { failure: 'too-large' }
  const whole = derElement(der)
  const [list, algorithm, signature, ...more] = derMembers(whole) ?? []
  if (whole?.tag !== DER_TAG.sequence || list === undefined || algorithm === undefined || more.length > 0)
    return { failure: 'malformed' }
  const signatureBits = signature?.tag === DER_TAG.bitString ? derContent(signature) : undefined
  // Its first byte says how many bits at its end are not of it.
  if (signatureBits?.[0] !== 0) return { failure: 'malformed' }
  const { fields, tagged } = signedFields(list)
  // Absent in version 1.
  const [inner, name, , ...rest] = fields[0]?.tag === DER_TAG.integer ? fields.slice(1) : fields
  const nextUpdate = rest[0] && timeOf(rest[0])
  const extensions = derExtensions(tagged(0))
  if (inner === undefined || name === undefined) return { failure: 'malformed' }
  if (nextUpdate === undefined || extensions === undefined) return { failure: 'malformed' }
  if (subjectOf(issuer.raw)?.equals(derWhole(name)) !== true) return { failure: 'wrong-issuer' }
  if (!derWhole(inner).equals(derWhole(algorithm))) return { failure: 'malformed' }
  const digest = digestOf(algorithm)
  if (digest === undefined || extensions.some(isUnsupported)) return { failure: 'unsupported' }
  if (!isSigned(derWhole(list), signatureBits.subarray(1), issuer, digest)) return { failure: 'bad-signature' }
  const serials = serialsOf(rest[1])
  if (serials === undefined) return { failure: 'malformed' }
  return { nextUpdate, isRevoked: (serial) => serials.has(plain(serial)) }
}

function digestOf(algorithm: DerElement): string | undefined {
  const [id] = derMembers(algorithm) ?? []
  return id && DIGESTS[derContent(id).toString('hex')]
}

function isSigned(content: Buffer, signature: Buffer, issuer: X509Certificate, digest: string): boolean {
  try {
    return verify(digest, content, issuer.publicKey, signature)
  } catch {
    // A key that does not fit the algorithm.
    return false
  }
}

function isUnsupported({ id, critical, value }: DerExtension): boolean {
  if (!critical) return false
  return id !== ISSUING_DISTRIBUTION_POINT || derMembers(value)?.some(({ tag }) => tag === INDIRECT) !== false
}

/** revokedCertificates: a SEQUENCE of { serial, date, extensions }, absent when nothing is revoked. */
function serialsOf(revoked: DerElement | undefined): ReadonlySet<string> | undefined {
  const entries = revoked === undefined ? [] : derMembers(revoked)
  const serials = new Set<string>()
  for (const entry of entries ?? []) {
    const serial = derElement(entry.bytes, entry.content, entry.end)
    if (serial?.tag !== DER_TAG.integer) return undefined
    serials.add(plain(derContent(serial).toString('hex')))
  }
  return entries && serials
}

function plain(serial: string): string {
  return serial.toLowerCase().replace(/^0+(?=.)/, '')
}

function timeOf(element: DerElement): Date | undefined {
  const text = derContent(element).toString('latin1')
  // RFC 5280 4.1.2.5: seconds always, Z always.
  if (element.tag === DER_TAG.utcTime && /^\d{12}Z$/.test(text)) return forge.asn1.utcTimeToDate(text)
  if (element.tag === DER_TAG.generalizedTime && /^\d{14}Z$/.test(text)) return forge.asn1.generalizedTimeToDate(text)
  return undefined
}
