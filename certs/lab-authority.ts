/**
 * The authority of the lab's origins: a root of their own, apart from the tenant's, as public sites have. Made once per
 * home; programs of a demo trust `<home>/lab/labca.pem`. Leaves are issued in memory, per server name.
 */

import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { ensureFileSet, type Files } from './file-set.js'
import { isGoodCertificate } from './judge.js'
import { generateKeys, privateKeyPem } from './keys.js'
import { LeafContexts } from './leaf-contexts.js'
import { AUTHORITY_DAYS, AUTHORITY_SPARE_DAYS } from './lifetimes.js'
import { type Issuer, issueRoot, openIssuer } from './x509.js'

/** Where the lab authority is kept, and a clock for the leaves. */
export interface LabAuthorityOptions {
  /** The home directory; made when missing. */
  readonly home: string
  readonly now: () => Date
}

/** The lab's root and its issuer of leaves. */
export interface LabAuthority {
  /** `<home>/lab/labca.pem`, for programs that are told to trust the lab. */
  readonly caFile: string
  /** The same as PEM text. */
  readonly certificate: string
  /** For certificates that are unlike the leaves. */
  readonly issuer: Issuer
  readonly leaves: LeafContexts
}

/** Reads the lab's root or makes it, and makes the leaf key of this run. Throws what `ensureFileSet` throws. */
export async function ensureLabAuthority({ home, now }: LabAuthorityOptions): Promise<LabAuthority> {
  const directory = join(home, 'lab')
  const caFile = join(directory, 'labca.pem')
  const { certificate, key } = await ensureFileSet({
    directory,
    name: 'authority',
    read: (files) => readRoot(files, now()),
    make: () => makeRoot(now()),
    copies: (root) => new Map([[caFile, root.certificate]]),
  })
  const issuer = openIssuer(certificate, createPrivateKey(key))
  return { caFile, certificate, issuer, leaves: new LeafContexts({ issuer, keys: await generateKeys('ec-p256'), now }) }
}

async function makeRoot(now: Date): Promise<Files> {
  const keys = await generateKeys('rsa-2048')
  const subject = { country: 'US', organization: 'steerlab', commonName: 'steerlab lab origins CA' }
  return new Map([
    ['labca.key.pem', privateKeyPem(keys.privateKey)],
    ['labca.pem', issueRoot({ subject, keys, days: AUTHORITY_DAYS, now })],
  ])
}

function readRoot(files: Files, now: Date): { certificate: string; key: string } | undefined {
  const certificate = files.get('labca.pem')?.toString() ?? ''
  const key = files.get('labca.key.pem')?.toString() ?? ''
  const good = isGoodCertificate({ certificate, key, issuer: certificate }, now, AUTHORITY_SPARE_DAYS)
  return good ? { certificate, key } : undefined
}
