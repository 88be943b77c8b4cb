// Pure: whom a tenant's certificates are for, and the subjects that follow from it.

import { createHash } from 'node:crypto'
import { userMistake } from '../agent/errors.js'
import { type DistinguishedName, LONGEST_COMMON_NAME } from './x509-fields.js'

/** Whom a home's certificates are made for. */
export interface TenantIdentity {
  /** `acme`, or with a region `acme.de`: lower case, at most 44 characters (`gateway-<tenant>.goskope.com` is a common name). */
  readonly tenant: string
  /** The user's e-mail address, at most 64 characters: a common name too. */
  readonly user: string
  /** The organisation's name, at most 64 characters (RFC 5280 appendix A). */
  readonly org: string
}

const TENANT = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9]+)?$/
const LONGEST_TENANT = 44

/** Refuses, as the user's mistake, an identity that no certificate can carry. */
export function checkIdentity({ tenant, user, org }: TenantIdentity): void {
  if (tenant.length > LONGEST_TENANT || !TENANT.test(tenant)) {
    throw userMistake(
      'tenant-invalid',
      `the tenant "${tenant}" must be 1 to ${LONGEST_TENANT} lower-case letters, digits and hyphens`,
    )
  }
  if (user.length > LONGEST_COMMON_NAME || !/^\S+@\S+$/.test(user)) {
    throw userMistake(
      'user-invalid',
      `the user "${user}" must be an e-mail address of at most ${LONGEST_COMMON_NAME} characters`,
    )
  }
  if (org.length > LONGEST_COMMON_NAME || !/^[^\p{Cc}]*\S[^\p{Cc}]*$/u.test(org)) {
    throw userMistake(
      'org-invalid',
      `the organisation "${org}" must be 1 to ${LONGEST_COMMON_NAME} printable characters`,
    )
  }
}

/** The name of the tunnel's door, and the common name of the gateway's server certificate. */
export function gatewayServerName(tenant: string): string {
  return `gateway-${tenant}.goskope.com`
}

/** The name of the add-on service, from which a client downloads its configuration (client-behaviour.md 1.1). */
export function addonServerName(tenant: string): string {
  return `addon-${tenant}.goskope.com`
}

/** Hosts of the cloud that are not the tenant's: any POP's gateway, also of a region, and who finds them (client-behaviour 3). */
const CLOUD_NAMES = [
  '*.goskope.com',
  '*.eu.goskope.com',
  '*.de.goskope.com',
  '*.au.goskope.com',
  'gateway.gslb.goskope.com',
  'dns.google',
]

/** All names of the gateway's server certificate; `achecker` is the real client's AddonCheckerHost. */
export function serverNames(tenant: string): readonly string[] {
  return [gatewayServerName(tenant), addonServerName(tenant), `achecker-${tenant}.goskope.com`, ...CLOUD_NAMES]
}

/** Subject of the root authority, `nscacert.pem`. The real one is not public; this one is ours and says so. */
export const ROOT_SUBJECT: DistinguishedName = {
  country: 'US',
  organization: 'steerlab',
  commonName: 'steerlab root CA',
}

/**
 * Subject of the tenant intermediate, `nstenantcert.pem`, as a public dump of a real one has it (client-behaviour.md 4).
 * What its 32 hexadecimal digits mean is not public; ours are a hash of tenant and organisation, so that they stay.
 */
export function tenantSubject({ tenant, org }: TenantIdentity): DistinguishedName {
  return {
    country: 'US',
    state: 'CA',
    locality: 'San Francisco',
    organization: org,
    organizationalUnit: createHash('sha256').update(`${tenant}\n${org}`).digest('hex').slice(0, 32),
    commonName: `ca.${tenant}.goskope.com`,
    emailAddress: 'certadmin@netskope.com',
  }
}
