// Pure: the name under which OpenSSL looks for an authority in a directory of certificates (X509_NAME_hash, as `openssl
// rehash` uses it): the first four bytes of SHA-1 over the subject in canonical form. Oracle: `openssl x509 -hash`.

import { createHash, X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import { derElement, derMembers, derWhole } from './der.js'
import { subjectOf } from './read-certificate.js'
import { oid, primitive, sequence } from './x509-fields.js'

const { asn1 } = forge
type Asn1 = forge.asn1.Asn1

/** Kinds of strings that are compared without regard to case and spaces; other kinds count as they are. */
const TEXTS: ReadonlySet<forge.asn1.Type> = new Set([asn1.Type.UTF8, asn1.Type.PRINTABLESTRING, asn1.Type.IA5STRING])

/**
 * Eight hexadecimal digits: in such a directory an authority of this subject is `<hash>.0`, the next one `<hash>.1`. Throws
 * what node:crypto throws for what is no certificate.
 */
export function subjectHash(pem: string): string {
  const subject = derElement(subjectOf(new X509Certificate(pem).raw)!)
  // The parts, without the SEQUENCE around them.
  const canonical = derMembers(subject)!.map((part) => canonicalPart(asn1.fromDer(derWhole(part).toString('latin1'))))
  const digest = createHash('sha1').update(canonical.join(''), 'latin1').digest()
  return digest.readUInt32LE(0).toString(16).padStart(8, '0')
}

/** One part of a name: a SET of attributes, mostly of one. */
function canonicalPart(part: Asn1): string {
  const attributes = (part.value as Asn1[]).map((attribute) => {
    const [type, value] = attribute.value as [Asn1, Asn1]
    return sequence(oid(asn1.derToOid(type.value as string)), canonicalValue(value))
  })
  return asn1.toDer(asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, attributes)).getBytes()
}

function canonicalValue(value: Asn1): Asn1 {
  if (!TEXTS.has(value.type)) return value
  const text = String(value.value)
    .replace(/[\t-\r ]+/g, ' ')
    .replace(/^ | $/g, '')
  return primitive(
    asn1.Type.UTF8,
    text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  )
}
