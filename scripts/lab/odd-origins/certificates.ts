/** The certificates of the odd origins, made in memory for one run of the lab, and their revocation list. */

import { X509Certificate } from 'node:crypto'
import { issueCrl } from '../../../certs/issue-crl.js'
import { generateKeys, privateKeyPem } from '../../../certs/keys.js'
import type { LabAuthority } from '../../../certs/lab-authority.js'
import { type CertificateRequest, issueCertificate, issueRoot, openIssuer } from '../../../certs/x509.js'
import { LAB_CRL_URL, nameOf, type OddHost } from './hosts.js'

const DAY_MS = 86_400_000

/** Key, certificate and what is sent along with it, PEM. */
export interface OddCertificate {
  readonly key: string
  readonly cert: string
}

/** What the odd origins have to show. */
export interface OddCertificates {
  /** A certificate with nothing odd about it, which names the lab's revocation list. */
  ordinary(host: OddHost): OddCertificate
  readonly selfSigned: OddCertificate
  readonly untrustedRoot: OddCertificate
  readonly wrongHost: OddCertificate
  readonly incompleteChain: OddCertificate
  readonly expired: OddCertificate
  readonly revoked: OddCertificate
  readonly rsaChain: OddCertificate
  /** Key and certificate for clients. */
  readonly client: string
  /** The lab's revocation list as of now, DER. */
  revocationList(now: Date): Buffer
}

/** Makes them all; `now` is when their lives begin. */
export async function oddCertificates({ issuer }: LabAuthority, now: Date): Promise<OddCertificates> {
  const [ec, other, between] = await Promise.all([
    generateKeys('ec-p256'),
    generateKeys('ec-p256'),
    generateKeys('rsa-2048'),
  ])
  const key = privateKeyPem(ec.privateKey)

  const leaf = (host: OddHost, changes: Partial<CertificateRequest> = {}): string =>
    issueCertificate({
      ...{ issuer, subject: subjectOf(nameOf(host)), names: [nameOf(host)], purpose: 'server', days: 365, now },
      subjectPublicKey: ec.publicKey,
      ...changes,
    })
  const listed = { crlUrl: LAB_CRL_URL }

  // An issuer with the leaf's own name and key.
  const itself = issueRoot({ subject: subjectOf(nameOf('self-signed')), keys: ec, days: 365, now })
  const unknown = issueRoot({ subject: subjectOf('a root that nobody trusts'), keys: other, days: 365, now })
  const intermediate = issueCertificate({
    ...{ issuer, subject: subjectOf('steerlab lab intermediate CA'), purpose: 'intermediate', days: 365, now },
    subjectPublicKey: between.publicKey,
  })
  const byIntermediate = { issuer: openIssuer(intermediate, between.privateKey) }
  const revoked = leaf('revoked', listed)

  return {
    ordinary: (host) => ({ key, cert: leaf(host, listed) }),
    selfSigned: { key, cert: leaf('self-signed', { issuer: openIssuer(itself, ec.privateKey) }) },
    // With its root, else nobody could tell it from an incomplete chain.
    untrustedRoot: {
      key,
      cert: leaf('untrusted-root', { issuer: openIssuer(unknown, other.privateKey) }) + unknown,
    },
    // Of a neighbour.
    wrongHost: { key, cert: leaf('rsa-chain', listed) },
    incompleteChain: { key, cert: leaf('incomplete-chain', byIntermediate) },
    expired: { key, cert: leaf('expired', { ...listed, now: new Date(now.getTime() - 400 * DAY_MS), days: 90 }) },
    revoked: { key, cert: revoked },
    rsaChain: { key, cert: leaf('rsa-chain', byIntermediate) + intermediate },
    client: key + leaf('client-cert', { subject: subjectOf('a client of the lab'), purpose: 'client', names: [] }),
    revocationList: (at) =>
      issueCrl({
        issuer,
        revoked: [new X509Certificate(revoked).serialNumber],
        now: at,
        nextUpdate: new Date(at.getTime() + DAY_MS),
      }),
  }
}

function subjectOf(commonName: string) {
  return { organization: 'steerlab', commonName }
}
