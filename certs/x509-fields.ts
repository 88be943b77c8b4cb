// Pure: the parts of an X.509 certificate (RFC 5280) as node-forge ASN.1: names, validity, extensions. node-forge keeps
// bytes in "binary strings", one character a byte; only this file and those that sign know.

import forge from 'node-forge'
import { SteerError } from '../agent/errors.js'
import { hostName } from './host-name.js'

const { asn1 } = forge
const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class
type Asn1 = forge.asn1.Asn1

/** The attributes of a subject that steerlab uses; absent ones are left out. Written in the order of `ATTRIBUTES`. */
export interface DistinguishedName {
  /** Two letters. */
  readonly country?: string
  readonly state?: string
  readonly locality?: string
  readonly organization?: string
  readonly organizationalUnit?: string
  readonly commonName?: string
  readonly emailAddress?: string
}

/** Most characters of a common name, and of an organisation's: ub-common-name of RFC 5280 appendix A. */
export const LONGEST_COMMON_NAME = 64

/** What a certificate is for; decides its basic constraints, key usage and extended key usage. */
export type CertificatePurpose = 'root' | 'intermediate' | 'server' | 'client'

// RFC 5280 appendix A: country must be a PrintableString, emailAddress an IA5String; the rest may be UTF8String.
const ATTRIBUTES = [
  ['country', '2.5.4.6', asn1.Type.PRINTABLESTRING],
  ['state', '2.5.4.8', asn1.Type.UTF8],
  ['locality', '2.5.4.7', asn1.Type.UTF8],
  ['organization', '2.5.4.10', asn1.Type.UTF8],
  ['organizationalUnit', '2.5.4.11', asn1.Type.UTF8],
  ['commonName', '2.5.4.3', asn1.Type.UTF8],
  ['emailAddress', '1.2.840.113549.1.9.1', asn1.Type.IA5STRING],
] as const

const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlDistributionPoints: '2.5.29.31',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
} as const

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2'

// Key usage is a BIT STRING: first byte = unused bits, second = the flags (RFC 5280 4.2.1.3).
const SIGN_CERTIFICATES_AND_CRLS = '\x01\x06'
const DIGITAL_SIGNATURE = '\x07\x80'
const DIGITAL_SIGNATURE_AND_KEY_ENCIPHERMENT = '\x05\xa0'

/** One value of a universal ASN.1 type. */
export function primitive(type: forge.asn1.Type, value: string): Asn1 {
  return asn1.create(UNIVERSAL, type, false, value)
}

/** A SEQUENCE. */
export function sequence(...members: Asn1[]): Asn1 {
  return asn1.create(UNIVERSAL, asn1.Type.SEQUENCE, true, members)
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Asn1 {
  return primitive(asn1.Type.OID, asn1.oidToDer(dotted).getBytes())
}

/** A Name: one relative distinguished name an attribute. */
export function nameField(name: DistinguishedName): Asn1 {
  const parts = ATTRIBUTES.flatMap(([key, type, stringType]) => {
    const value = name[key]
    if (value === undefined) return []
    const attribute = sequence(oid(type), primitive(stringType, forge.util.encodeUtf8(value)))
    return [asn1.create(UNIVERSAL, asn1.Type.SET, true, [attribute])]
  })
  return sequence(...parts)
}

/** A Validity. */
export function validityField(notBefore: Date, notAfter: Date): Asn1 {
  return sequence(timeField(notBefore), timeField(notAfter))
}

/** A Time: UTCTime until 2049, GeneralizedTime from 2050 on, as RFC 5280 4.1.2.5 asks. */
export function timeField(date: Date): Asn1 {
  return date.getUTCFullYear() < 2050
    ? primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(asn1.Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date))
}

/** What the extensions of one certificate depend on; key identifiers are binary strings. */
export interface ExtensionFacts {
  readonly purpose: CertificatePurpose
  readonly subjectKeyIsRsa: boolean
  readonly subjectKeyIdentifier: string
  readonly authorityKeyIdentifier: string
  /** DNS names and IP addresses; empty = no subjectAltName. */
  readonly names: readonly string[]
  /** RFC 5280 4.2.1.6: the subjectAltName is critical then, for nothing else says who it is. */
  readonly subjectIsEmpty: boolean
  /** Where the issuer's revocation list is; undefined = no cRLDistributionPoints. */
  readonly crlUrl: string | undefined
}

/** The `[3] Extensions` of a certificate. Throws SteerError `certificate-name-invalid` for a name that is neither DNS name nor address. */
export function extensionsField(facts: ExtensionFacts): Asn1 {
  const { purpose } = facts
  const isAuthority = purpose === 'root' || purpose === 'intermediate'
  const list = [
    extension(EXTENSION.basicConstraints, true, basicConstraints(purpose)),
    extension(EXTENSION.keyUsage, true, primitive(asn1.Type.BITSTRING, keyUsage(isAuthority, facts))),
    extension(EXTENSION.subjectKeyIdentifier, false, primitive(asn1.Type.OCTETSTRING, facts.subjectKeyIdentifier)),
    authorityKeyIdentifierField(facts.authorityKeyIdentifier),
  ]
  if (!isAuthority) {
    list.push(
      extension(EXTENSION.extendedKeyUsage, false, sequence(oid(purpose === 'server' ? SERVER_AUTH : CLIENT_AUTH))),
    )
  }
  if (facts.names.length > 0) {
    const names = sequence(...facts.names.map(alternativeName))
    list.push(extension(EXTENSION.subjectAltName, facts.subjectIsEmpty, names))
  }
  if (facts.crlUrl !== undefined) {
    list.push(extension(EXTENSION.crlDistributionPoints, false, crlDistributionPoints(facts.crlUrl)))
  }
  return asn1.create(CONTEXT_SPECIFIC, 3, true, [sequence(...list)])
}

/** The extension that says which key has signed, of certificates and of revocation lists. */
export function authorityKeyIdentifierField(keyIdentifier: string): Asn1 {
  return extension(EXTENSION.authorityKeyIdentifier, false, sequence(tagged(0, keyIdentifier)))
}

function basicConstraints(purpose: CertificatePurpose): Asn1 {
  const authority = primitive(asn1.Type.BOOLEAN, '\xff')
  if (purpose === 'root') return sequence(authority)
  // Path length 0: the tenant intermediate signs leaves, never another authority.
  if (purpose === 'intermediate') return sequence(authority, primitive(asn1.Type.INTEGER, '\x00'))
  // DER leaves a DEFAULT FALSE out: an empty sequence says "no authority".
  return sequence()
}

function keyUsage(isAuthority: boolean, { purpose, subjectKeyIsRsa }: ExtensionFacts): string {
  if (isAuthority) return SIGN_CERTIFICATES_AND_CRLS
  return purpose === 'server' && subjectKeyIsRsa ? DIGITAL_SIGNATURE_AND_KEY_ENCIPHERMENT : DIGITAL_SIGNATURE
}

function alternativeName(name: string): Asn1 {
  const host = hostName(name)
  if (host === undefined) {
    throw new SteerError('certificate-name-invalid', `"${name}" is neither a DNS name nor an IP address`)
  }
  return 'dns' in host ? tagged(2, host.dns) : tagged(7, host.ip.toString('latin1'))
}

/** One DistributionPoint { distributionPoint [0] { fullName [0] { uniformResourceIdentifier [6] } } }, RFC 5280 4.2.1.13. */
function crlDistributionPoints(url: string): Asn1 {
  const inside = (content: Asn1) => asn1.create(CONTEXT_SPECIFIC, 0 as forge.asn1.Type, true, [content])
  return sequence(sequence(inside(inside(tagged(6, url)))))
}

function tagged(tag: number, bytes: string): Asn1 {
  return asn1.create(CONTEXT_SPECIFIC, tag as forge.asn1.Type, false, bytes)
}

/** An Extension; `value` is what its OCTET STRING holds. */
export function extension(type: string, critical: boolean, value: Asn1): Asn1 {
  const content = primitive(asn1.Type.OCTETSTRING, asn1.toDer(value).getBytes())
  return critical ? sequence(oid(type), primitive(asn1.Type.BOOLEAN, '\xff'), content) : sequence(oid(type), content)
}
