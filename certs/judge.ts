// Pure: whether a certificate read back from a file is still good to use.

import { createPrivateKey, X509Certificate } from 'node:crypto'

const DAY_MS = 86_400_000

/** A certificate to judge, PEM. */
export interface JudgedCertificate {
  readonly certificate: string
  /** PEM of the certificate that must have signed it; its own for a root. */
  readonly issuer: string
  /** PEM of the private key that must be its own; unset = not judged. */
  readonly key?: string
  /** A DNS name it must be valid for; unset = not judged. */
  readonly host?: string
}

/** True when all holds and the certificate is valid from `now` until `spareDays` later; unreadable PEM is not good. */
export function isGoodCertificate(judged: JudgedCertificate, now: Date, spareDays: number): boolean {
  try {
    const certificate = new X509Certificate(judged.certificate)
    return (
      certificate.verify(new X509Certificate(judged.issuer).publicKey) &&
      Date.parse(certificate.validFrom) <= now.getTime() &&
      Date.parse(certificate.validTo) >= now.getTime() + spareDays * DAY_MS &&
      (judged.key === undefined || certificate.checkPrivateKey(createPrivateKey(judged.key))) &&
      (judged.host === undefined || certificate.checkHost(judged.host) !== undefined)
    )
  } catch {
    // node:crypto throws for what it cannot parse: here that is an answer.
    return false
  }
}
