/**
 * The files of a tenant's certificates, written and read back. Reading judges: what is missing, broken, for another
 * tenant or user, or soon to expire is not returned, and so will be made anew.
 */

import { createSecureContext } from 'node:tls'
import type { Files } from './file-set.js'
import { isGoodCertificate } from './judge.js'
import { AUTHORITY_SPARE_DAYS, LEAF_SPARE_DAYS } from './lifetimes.js'
import { serverNames, type TenantIdentity } from './tenant-identity.js'

/** A PKCS#12 file must have a passphrase; what protects this one is its mode, 0600. */
export const USER_CERTIFICATE_PASSPHRASE = 'steerlab'

/** A certificate and its private key, both PEM. */
export interface Holder {
  readonly certificate: string
  readonly key: string
}

/** The two authorities of a tenant. */
export interface TenantAuthorities {
  readonly root: Holder
  readonly tenant: Holder
}

/** All of a tenant's certificates. */
export interface TenantSet extends TenantAuthorities {
  readonly gateway: Holder
  readonly user: { readonly certificate: string; readonly pfx: Buffer }
}

/** The set as files by name; `identity.txt` says whom it was made for, one of tenant, organisation, user a line. */
export function filesOf(set: TenantSet, identity: TenantIdentity): Files {
  return new Map<string, string | Buffer>([
    ['identity.txt', identityText(identity)],
    ['root.key.pem', set.root.key],
    ['root.pem', set.root.certificate],
    ['tenant.key.pem', set.tenant.key],
    ['tenant.pem', set.tenant.certificate],
    ['gateway.key.pem', set.gateway.key],
    ['gateway.pem', set.gateway.certificate],
    ['user.pem', set.user.certificate],
    ['user.p12', set.user.pfx],
  ])
}

/** The authorities among the files, if they are good and made for this tenant and organisation. */
export function readAuthorities(files: Files, identity: TenantIdentity, now: Date): TenantAuthorities | undefined {
  const [tenantName, org] = text(files, 'identity.txt').split('\n')
  if (tenantName !== identity.tenant || org !== identity.org) return undefined
  const root = holder(files, 'root')
  const tenant = holder(files, 'tenant')
  const good = [root, tenant].every((authority) =>
    isGoodCertificate({ ...authority, issuer: root.certificate }, now, AUTHORITY_SPARE_DAYS),
  )
  return good ? { root, tenant } : undefined
}

/** The whole set, if all of it is good and made for this tenant, organisation and user. */
export function readTenantSet(files: Files, identity: TenantIdentity, now: Date): TenantSet | undefined {
  const authorities = readAuthorities(files, identity, now)
  const pfx = files.get('user.p12')
  if (authorities === undefined || !Buffer.isBuffer(pfx)) return undefined
  if (text(files, 'identity.txt') !== identityText(identity)) return undefined
  const gateway = holder(files, 'gateway')
  const user = { certificate: text(files, 'user.pem'), pfx }
  const issuer = authorities.tenant.certificate
  const good =
    serverNames(identity.tenant).every((host) =>
      isGoodCertificate({ ...gateway, issuer, host }, now, LEAF_SPARE_DAYS),
    ) &&
    isGoodCertificate({ certificate: user.certificate, issuer }, now, LEAF_SPARE_DAYS) &&
    isReadable(pfx)
  return good ? { ...authorities, gateway, user } : undefined
}

function isReadable(pfx: Buffer): boolean {
  try {
    createSecureContext({ pfx, passphrase: USER_CERTIFICATE_PASSPHRASE })
    return true
  } catch {
    return false
  }
}

function identityText({ tenant, org, user }: TenantIdentity): string {
  return `${tenant}\n${org}\n${user}\n`
}

function text(files: Files, name: string): string {
  return files.get(name)?.toString() ?? ''
}

function holder(files: Files, name: string): Holder {
  return { certificate: text(files, `${name}.pem`), key: text(files, `${name}.key.pem`) }
}
