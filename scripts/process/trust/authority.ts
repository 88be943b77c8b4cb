// Pure: authorities a program is to trust, as they are added to the machine's files: PEM texts, each with a name of its own.

import { X509Certificate } from 'node:crypto'
import { SteerError } from '../../../agent/errors.js'
import { subjectHash } from '../../../certs/subject-hash.js'
import type { TrustedCertificate } from '../../../certs/trust-store.js'

/** An authority; its alias is `steerlab-<8 hexadecimal digits of its fingerprint>`. */
export interface Authority extends TrustedCertificate {
  /** OpenSSL's name for it in a directory of certificates. */
  readonly hash: string
}

/** OpenSSL's own kind has usages behind the certificate, and is no base64 of a certificate alone. */
const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g

/** The certificates of a PEM file, each as it stands there, and nothing else it may hold: somebody's key, for one. */
export function certificatesOf(text: string): readonly string[] {
  return [...text.matchAll(CERTIFICATE)].map(([certificate]) => `${certificate}\n`)
}

/** The authorities of a PEM file. Throws SteerError `certificate-unreadable`. */
export function authoritiesOf(text: string, file: string): readonly Authority[] {
  const found = certificatesOf(text).map((pem) => {
    try {
      const { fingerprint256 } = new X509Certificate(pem)
      const digits = fingerprint256.replaceAll(':', '').slice(0, 8).toLowerCase()
      return { pem, alias: `steerlab-${digits}`, hash: subjectHash(pem) }
    } catch (cause) {
      throw new SteerError('certificate-unreadable', `${file} has a certificate that cannot be read`, { cause })
    }
  })
  if (found.length === 0) throw new SteerError('certificate-unreadable', `${file} has no certificate`)
  return found
}
