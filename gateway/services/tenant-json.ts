// Pure: who a tenant is and who its users are: the content of `tenant.json`. The keys let a client download the
// configuration; the tunnel goes by the user's certificate.

import type * as z from 'zod'
import { checkJson } from '../../agent/config/check.js'
import { matching, only } from '../../agent/config/schema/strict-values.js'
import { listOf, name, text } from '../../agent/config/schema/values.js'

/** The file's name. */
export const TENANT_JSON = 'tenant.json'

// An OrgKey has 20 characters (client-behaviour 1.1), the UserKey in the samples as many; of which kind is not public.
const key = matching(/^[\w-]{20}$/, '20 letters, digits, "_" or "-"')

const tenantSchema = only({
  tenant: name,
  orgName: name,
  orgKey: key,
  tenantID: text,
  users: listOf(only({ email: name, userKey: key }), 'a list of users'),
})

/** A tenant, its keys and its users. */
export type Tenant = Readonly<z.infer<typeof tenantSchema>>

/** A user of a tenant. */
export type TenantUser = Tenant['users'][number]

/** Reads the text of the file: the tenant, or one line for each problem. */
export function readTenantText(content: string): Tenant | { readonly problems: readonly string[] } {
  const checked = checkJson(TENANT_JSON, tenantSchema, content)
  return 'problems' in checked ? checked : (checked.value as Tenant)
}

/** The user with an e-mail address, upper or lower case. */
export function userOf(tenant: Tenant, email: string): TenantUser | undefined {
  return tenant.users.find((user) => user.email.toLowerCase() === email.toLowerCase())
}
