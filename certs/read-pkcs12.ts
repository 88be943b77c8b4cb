/** Reads certificates from a PKCS#12 file (RFC 7292). node:tls uses such files and gives nothing of them out. */

import { X509Certificate } from 'node:crypto'
import forge from 'node-forge'

/**
 * The certificates of a PKCS#12 file in PEM, in the file's order; or half a sentence why there are none. Some 40 ms on the
 * event loop: the key derivation is node-forge's own.
 */
export function readPkcs12Certificates(file: Buffer, passphrase: string): readonly string[] | string {
  try {
    const asn1 = forge.asn1.fromDer(file.toString('latin1'))
    const pfx = forge.pkcs12.pkcs12FromAsn1(asn1, false, passphrase)
    const bags = pfx.getBags({ bagType: forge.pki.oids['certBag']! })[forge.pki.oids['certBag']!] ?? []
    const certificates = bags.map(pemOf)
    return certificates.length > 0 ? certificates : 'it holds no certificate'
  } catch {
    return 'it is damaged or has another passphrase'
  }
}

/** node-forge parses certificates with RSA keys, and gives others as it found them. */
function pemOf({ cert, asn1 }: forge.pkcs12.Bag): string {
  const der = forge.asn1
    .toDer(cert === undefined || cert === null ? asn1 : forge.pki.certificateToAsn1(cert))
    .getBytes()
  return new X509Certificate(Buffer.from(der, 'latin1')).toString()
}
