/** A tenant's directory: made once, with random keys, and given further users. */

import { randomBytes, randomInt } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createFile, replaceFile } from '../../agent/config/write-file.js'
import { messageOf, userMistake } from '../../agent/errors.js'
import { checkIdentity, type TenantIdentity } from '../../certs/tenant-identity.js'
import type { TenantFiles } from './tenant-files.js'
import { readTenantText, TENANT_JSON, type Tenant, type TenantUser, userOf } from './tenant-json.js'

/** 20 characters in base64url. */
const KEY_BYTES = 15

/**
 * Makes a tenant in `directory`: its first user, random keys, and the administrator's files, of which those that are
 * there stay. Throws a user's mistake: `tenant-exists`, `tenant-unwritable`, and what `checkIdentity` throws.
 */
export async function createTenant(directory: string, identity: TenantIdentity, files: TenantFiles): Promise<Tenant> {
  checkIdentity(identity)
  const tenant: Tenant = {
    tenant: identity.tenant,
    orgName: identity.org,
    orgKey: newKey(),
    // Four digits as in the samples.
    tenantID: String(randomInt(1000, 10_000)),
    users: [{ email: identity.user, userKey: newKey() }],
  }
  const created = await writingIn(directory, async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    for (const [file, content] of Object.entries(files)) await createFile(join(directory, file), content)
    // Last: a directory with this file in it is a whole tenant.
    return await createFile(join(directory, TENANT_JSON), textOf(tenant))
  })
  if (!created) throw userMistake('tenant-exists', `there is a tenant in ${directory} already`)
  return tenant
}

/** Reads the tenant of `directory`; undefined when there is none. Throws a user's mistake with code `tenant-unreadable`. */
export async function readTenant(directory: string): Promise<Tenant | undefined> {
  let content: string
  try {
    content = await readFile(join(directory, TENANT_JSON), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw userMistake('tenant-unreadable', `${TENANT_JSON} cannot be read: ${messageOf(error)}`, error)
  }
  const tenant = readTenantText(content)
  if ('problems' in tenant) throw userMistake('tenant-unreadable', tenant.problems.join('\n'))
  return tenant
}

/**
 * Gives the tenant of `directory` another user. Throws a user's mistake: `tenant-missing`, `user-exists`,
 * `tenant-unwritable`, and what `readTenant` and `checkIdentity` throw.
 */
export async function addUser(directory: string, email: string): Promise<TenantUser> {
  const tenant = await readTenant(directory)
  if (tenant === undefined) throw userMistake('tenant-missing', `there is no tenant in ${directory}`)
  checkIdentity({ tenant: tenant.tenant, org: tenant.orgName, user: email })
  if (userOf(tenant, email) !== undefined) throw userMistake('user-exists', `${email} is a user of the tenant already`)
  const user = { email, userKey: newKey() }
  const content = textOf({ ...tenant, users: [...tenant.users, user] })
  await writingIn(directory, () => replaceFile(join(directory, TENANT_JSON), content))
  return user
}

/** Writes into a tenant's directory. Throws a user's mistake with code `tenant-unwritable` when that fails. */
export async function writingIn<T>(directory: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw userMistake('tenant-unwritable', `the tenant in ${directory} cannot be written: ${messageOf(error)}`, error)
  }
}

function newKey(): string {
  return randomBytes(KEY_BYTES).toString('base64url')
}

function textOf(tenant: Tenant): string {
  return `${JSON.stringify(tenant, null, 2)}\n`
}
