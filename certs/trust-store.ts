/**
 * Trust stores: PKCS#12 files (RFC 7292) with certificates and no key, in the clear, for nothing in them is secret. Java
 * takes a certificate for trusted if its bag has Oracle's attribute, which neither node-forge nor OpenSSL writes; others
 * pass over it. Without a passphrase there is no MAC: so Java's own `cacerts` is since JDK 18, and so every Java from 8 on
 * reads it, which for its default store gives no password.
 */

import { createHmac, randomBytes, X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { oid, primitive, sequence } from './x509-fields.js'

const { asn1 } = forge
const { UNIVERSAL, CONTEXT_SPECIFIC } = asn1.Class
type Asn1 = forge.asn1.Asn1

/** A certificate to trust, and the name it goes by. */
export interface TrustedCertificate {
  readonly pem: string
  readonly alias: string
}

const DATA = '1.2.840.113549.1.7.1'
const CERT_BAG = '1.2.840.113549.1.12.10.1.3'
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1'
const FRIENDLY_NAME = '1.2.840.113549.1.9.20'
/** Oracle's: the value says for what, and this one for everything. */
const TRUSTED_KEY_USAGE = '2.16.840.1.113894.746875.1.1'
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0'

/** As `openssl pkcs12 -export` does it: rounds, and bytes of salt and key. */
const MAC = { iterations: 2048, saltBytes: 8, keyBytes: 32 } as const

/** Writes a trust store; with a passphrase its integrity is protected. */
export function writeTrustStore(certificates: readonly TrustedCertificate[], passphrase?: string): Buffer {
  return pfx([contents(certificates)], passphrase)
}

/** A trust store that has these certificates too; undefined for what is no PKCS#12. It loses its MAC. */
export function addToTrustStore(store: Buffer, certificates: readonly TrustedCertificate[]): Buffer | undefined {
  try {
    // PFX: version, authSafe { data, [0] { OCTET STRING } }, macData
    const [, authSafe] = membersOf(asn1.fromDer(store.toString('latin1')))
    const [octets] = membersOf(membersOf(authSafe!)[1]!)
    const safes = asn1.fromDer(octets!.value as string)
    return pfx([...membersOf(safes), contents(certificates)])
  } catch {
    return undefined
  }
}

function membersOf(node: Asn1): readonly Asn1[] {
  if (!Array.isArray(node.value)) throw new TypeError('not constructed')
  return node.value
}

/** A file of these ContentInfos. */
function pfx(safes: readonly Asn1[], passphrase?: string): Buffer {
  const safe = bytesOf(sequence(...safes))
  const version = primitive(asn1.Type.INTEGER, '\x03')
  const mac = passphrase === undefined ? [] : [macOf(safe, passphrase)]
  return Buffer.from(bytesOf(sequence(version, data(safe), ...mac)), 'latin1')
}

/** ContentInfo of plain data. */
function data(bytes: string): Asn1 {
  return sequence(oid(DATA), tagged(0, primitive(asn1.Type.OCTETSTRING, bytes)))
}

/** The certificates as a ContentInfo of bags. */
function contents(certificates: readonly TrustedCertificate[]): Asn1 {
  const bags = certificates.map(({ pem, alias }) => {
    const der = primitive(asn1.Type.OCTETSTRING, new X509Certificate(pem).raw.toString('latin1'))
    // BMPString: node-forge writes its characters as two bytes each.
    const name = attribute(FRIENDLY_NAME, primitive(asn1.Type.BMPSTRING, alias))
    const usage = attribute(TRUSTED_KEY_USAGE, oid(ANY_EXTENDED_KEY_USAGE))
    const certificate = sequence(oid(X509_CERTIFICATE), tagged(0, der))
    return sequence(oid(CERT_BAG), tagged(0, certificate), set(name, usage))
  })
  return data(bytesOf(sequence(...bags)))
}

function attribute(type: string, value: Asn1): Asn1 {
  return sequence(oid(type), set(value))
}

function set(...members: Asn1[]): Asn1 {
  return asn1.create(UNIVERSAL, asn1.Type.SET, true, members)
}

function tagged(number: number, member: Asn1): Asn1 {
  return asn1.create(CONTEXT_SPECIFIC, number, true, [member])
}

/** MacData with HMAC-SHA-256, its key from the passphrase by RFC 7292 appendix B. */
function macOf(content: string, passphrase: string): Asn1 {
  const salt = randomBytes(MAC.saltBytes).toString('latin1')
  const md = forge.md.sha256.create()
  // ID 3 is for MACs.
  const key = forge.pkcs12.generateKey(passphrase, forge.util.createBuffer(salt), 3, MAC.iterations, MAC.keyBytes, md)
  const digest = createHmac('sha256', Buffer.from(key.getBytes(), 'latin1')).update(content, 'latin1').digest()
  const algorithm = sequence(oid('2.16.840.1.101.3.4.2.1'), primitive(asn1.Type.NULL, ''))
  return sequence(
    sequence(algorithm, primitive(asn1.Type.OCTETSTRING, digest.toString('latin1'))),
    primitive(asn1.Type.OCTETSTRING, salt),
    primitive(asn1.Type.INTEGER, asn1.integerToDer(MAC.iterations).getBytes()),
  )
}

function bytesOf(node: Asn1): string {
  return asn1.toDer(node).getBytes()
}
