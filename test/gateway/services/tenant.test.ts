/** Tenants are made once. */

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { addUser, createTenant, readTenant } from '../../../gateway/services/tenant.js'
import { IDENTITY, tenantFor, tenantTexts } from '../../support/addon.js'

void t.test('a new tenant has random keys, and files that are for its owner alone', async (t) => {
  const { directory, tenant } = await tenantFor(t)
  t.match(tenant, { tenant: 'acme', orgName: 'Acme', tenantID: /^\d{4}$/, users: [{ email: IDENTITY.user }] })
  const keys = [tenant.orgKey, tenant.users[0]?.userKey]
  for (const key of keys) t.match(key, /^[\w-]{20}$/)
  const second = await createTenant(join(directory, 'second'), IDENTITY, tenantTexts())
  t.equal(new Set([...keys, second.orgKey, second.users[0]?.userKey]).size, 4, 'no key twice')
  t.strictSame(await readTenant(directory), tenant)
  for (const name of ['tenant.json', 'nsconfig.json'])
    t.equal((await stat(join(directory, name))).mode & 0o777, 0o600, name)
  t.equal(await readFile(join(directory, 'nsconfig.json'), 'utf8'), tenantTexts()['nsconfig.json'])
})

void t.test('what is there stays', async (t) => {
  const directory = t.testdir({ 'nsconfig.json': 'edited' })
  const first = await createTenant(directory, IDENTITY, tenantTexts())
  await t.rejects(createTenant(directory, IDENTITY, tenantTexts()), { code: 'tenant-exists', exitCode: 2 })
  t.strictSame(await readTenant(directory), first)
  t.equal(await readFile(join(directory, 'nsconfig.json'), 'utf8'), 'edited')
  const made = await Promise.allSettled(
    Array.from({ length: 4 }, () => createTenant(join(directory, 'race'), IDENTITY, tenantTexts())),
  )
  t.equal(made.filter(({ status }) => status === 'fulfilled').length, 1, 'of many at once, one makes it')
})

void t.test('further users', async (t) => {
  const { directory, tenant } = await tenantFor(t)
  const bob = await addUser(directory, 'bob@acme.example')
  t.match(bob, { email: 'bob@acme.example', userKey: /^[\w-]{20}$/ })
  t.strictSame(await readTenant(directory), { ...tenant, users: [...tenant.users, bob] })
  await t.rejects(addUser(directory, 'BOB@acme.example'), { code: 'user-exists', exitCode: 2 })
  await t.rejects(addUser(directory, 'bob'), { code: 'user-invalid', exitCode: 2 })
  await t.rejects(addUser(join(directory, 'nowhere'), 'bob@acme.example'), { code: 'tenant-missing', exitCode: 2 })
})

void t.test('a tenant that is not there, not readable, or not writable', async (t) => {
  const directory = t.testdir({ file: '' })
  t.equal(await readTenant(directory), undefined)
  await writeFile(join(directory, 'tenant.json'), '{"tenant":7}')
  await t.rejects(readTenant(directory), { code: 'tenant-unreadable', exitCode: 2, message: /\$\.tenant: found 7/ })
  await mkdir(join(directory, 'odd', 'tenant.json'), { recursive: true })
  await t.rejects(readTenant(join(directory, 'odd')), { code: 'tenant-unreadable' })
  await t.rejects(createTenant(join(directory, 'file'), IDENTITY, {}), { code: 'tenant-unwritable', exitCode: 2 })
  await t.rejects(createTenant(directory, { ...IDENTITY, tenant: 'A B' }, {}), { code: 'tenant-invalid' })
})
