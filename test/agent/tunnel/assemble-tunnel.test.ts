/** The tunnel put together, in a mock cloud: it finds its POP, remembers why, and what it shows. Faults: test/e2e/pop-faults-*. */

import t from 'tap'
import { clientOf, cloudOf } from '../../support/cloud-under-test.js'
import { newTenant } from '../../support/tenant-gateway.js'
import { waitUntil } from '../../support/wait-until.js'

const tenant = await newTenant(t, 'lab')

void t.test('by GSLB: the POP with the shortest round trip, and on to another one when that is down', async (t) => {
  const cloud = await cloudOf(t, tenant)
  const client = clientOf(t, cloud, tenant)
  const tunnel = await client.keeper.session(5000)
  t.match(tunnel, { pop: 'US-ORD1', method: 'gslb', gateway: 'gateway-ord1.goskope.com', ip: '163.116.133.35' })
  const { selection, switches } = client.record.status
  t.match(selection, { method: 'gslb', chosen: 'US-ORD1', egressIp: '198.51.100.7', country: 'US' })
  t.equal(selection?.pops.length, 3)
  t.match(switches, [{ from: '', to: 'US-ORD1', method: 'gslb', why: selection!.why }])
  await cloud.fail('US-ORD1 down')
  await waitUntil(() => client.tunnel()?.pop === 'US-DTW1')
  t.match(client.record.status.switches.slice(1), [{ from: 'US-ORD1', to: 'US-DTW1', method: 'gslb' }])
})

void t.test('a pinned POP, however far', async (t) => {
  const client = clientOf(t, await cloudOf(t, tenant), tenant, { pop: { pinned: 'US-IAD2' } })
  t.match(await client.keeper.session(5000), { pop: 'US-IAD2' })
  t.match(client.record.status.selection, { chosen: 'US-IAD2', why: 'US-IAD2 is pinned' })
})

void t.test('before GSLB: the tenant’s gateway, its address by EDNS', async (t) => {
  const client = clientOf(t, await cloudOf(t, tenant), tenant, { version: '95.1' })
  t.match(await client.keeper.session(5000), { pop: 'US-ORD1', method: 'edns', gateway: 'gateway-lab.goskope.com' })
  t.match(client.record.status, {
    selection: {
      method: 'dns',
      chosen: 'gateway-lab.goskope.com',
      why: 'GSLB is not asked: client 95.1 is older than 96.1',
    },
    switches: [{ to: 'US-ORD1', method: 'edns', why: 'GSLB is not asked: client 95.1 is older than 96.1' }],
  })
})

void t.test('names of the cloud, as the endpoint’s own resolver knows them', async (t) => {
  const { resolve } = clientOf(t, await cloudOf(t, tenant), tenant)
  t.strictSame(await resolve('gateway-dtw1.goskope.com'), ['163.116.136.35'])
  t.strictSame(await resolve('nowhere.invalid'), [])
})

void t.test('nothing is opened after it is closed', async (t) => {
  const cloud = await cloudOf(t, tenant)
  const client = clientOf(t, cloud, tenant)
  await client.keeper.session(5000)
  client.close()
  client.keeper.enable()
  t.equal(await client.keeper.session(5000), undefined)
  await waitUntil(() => cloud.counts().sessions === 0)
})
