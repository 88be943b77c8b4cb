/**
 * What certificates and revocation lists have in common (RFC 5280 4.1.1, 5.1.1): content, the signature's algorithm, the
 * signature. SHA-256 with RSA or ECDSA; node:crypto signs what node-forge wrote.
 */

import { type KeyObject, sign } from 'node:crypto'
import forge from 'node-forge'
import { oid, primitive, sequence } from './x509-fields.js'

const { asn1 } = forge
type Asn1 = forge.asn1.Asn1

/** The AlgorithmIdentifier of this key's signatures, which the content names too. */
export function signatureAlgorithm(key: KeyObject): Asn1 {
  // RFC 4055 5: RSA has NULL parameters; RFC 5758 3.2: ECDSA has none.
  return key.asymmetricKeyType === 'rsa'
    ? sequence(oid('1.2.840.113549.1.1.11'), primitive(asn1.Type.NULL, ''))
    : sequence(oid('1.2.840.10045.4.3.2'))
}

/** The content, signed, as DER. */
export function signedDer(content: Asn1, key: KeyObject): Buffer {
  const signature = sign('sha256', derOf(content), key).toString('latin1')
  return derOf(sequence(content, signatureAlgorithm(key), primitive(asn1.Type.BITSTRING, `\x00${signature}`)))
}

function derOf(node: Asn1): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1')
}
