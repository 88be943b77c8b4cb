/** What the flows of a gateway share: the leaves, made when they are needed first. */

import t from 'tap'
import { inspectorWith } from '../../support/inspector-with.js'
import { newTenant } from '../../support/tenant-gateway.js'

const tenant = await newTenant(t)

void t.test('leaves are made once for each kind of key', async (t) => {
  const { leaves } = inspectorWith(t, tenant, () => tenant.gateway.issuer.key)
  const [first, second, other] = await Promise.all([leaves('ec-p256'), leaves('ec-p256'), leaves('rsa-2048')])
  t.equal(first, second)
  t.equal(await leaves('ec-p256'), first, 'and kept')
  t.not(first, other)
})

void t.test('leaves that could not be made are made for the next flow', async (t) => {
  let key = 'no key'
  const { leaves } = inspectorWith(t, tenant, () => key)
  for (const flow of ['the first flow', 'the second']) await t.rejects(leaves('ec-p256'), flow)
  key = tenant.gateway.issuer.key
  const made = await leaves('ec-p256')
  t.ok(made.contextFor('box.com'))
  t.equal(await leaves('ec-p256'), made)
})
