/**
 * The certificates of one home, made once: root, tenant intermediate, the gateway's server certificate and the user's
 * client certificate. The set with its keys lies under `<home>/gateway/certificates-<n>/`; the client's three files are
 * kept as copies where the real client has them, `<home>/stagent/data/`. A set that is broken, nearly expired or for
 * another tenant or user is replaced as a whole, but its authorities stay while they are good, so that a browser that
 * trusts the root need not be told again.
 */

import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { ensureFileSet } from './file-set.js'
import { generateKeys, privateKeyPem } from './keys.js'
import { AUTHORITY_DAYS, LEAF_DAYS } from './lifetimes.js'
import { writePkcs12 } from './pkcs12.js'
import {
  checkIdentity,
  gatewayServerName,
  ROOT_SUBJECT,
  serverNames,
  type TenantIdentity,
  tenantSubject,
} from './tenant-identity.js'
import {
  filesOf,
  type Holder,
  readAuthorities,
  readTenantSet,
  type TenantAuthorities,
  type TenantSet,
  USER_CERTIFICATE_PASSPHRASE,
} from './tenant-set.js'
import { issueCertificate, issueRoot, openIssuer } from './x509.js'

/** Whose certificates, where, and what time it is. */
export interface TenantCertificatesOptions extends TenantIdentity {
  /** The home directory; made when missing. */
  readonly home: string
  readonly now: Date
}

/** All that a gateway and an agent need. Certificates and keys are PEM texts. */
export interface TenantCertificates {
  readonly gateway: {
    /** The tunnel's name in the server certificate, `gateway-<tenant>.goskope.com`: what the agent must ask for. */
    readonly serverName: string
    readonly key: string
    /** Server certificate and tenant intermediate. */
    readonly chain: string
    /** `ca` for verifying clients: tenant intermediate and root. */
    readonly clientAuthority: string
    /** The tenant intermediate with its key, which signs what the gateway shows in place of origins; for the gateway's process alone. */
    readonly issuer: Holder
  }
  readonly agent: {
    /** `ca` for verifying the gateway: the root. */
    readonly authority: string
    /** The tenant intermediate, `nstenantcert.pem`. */
    readonly tenantAuthority: string
    /** The user's certificate, key and issuer, PKCS#12. */
    readonly pfx: Buffer
    readonly passphrase: string
  }
  /** The client's files, as copies of the above. */
  readonly paths: { readonly root: string; readonly tenant: string; readonly userPkcs12: string }
}

/**
 * Reads the home's certificates, or makes them (under a second, keys off the event loop). Several processes may call it
 * at once: all get the same set. Throws SteerError `tenant-invalid`, `user-invalid`, `org-invalid` (exit 2) and what
 * `ensureFileSet` throws.
 */
export async function ensureTenantCertificates(options: TenantCertificatesOptions): Promise<TenantCertificates> {
  checkIdentity(options)
  const data = join(options.home, 'stagent', 'data')
  const paths = {
    root: join(data, 'nscacert.pem'),
    tenant: join(data, 'nstenantcert.pem'),
    userPkcs12: join(data, 'nsusercert.p12'),
  }
  const { root, tenant, gateway, user } = await ensureFileSet<TenantSet>({
    directory: join(options.home, 'gateway'),
    name: 'certificates',
    read: (files) => readTenantSet(files, options, options.now),
    make: async (old) => {
      const authorities = readAuthorities(old, options, options.now) ?? (await makeAuthorities(options))
      return filesOf(await makeLeaves(authorities, options), options)
    },
    copies: ({ root, tenant, user }) =>
      new Map<string, string | Buffer>([
        [paths.root, root.certificate],
        [paths.tenant, tenant.certificate],
        [paths.userPkcs12, user.pfx],
      ]),
  })
  return {
    gateway: {
      serverName: gatewayServerName(options.tenant),
      key: gateway.key,
      chain: gateway.certificate + tenant.certificate,
      clientAuthority: tenant.certificate + root.certificate,
      issuer: tenant,
    },
    agent: {
      authority: root.certificate,
      tenantAuthority: tenant.certificate,
      pfx: user.pfx,
      passphrase: USER_CERTIFICATE_PASSPHRASE,
    },
    paths,
  }
}

async function makeAuthorities(options: TenantCertificatesOptions): Promise<TenantAuthorities> {
  const [rootKeys, tenantKeys] = await Promise.all([generateKeys('rsa-2048'), generateKeys('rsa-2048')])
  const life = { days: AUTHORITY_DAYS, now: options.now }
  const root = issueRoot({ ...life, subject: ROOT_SUBJECT, keys: rootKeys })
  const tenant = issueCertificate({
    ...life,
    purpose: 'intermediate',
    issuer: openIssuer(root, rootKeys.privateKey),
    subject: tenantSubject(options),
    subjectPublicKey: tenantKeys.publicKey,
  })
  return {
    root: { certificate: root, key: privateKeyPem(rootKeys.privateKey) },
    tenant: { certificate: tenant, key: privateKeyPem(tenantKeys.privateKey) },
  }
}

async function makeLeaves(authorities: TenantAuthorities, options: TenantCertificatesOptions): Promise<TenantSet> {
  const [serverKeys, userKeys] = await Promise.all([generateKeys('ec-p256'), generateKeys('rsa-2048')])
  const { certificate, key } = authorities.tenant
  const leaf = { issuer: openIssuer(certificate, createPrivateKey(key)), days: LEAF_DAYS, now: options.now }
  const server = issueCertificate({
    ...leaf,
    purpose: 'server',
    subject: { organization: options.org, commonName: gatewayServerName(options.tenant) },
    names: serverNames(options.tenant),
    subjectPublicKey: serverKeys.publicKey,
  })
  const user = issueCertificate({
    ...leaf,
    purpose: 'client',
    subject: { organization: options.org, commonName: options.user },
    subjectPublicKey: userKeys.publicKey,
  })
  const pfx = writePkcs12({
    privateKey: userKeys.privateKey,
    certificates: [user, certificate],
    passphrase: USER_CERTIFICATE_PASSPHRASE,
    friendlyName: options.user,
  })
  return {
    ...authorities,
    gateway: { certificate: server, key: privateKeyPem(serverKeys.privateKey) },
    user: { certificate: user, pfx },
  }
}
