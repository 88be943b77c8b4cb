// Pure: whose home it is, as its files say: the tenant by the gateway's name, user and organisation by the branding.

import type { Configuration } from '../../agent/config/configuration.js'
import type { TenantUser } from '../../agent/config/default-files.js'
import { userMistake } from '../../agent/errors.js'
import type { TenantIdentity } from '../../certs/tenant-identity.js'

const GATEWAY_NAME = /^gateway-(.+)\.goskope\.com$/

/** Who a new home belongs to. */
export const DEFAULT_TENANT: TenantUser = { tenant: 'lab', user: 'user@lab.example', org: 'Lab' }

/** The identity certificates are made for. Throws a user's mistake with code `tenant-unknown`. */
export function tenantOf({ branding, client }: Configuration): TenantIdentity {
  const tenant = GATEWAY_NAME.exec(client.nsgw.host)?.[1]
  if (tenant === undefined)
    throw userMistake(
      'tenant-unknown',
      `nsconfig.json: $.nsgw.host is "${client.nsgw.host}", and must be gateway-<tenant>.goskope.com`,
    )
  return { tenant, user: branding.UserEmail, org: branding.OrgName }
}
