/** The tunnel among several POPs: to the next one, to a better one, over DTLS or TLS, and what becomes of old flows. */

import t from 'tap'
import type { EventLog, TunnelTransport } from '../../../agent/log/event.js'
import type { GatewayTarget, Selected, TargetSelector } from '../../../agent/pop/target.js'
import { SETTLED_MS } from '../../../agent/tunnel/life.js'
import type { TunnelOpener } from '../../../agent/tunnel/tunnel.js'
import { connected } from '../../support/loopback.js'
import { echoAtEnd } from '../../support/origins.js'
import { QUIET } from '../../support/session-pair.js'
import {
  gatewayOf,
  labWith,
  newTenant,
  ONE_POP,
  openerOf,
  TEST_POP,
  type TestGateway,
  type TestTunnel,
  type TestTunnelOptions,
  tunnelDoorOf,
  tunnelTo,
} from '../../support/tenant-gateway.js'
import { waitUntil } from '../../support/wait-until.js'

const tenant = await newTenant(t)
const echo = await echoAtEnd()
t.teardown(echo.close)
const pops = [
  { ...TEST_POP, name: 'US-ORD1', address: '163.116.133.35' },
  { ...TEST_POP, name: 'US-IAD2', address: '163.116.146.35' },
]
const REQUEST = { host: '', ip: '192.0.2.10', port: 443, process: 'test', via: 'nsProxy' }
const DEAD = { ip: '127.0.0.1', port: 1 }
const SILENT: EventLog = { report: () => {} }

const twoPops = (t: import('tap').Test) =>
  gatewayOf(t, tenant, { table: { ...ONE_POP, pops }, lab: labWith({ '443': echo.port }) })
const doorsOf = (gateway: TestGateway) => pops.map(({ address }) => tunnelDoorOf(gateway, address))
const targetsOf = (gateway: TestGateway): GatewayTarget[] =>
  doorsOf(gateway).map((door) => ({ ...door, gateway: tenant.gateway.serverName, pop: '' }))
const typesOf = ({ events }: TestTunnel) => events.map(({ type }) => type)
const popsOf = ({ changes }: TestTunnel) => changes.map((change) => (change.to === 'up' ? change.tunnel.pop : 'down'))

/** A selector whose word can be changed, and who asked it with which POP in use. */
function selectorOf(first: Selected) {
  const asked: (GatewayTarget | undefined)[] = []
  const selector: TargetSelector & { says: Selected } = {
    says: first,
    select: async (current) => {
      asked.push(current)
      return selector.says
    },
  }
  return { selector, asked }
}

/** Opens TLS alone, where `blocked` says so, and calls it what was wanted. */
function datagramOpener(blocked: () => boolean) {
  const tried: TunnelTransport[] = []
  const inner = openerOf(tenant, SILENT)
  const opener: TunnelOpener = {
    open: (target, transport, signal) => {
      tried.push(transport)
      const outcome = { failure: 'DTLS timed-out: nobody answers', code: 'ETIMEDOUT' }
      return transport === 'DTLS' && blocked()
        ? Promise.resolve({ ip: target.ip, method: 'gslb', outcome })
        : inner.open(target, 'TLS', signal)
    },
  }
  return { opener, tried }
}

// It takes the time after which a session counts as settled, so it runs beside the others.
const settled = await twoPops(t)
const longLived = tunnelTo(t, doorsOf(settled), tenant, { backoff: { firstMs: 10_000, longestMs: 10_000 } })
const old = longLived.tunnel.session(5000).then(() => new Promise((resolve) => setTimeout(resolve, SETTLED_MS + 50)))

void t.test('the next POP is tried when the first does not answer', async (t) => {
  const gateway = await twoPops(t)
  const [, iad] = doorsOf(gateway)
  const test = tunnelTo(t, [DEAD, iad!], tenant)
  t.match(await test.tunnel.session(2000), { pop: 'US-IAD2', sessionId: 1 })
  t.strictSame(typesOf(test).slice(2, 5), ['tunnel-connect-failed', 'tunnel-failed', 'tunnel-connecting'])
  t.equal(test.tunnel.status.state, 'connected')
})

void t.test('to a better POP it goes before it leaves the old one, whose flows drain', async (t) => {
  const gateway = await twoPops(t)
  const [ord, iad] = targetsOf(gateway)
  const { selector, asked } = selectorOf({ targets: [ord!], keep: true, degraded: false })
  const test = tunnelTo(t, [], tenant, { selector })
  const { tunnel } = test
  const { session: first } = (await tunnel.session(2000))!
  const flow = first.open(REQUEST)!
  t.equal(await flow.whenOpened(), 'opened')
  await tunnel.reselect()
  t.strictSame(popsOf(test), ['US-ORD1'], 'kept')
  t.match(asked, [undefined, { ip: ord!.ip, pop: 'US-ORD1' }], 'the selector learns what the HELLO has told')

  selector.says = { targets: [iad!, ord!], keep: false, degraded: false }
  await tunnel.reselect()
  t.strictSame(popsOf(test), ['US-ORD1', 'US-IAD2'], 'never without one')
  t.match(tunnel.status, { state: 'connected', pop: 'US-IAD2', sessionId: 2, flows: 0, draining: 1 })
  t.match(await tunnel.session(0), { pop: 'US-IAD2' }, 'new flows go there')
  t.equal(first.streamCount, 1, 'the old flow stays')
  t.match(gateway.counts(), { sessions: 2, flows: 1 })
  flow.reset('aborted', 'done')
  await waitUntil(() => tunnel.status.draining === 0 && gateway.counts().sessions === 1)
  t.equal(gateway.counts().flows, 0)
  await gateway.logged({ event: 'session-ended', pop: 'US-ORD1', reason: /another POP serves this client/ })
  t.notOk(typesOf(test).includes('tunnel-closed'), 'nothing was lost')
})

void t.test('an old flow that does not end is ended', async (t) => {
  const gateway = await twoPops(t)
  const [ord, iad] = targetsOf(gateway)
  const { selector } = selectorOf({ targets: [ord!], keep: true, degraded: false })
  const { tunnel } = tunnelTo(t, [], tenant, { selector, drainMs: 300 })
  const { session } = (await tunnel.session(2000))!
  const flow = session.open(REQUEST)!
  await flow.whenOpened()
  selector.says = { targets: [iad!], keep: false, degraded: false }
  await tunnel.reselect()
  t.equal(session.streamCount, 1)
  await waitUntil(() => session.streamCount === 0 && tunnel.status.draining === 0)
  t.match(tunnel.status, { state: 'connected', pop: 'US-IAD2' })
})

void t.test('a better POP that does not take it: it stays where it is', async (t) => {
  const gateway = await twoPops(t)
  const [ord] = targetsOf(gateway)
  const { selector } = selectorOf({ targets: [ord!], keep: true, degraded: false })
  const test = tunnelTo(t, [], tenant, { selector })
  await test.tunnel.session(2000)
  selector.says = { targets: [{ ...ord!, ...DEAD }], keep: false, degraded: false }
  await test.tunnel.reselect()
  t.match(test.tunnel.status, { state: 'connected', pop: 'US-ORD1', sessionId: 1, draining: 0, lastEnd: /REFUSED/ })
  t.strictSame(popsOf(test), ['US-ORD1'])
})

void t.test('it looks again by itself, and sooner when the preferred method failed', async (t) => {
  const gateway = await twoPops(t)
  const targets = targetsOf(gateway)
  const cases: readonly [what: string, degraded: boolean, settings: Partial<TestTunnelOptions>][] = [
    ['in order', false, { reselectMs: 40, degradedMs: 60_000 }],
    ['degraded', true, { reselectMs: 60_000, degradedMs: 40 }],
  ]
  for (const [what, degraded, settings] of cases) {
    const { selector, asked } = selectorOf({ targets, keep: true, degraded })
    const { tunnel } = tunnelTo(t, [], tenant, { selector, ...settings })
    await waitUntil(() => asked.length >= 3)
    t.match(tunnel.status, { state: 'connected', sessionId: 1 }, what)
    tunnel.close()
  }
})

void t.test('DTLS that is blocked: TLS, until the network changes or the client is enabled anew', async (t) => {
  const gateway = await twoPops(t)
  let isBlocked = true
  const { opener, tried } = datagramOpener(() => isBlocked)
  const test = tunnelTo(t, doorsOf(gateway), tenant, { opener, wanted: 'DTLS', backoff: { firstMs: 1, longestMs: 1 } })
  const { tunnel } = test
  t.match(await tunnel.session(2000), { transport: 'TLS', sessionId: 1 })
  t.match(test.events.slice(0, 5), [
    { type: 'tunnel-connecting', transport: 'DTLS' },
    { type: 'tunnel-connect-failed', transport: 'DTLS', error: 110 },
    { type: 'tunnel-failed', transport: 'DTLS' },
    { type: 'dtls-fallback' },
    { type: 'tunnel-connecting', transport: 'TLS' },
  ])
  gateway.faults.set({ pop: 'US-ORD1' }, { kind: 'down' })
  await waitUntil(() => tunnel.status.pop === 'US-IAD2')
  t.notOk(tried.slice(1).includes('DTLS'), 'it keeps to TLS')
  isBlocked = false
  tunnel.lookAnew()
  await waitUntil(() => tunnel.status.transport === 'DTLS')
  t.match(tunnel.status, { state: 'connected', pop: 'US-IAD2' }, 'beside the TLS session, on the same POP')
  t.strictSame(popsOf(test), ['US-ORD1', 'down', 'US-IAD2', 'US-IAD2'])

  isBlocked = true
  tunnel.disable()
  tunnel.enable()
  t.match(await tunnel.session(2000), { transport: 'TLS', pop: 'US-IAD2' })
})

void t.test('a change of the network finds out at once that the peer is gone', async (t) => {
  const gateway = await twoPops(t)
  const opener = openerOf(tenant, SILENT, {}, { ...QUIET, pongWithinMs: 100 })
  const test = tunnelTo(t, doorsOf(gateway), tenant, { opener })
  await test.tunnel.session(2000)
  test.tunnel.lookAnew()
  await test.tunnel.reselect()
  t.strictSame(popsOf(test), ['US-ORD1'], 'a peer that answers is kept')
  gateway.faults.set({ pop: 'US-ORD1' }, { kind: 'loss' })
  test.tunnel.lookAnew()
  await waitUntil(() => popsOf(test).includes('down'))
  const types = typesOf(test)
  t.equal(types.indexOf('tunnel-closed'), types.indexOf('keep-alive-failed') + 1)
  t.match(test.changes.at(-1), { to: 'down', reason: 'the peer stopped answering' })
})

void t.test('a POP that is lost after a while: the next one takes over at once', async (t) => {
  await old
  t.match(longLived.tunnel.status, { pop: 'US-ORD1', sessionId: 1 })
  const [ord] = doorsOf(settled)
  settled.faults.set({ pop: 'US-ORD1' }, { kind: 'down' })
  await waitUntil(() => longLived.tunnel.status.pop === 'US-IAD2', 2000)
  t.strictSame(popsOf(longLived), ['US-ORD1', 'down', 'US-IAD2'])
  await t.rejects(connected(ord!.port, ord!.ip))
  t.notOk(typesOf(longLived).includes('tunnel-connect-failed'), 'the lost one is not asked')
})
