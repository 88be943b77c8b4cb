/** What tenant.json may say. */

import t from 'tap'
import { readTenantText, type Tenant, userOf } from '../../../gateway/services/tenant-json.js'

const KEY = 'abcdefghij_-ABCDEFGH'
const TENANT: Tenant = {
  tenant: 'acme',
  orgName: 'Acme',
  orgKey: KEY,
  tenantID: '1234',
  users: [{ email: 'Alice@acme.example', userKey: KEY.toUpperCase() }],
}

void t.test('a tenant is read', (t) => {
  t.strictSame(readTenantText(JSON.stringify(TENANT)), TENANT)
  t.strictSame(readTenantText(JSON.stringify({ ...TENANT, users: [] })), { ...TENANT, users: [] }, 'without users')
  t.end()
})

const BAD: ReadonlyArray<readonly [why: string, text: string, problem: RegExp]> = [
  ['no JSON', '{"tenant"', /not JSON/],
  ['another file', '{}', /\$\.tenant/],
  ['a short key', JSON.stringify({ ...TENANT, orgKey: 'abc' }), /\$\.orgKey.*20 letters/],
  ['a long key', JSON.stringify({ ...TENANT, orgKey: `${KEY}x` }), /\$\.orgKey/],
  ['a user without a key', JSON.stringify({ ...TENANT, users: [{ email: 'a@b.example' }] }), /\$\.users\[0\].*userKey/],
  ['a key we do not know', JSON.stringify({ ...TENANT, orgkey: KEY }), /\$\.orgkey/],
]

void t.test('what is none, and why', (t) => {
  for (const [why, text, problem] of BAD) {
    const read = readTenantText(text)
    t.match('problems' in read && read.problems.join('\n'), problem, why)
  }
  t.end()
})

void t.test('a user is known by address in any case', (t) => {
  t.equal(userOf(TENANT, 'alice@ACME.example')?.email, 'Alice@acme.example')
  t.equal(userOf(TENANT, 'bob@acme.example'), undefined)
  t.equal(userOf(TENANT, ''), undefined)
  t.end()
})
