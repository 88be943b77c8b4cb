/** A gateway with several POPs: an address each, all of them or some, found again where they were, and faulty alone. */

import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import type { CloudPart } from '../../gateway/cloud-part.js'
import type { Pop, PopTable } from '../../gateway/pops/pop.js'
import { connected } from '../support/loopback.js'
import { gatewayOf, newTenant, ONE_POP, TEST_POP, tunnelDoorOf, tunnelTo } from '../support/tenant-gateway.js'
import { waitUntil } from '../support/wait-until.js'

const acme = await newTenant(t)
const pop = (name: string, address: string): Pop => ({ ...TEST_POP, name, address })
const ORD = pop('US-ORD1', '163.116.133.35')
const IAD = pop('US-IAD2', '163.116.146.35')
const table: PopTable = { ...ONE_POP, pops: [ORD, IAD] }

/** Where there is DTLS there are routes for UDP too. */
const tcpRoutes = ({ routes }: CloudPart) => Object.keys(routes).filter((key) => key.endsWith('/tcp'))

void t.test('each POP has an address of its own, and says its name', async (t) => {
  const gateway = await gatewayOf(t, acme, { table })
  const [ord, iad] = [ORD, IAD].map(({ address }) => tunnelDoorOf(gateway, address))
  t.match([ord, iad], [{ ip: '127.18.0.1' }, { ip: '127.18.0.2' }])
  const tcp = [ORD, IAD].flatMap(({ address }) => [`${address}:443/tcp`, `${address}:80/tcp`])
  t.strictSame(tcpRoutes(gateway.part), tcp)
  const [one, other] = [ord!, iad!].map((door) => tunnelTo(t, door, acme).tunnel)
  t.match(await one?.session(2000), { pop: 'US-ORD1' })
  t.match(await other?.session(2000), { pop: 'US-IAD2' })
  t.match(gateway.counts(), { sessions: 2 })
  await gateway.logged({ event: 'session-opened', pop: 'US-IAD2' })
})

void t.test('a process may serve some of them, each where it is in the table', async (t) => {
  const some = await gatewayOf(t, acme, { table, only: ['US-IAD2'] })
  t.strictSame(tcpRoutes(some.part), ['163.116.146.35:443/tcp', '163.116.146.35:80/tcp'])
  t.equal(tunnelDoorOf(some, IAD.address).ip, '127.18.0.2')
  t.strictSame((await gatewayOf(t, acme, { table, only: [] })).part, { routes: {} })
})

void t.test('one that is started again takes the ports it had, or none', async (t) => {
  const { part, close } = await gatewayOf(t, acme, { table })
  await close()
  const again = await gatewayOf(t, acme, { table, before: part })
  t.strictSame(again.part, part)
  await again.close()
  const { port, ip } = tunnelDoorOf(again, IAD.address)
  const taken = createServer().listen(port, ip)
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  await t.rejects(gatewayOf(t, acme, { table, before: part }), { code: 'port-in-use' })
  const first = tunnelDoorOf(again, ORD.address)
  await t.rejects(connected(first.port, first.ip), { code: 'ECONNREFUSED' }, 'the first one is not left open')
})

void t.test('a POP is faulty alone', async (t) => {
  const gateway = await gatewayOf(t, acme, { table })
  const [ord, iad] = [ORD, IAD].map(({ address }) => tunnelDoorOf(gateway, address))
  const { tunnel } = tunnelTo(t, ord!, acme)
  const other = tunnelTo(t, iad!, acme)
  await Promise.all([tunnel.session(2000), other.tunnel.session(2000)])
  gateway.faults.set({ pop: 'US-ORD1' }, { kind: 'down' })
  await waitUntil(() => tunnel.status.state === 'connecting')
  await t.rejects(connected(ord!.port, ord!.ip), { code: 'ECONNREFUSED' })
  t.match(other.tunnel.status, { state: 'connected', sessionId: 1 })
  gateway.faults.clear()
  t.match(await tunnel.session(2000), { pop: 'US-ORD1', sessionId: 2 })
})
