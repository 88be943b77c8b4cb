/**
 * Issues X.509 v3 certificates: node-forge writes the structure, node:crypto makes the keys and the signature. Alone,
 * node-forge knows no EC keys and signs in 22-35 ms; so the subject's public key goes in as the DER that node:crypto
 * exports, and a certificate takes half a millisecond, which lets the lab and the gateway issue one per host on demand.
 * Signatures are SHA-256 with RSA or ECDSA, by the issuer's key.
 */

import { createHash, type KeyObject, randomBytes, X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { SteerError } from '../agent/errors.js'
import type { KeyPair } from './keys.js'
import { signatureAlgorithm, signedDer } from './signed-der.js'
import {
  type CertificatePurpose,
  type DistinguishedName,
  extensionsField,
  LONGEST_COMMON_NAME,
  nameField,
  primitive,
  sequence,
  validityField,
} from './x509-fields.js'

const { asn1 } = forge
type Asn1 = forge.asn1.Asn1

const DAY_MS = 86_400_000

/** An authority that can sign: its certificate read once, so that issuing does not parse it again. */
export interface Issuer {
  readonly name: Asn1
  readonly keyIdentifier: string
  readonly privateKey: KeyObject
}

/** What every certificate says. */
export interface CertificateContent {
  readonly subject: DistinguishedName
  /** Life in days, 1 or more; it starts one day before `now`, for clocks that lag. */
  readonly days: number
  readonly now: Date
}

/** A certificate to be signed by somebody else. */
export interface CertificateRequest extends CertificateContent {
  readonly issuer: Issuer
  readonly subjectPublicKey: KeyObject
  readonly purpose: Exclude<CertificatePurpose, 'root'>
  /** DNS names (international ones become punycode, `*.` allowed) and IP addresses for the subjectAltName. */
  readonly names?: readonly string[]
  /** Where the issuer's revocation list is, ASCII. */
  readonly crlUrl?: string
}

/** Opens an authority for signing. The private key must belong to the PEM certificate. */
export function openIssuer(certificatePem: string, privateKey: KeyObject): Issuer {
  const certificate = new X509Certificate(certificatePem)
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new SteerError('issuer-key-mismatch', 'the private key does not belong to the issuing certificate')
  }
  const [tbs] = membersOf(asn1.fromDer(certificate.raw.toString('latin1')))
  // TBSCertificate of a v3 certificate: version, serial, signature, issuer, validity, subject, ...
  const name = tbs && membersOf(tbs)[5]
  if (name === undefined) throw new SteerError('issuer-unreadable', 'the issuing certificate is not X.509 v3')
  return { name, keyIdentifier: keyIdentifier(certificate.publicKey), privateKey }
}

/** Issues a self-signed root authority, as PEM. */
export function issueRoot(content: CertificateContent & { readonly keys: KeyPair }): string {
  const { keys } = content
  const issuer = {
    name: nameField(content.subject),
    keyIdentifier: keyIdentifier(keys.publicKey),
    privateKey: keys.privateKey,
  }
  return assemble({ ...content, issuer, subjectPublicKey: keys.publicKey, purpose: 'root', names: [] })
}

/**
 * Issues a certificate, as PEM. Throws SteerError `certificate-name-invalid` for a name no certificate can carry, or a
 * common name over 64 characters.
 */
export function issueCertificate(request: CertificateRequest): string {
  return assemble({ names: [], ...request })
}

interface Assembly extends CertificateContent {
  readonly issuer: Issuer
  readonly subjectPublicKey: KeyObject
  readonly purpose: CertificatePurpose
  readonly names: readonly string[]
  readonly crlUrl?: string
}

function assemble({ subject, issuer, subjectPublicKey, purpose, names, crlUrl, days, now }: Assembly): string {
  if ((subject.commonName?.length ?? 0) > LONGEST_COMMON_NAME) {
    throw new SteerError('certificate-name-invalid', `the common name "${subject.commonName}" is over 64 characters`)
  }
  const notBefore = new Date(now.getTime() - DAY_MS)
  const notAfter = new Date(now.getTime() + days * DAY_MS)
  const tbs = sequence(
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0 as forge.asn1.Type, true, [primitive(asn1.Type.INTEGER, '\x02')]),
    primitive(asn1.Type.INTEGER, randomSerial()),
    signatureAlgorithm(issuer.privateKey),
    issuer.name,
    validityField(notBefore, notAfter),
    nameField(subject),
    subjectPublicKeyInfo(subjectPublicKey),
    extensionsField({
      purpose,
      names,
      crlUrl,
      subjectIsEmpty: Object.keys(subject).length === 0,
      subjectKeyIsRsa: subjectPublicKey.asymmetricKeyType === 'rsa',
      subjectKeyIdentifier: keyIdentifier(subjectPublicKey),
      authorityKeyIdentifier: issuer.keyIdentifier,
    }),
  )
  return new X509Certificate(signedDer(tbs, issuer.privateKey)).toString()
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' })
}

function membersOf(node: Asn1): readonly Asn1[] {
  return Array.isArray(node.value) ? node.value : []
}

function subjectPublicKeyInfo(key: KeyObject): Asn1 {
  return asn1.fromDer(spki(key).toString('latin1'))
}

/** The first 160 bits of the SHA-256 of the SubjectPublicKeyInfo: method (4) of RFC 7093 2. */
function keyIdentifier(key: KeyObject): string {
  return createHash('sha256').update(spki(key)).digest().subarray(0, 20).toString('latin1')
}

/** 16 random bytes, positive and without a leading zero (RFC 5280 4.1.2.2). */
function randomSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] as number) & 0x3f) | 0x40
  return bytes.toString('latin1')
}
