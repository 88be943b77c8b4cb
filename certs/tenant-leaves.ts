/**
 * The certificates that the gateway shows in place of origins' own: signed by the tenant intermediate, which goes along
 * (client-behaviour 4), with a subject of the common name alone. One key for all of them, new in each run.
 */

import { createPrivateKey } from 'node:crypto'
import { generateKeys, type KeyKind } from './keys.js'
import { LeafContexts } from './leaf-contexts.js'
import type { Holder } from './tenant-set.js'
import { openIssuer } from './x509.js'

/** Who signs, with which kind of key the leaves answer, and what time it is. */
export interface TenantLeavesOptions {
  /** The tenant intermediate and its key, from `ensureTenantCertificates`. */
  readonly issuer: Holder
  readonly keyKind: KeyKind
  readonly now: () => Date
  /** 48 random bytes: then a client may resume its session with whoever else has them. */
  readonly ticketKeys?: Buffer
}

/** Makes the leaf key of this run. Throws SteerError `issuer-key-mismatch` when key and certificate are not of one another. */
export async function tenantLeaves({ issuer, keyKind, now, ticketKeys }: TenantLeavesOptions): Promise<LeafContexts> {
  return new LeafContexts({
    issuer: openIssuer(issuer.certificate, createPrivateKey(issuer.key)),
    keys: await generateKeys(keyKind),
    now,
    subject: {},
    chain: issuer.certificate,
    context: { minVersion: 'TLSv1.2', ...(ticketKeys === undefined ? {} : { ticketKeys }) },
  })
}
