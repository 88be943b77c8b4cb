/**
 * PKCS#12 (RFC 7292), the form in which the client keeps its user certificate: private key and certificates under one
 * passphrase, AES-256. Written by node-forge, which does so for RSA keys only; read by node:tls and OpenSSL 3.
 */

import type { KeyObject } from 'node:crypto'
import forge from 'node-forge'
import { privateKeyPem } from './keys.js'

/** What goes in; `certificates` are PEM, the key's own first, then its issuers. */
export interface Pkcs12Content {
  readonly privateKey: KeyObject
  readonly certificates: readonly string[]
  readonly passphrase: string
  /** The name that certificate viewers show. */
  readonly friendlyName: string
}

/** Writes a PKCS#12 file. About 40 ms on the event loop: the key derivation is node-forge's own. */
export function writePkcs12({ privateKey, certificates, passphrase, friendlyName }: Pkcs12Content): Buffer {
  const pfx = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(privateKeyPem(privateKey)) as forge.pki.rsa.PrivateKey,
    certificates.map((pem) => forge.pki.certificateFromPem(pem)),
    passphrase,
    { algorithm: 'aes256', friendlyName },
  )
  return Buffer.from(forge.asn1.toDer(pfx).getBytes(), 'latin1')
}
