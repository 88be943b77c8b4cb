/** Issues certificate revocation lists, version 2 (RFC 5280 5), as the authority whose certificates they revoke. */

import forge from 'node-forge'
import { signatureAlgorithm, signedDer } from './signed-der.js'
import type { Issuer } from './x509.js'
import { authorityKeyIdentifierField, extension, primitive, sequence, timeField } from './x509-fields.js'

const { asn1 } = forge
const CRL_NUMBER = '2.5.29.20'

/** What a list says. */
export interface CrlContent {
  readonly issuer: Issuer
  /** Serial numbers in hexadecimal, as `X509Certificate.serialNumber` has them. */
  readonly revoked: readonly string[]
  readonly now: Date
  /** When the next list is there at the latest; until then this one may be kept. */
  readonly nextUpdate: Date
}

/** Issues a list, DER. Its number is its second, so that a later one has a larger. */
export function issueCrl({ issuer, revoked, now, nextUpdate }: CrlContent): Buffer {
  const entries = revoked.map((serial) => sequence(integer(serial), timeField(now)))
  const extensions = sequence(
    authorityKeyIdentifierField(issuer.keyIdentifier),
    extension(CRL_NUMBER, false, integer(Math.floor(now.getTime() / 1000).toString(16))),
  )
  const list = sequence(
    primitive(asn1.Type.INTEGER, '\x01'),
    signatureAlgorithm(issuer.privateKey),
    issuer.name,
    timeField(now),
    timeField(nextUpdate),
    // RFC 5280 5.1.2.6: absent when nothing is revoked.
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0 as forge.asn1.Type, true, [extensions]),
  )
  return signedDer(list, issuer.privateKey)
}

/** A positive INTEGER from hexadecimal digits. */
function integer(hex: string): forge.asn1.Asn1 {
  const digits = hex.replace(/^0+(?=.)/, '')
  const whole = digits.length % 2 === 0 ? digits : `0${digits}`
  const positive = /^[89a-f]/i.test(whole) ? `00${whole}` : whole
  return primitive(asn1.Type.INTEGER, Buffer.from(positive, 'hex').toString('latin1'))
}
