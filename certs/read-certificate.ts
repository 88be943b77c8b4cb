// Pure: what node:crypto's X509Certificate does not tell of a certificate: its subject as the bytes that others must
// repeat, and where its issuer's revocation lists are.

import { contextTag, derContent, derElement, derMembers, derWhole } from './der.js'
import { derExtensions, signedFields } from './der-extensions.js'

/** 2.5.29.31. */
const CRL_DISTRIBUTION_POINTS = '551d1f'

/** The subject's Name as DER; undefined for what is no certificate. */
export function subjectOf(raw: Buffer): Buffer | undefined {
  // serial, signature, issuer, validity, subject; the version is tagged.
  const subject = contentOf(raw).fields[4]
  return subject && derWhole(subject)
}

/**
 * The URLs of the certificate's cRLDistributionPoints, in its order; none when it has none or is no certificate. Points
 * of another authority (cRLIssuer) are left out: RFC 5280 4.2.1.13.
 */
export function crlUrlsOf(raw: Buffer): readonly string[] {
  const extensions = derExtensions(contentOf(raw).tagged(3)) ?? []
  const points = extensions.find(({ id }) => id === CRL_DISTRIBUTION_POINTS)
  return (derMembers(points?.value) ?? []).flatMap((point) => {
    const parts = derMembers(point) ?? []
    if (parts.some(({ tag }) => tag === contextTag(2))) return []
    // distributionPoint [0] { fullName [0] { uniformResourceIdentifier [6] } }
    const name = parts.find(({ tag }) => tag === contextTag(0))
    const fullName = derMembers(name)?.find(({ tag }) => tag === contextTag(0))
    const urls = derMembers(fullName)?.filter(({ tag }) => tag === contextTag(6, true))
    return (urls ?? []).map((url) => derContent(url).toString('latin1'))
  })
}

function contentOf(raw: Buffer) {
  const [content] = derMembers(derElement(raw)) ?? []
  return signedFields(content)
}
