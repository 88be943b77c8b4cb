/** The tunnel's life at the agent, over real sessions: up, down and up again, off and on, and no more than is wanted. */

import t from 'tap'
import { relayStream } from '../../../agent/tunnel/stream-relay.js'
import { LAB_EGRESS_IP } from '../../../gateway/gateway.js'
import { echoAtEnd } from '../../support/origins.js'
import { socketPair } from '../../support/socket-pair.js'
import { gatewayOf, labWith, newTenant, type TestTunnel, tunnelTo } from '../../support/tenant-gateway.js'
import { textOf } from '../../support/text-of.js'
import { waitUntil } from '../../support/wait-until.js'

const tenant = await newTenant(t)
const HOST = tenant.gateway.serverName
const UP = ['tunnel-connecting', 'gateway-resolved', 'tunnel-connected', 'tunnel-established', 'tunnel-up']
const FAILED = ['tunnel-connecting', 'gateway-resolved', 'tunnel-connect-failed', 'tunnel-failed']
/** Nobody listens there. */
const DEAD = { ip: '127.0.0.1', port: 1 }
const REQUEST = { host: '', ip: '192.0.2.10', port: 443, process: 'test', via: 'nsProxy' }

const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type)
const changesOf = ({ changes }: TestTunnel) => changes.map(({ to }) => to)

void t.test('it connects, says so in order, and carries flows', async (t) => {
  const origin = await echoAtEnd()
  t.teardown(origin.close)
  const gateway = await gatewayOf(t, tenant, { lab: labWith({ '443': origin.port }) })
  const { ip, port } = gateway
  const test = tunnelTo(t, gateway, tenant)
  const { tunnel, events } = test
  t.match(tunnel.status, { state: 'connecting', doing: 'selecting a POP', sessionId: 0, pop: '', lastEnd: '' })
  const inUse = await tunnel.session(2000)
  t.match(inUse, { sessionId: 1, transport: 'TLS', method: 'gslb', gateway: HOST, ip, port, pop: 'US-TEST1' })
  t.match(events, [
    { type: 'tunnel-connecting', transport: 'TLS', gateway: HOST, port },
    { type: 'gateway-resolved', gateway: HOST, ip, port },
    { type: 'tunnel-connected', gateway: HOST, ip, port },
    { type: 'tunnel-established', gateway: HOST, pop: 'US-TEST1' },
    { type: 'tunnel-up' },
  ])
  t.match(test.changes, [{ to: 'up', tunnel: inUse, before: undefined }])
  const [app, near] = await socketPair()
  const stream = inUse!.session.open(REQUEST)!
  const relayed = relayStream(near, stream, new Uint8Array(0), 60_000)
  t.equal(await stream.whenOpened(), 'opened')
  const status = { state: 'connected', doing: '', flows: 1, draining: 0, pop: 'US-TEST1', egressIp: LAB_EGRESS_IP }
  t.match(tunnel.status, status)
  app.end('hello')
  t.equal(await textOf(app), 'HELLO')
  t.equal(await relayed, 'done')

  tunnel.close()
  t.strictSame(typesOf(events), [...UP, 'tunnel-disconnecting'])
  t.match(tunnel.status, { state: 'disconnected', doing: 'the agent is stopping', flows: 0 })
  t.equal(await tunnel.session(2000), undefined, 'and none is waited for')
  tunnel.enable()
  t.equal(tunnel.isOff, true, 'nor can it be enabled again')
  t.strictSame(changesOf(test), ['up', 'down'])
  await gateway.logged({ event: 'session-ended', reason: 'the peer is going away: the agent is stopping' })
  t.strictSame(typesOf(events), [...UP, 'tunnel-disconnecting'], 'nothing is logged later')
})

void t.test('a gateway that is restarted on its port is found again, and flows wait for it', async (t) => {
  const first = await gatewayOf(t, tenant)
  const test = tunnelTo(t, first, tenant)
  const { tunnel, events } = test
  const { session } = (await tunnel.session(2000))!
  const waitsForAnswer = session.open({ ...REQUEST, host: 'nowhere.invalid', ip: '', port: 1 })!
  const reset = waitsForAnswer.whenOpened()
  await first.close()
  t.match(await reset, { reason: 'aborted', detail: 'the peer is going away: the gateway is stopping' })
  await waitUntil(() => events.at(-1)?.type === 'tunnel-failed')
  t.match(tunnel.status, { state: 'connecting', lastEnd: /ECONNREFUSED/ })
  t.match(tunnel.status.doing, /^trying again in \d\.\d s$/)
  t.equal(await tunnel.session(30), undefined, 'a flow waits no longer than it may')
  const waiting = [tunnel.session(5000), tunnel.session(5000)]

  const restarted = performance.now()
  await gatewayOf(t, tenant, { before: first.part })
  const [one, other] = await Promise.all(waiting)
  t.ok(performance.now() - restarted < 2000)
  t.equal(one?.sessionId, 2)
  t.equal(one, other)
  t.not(one?.session, session)
  const types = typesOf(events)
  t.strictSame(types.slice(0, UP.length + 2), [...UP, 'tunnel-closed', 'tunnel-connecting'])
  t.strictSame(types.slice(-UP.length - 1), ['tunnel-failed', ...UP])
  t.match(test.changes, [
    { to: 'up', before: undefined },
    { to: 'down', reason: 'the peer is going away: the gateway is stopping' },
    { to: 'up', tunnel: one, before: { sessionId: 1 } },
  ])
})

void t.test('closed while it connects or waits, it does nothing more', async (t) => {
  const gateway = await gatewayOf(t, tenant)
  for (const turns of [0, 1, 2, 5, 10, 20]) {
    const { tunnel, events } = tunnelTo(t, gateway, tenant)
    const waiting = tunnel.session(5000)
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
    tunnel.close()
    tunnel.close()
    const wasUp = (await waiting) !== undefined
    const types = typesOf(events)
    if (wasUp) t.strictSame(types, [...UP, 'tunnel-disconnecting'], `after ${turns} turns`)
    else t.strictSame(types, UP.slice(0, types.length), `after ${turns} turns`)
    await new Promise((resolve) => setTimeout(resolve, 60))
    t.strictSame(typesOf(events), types, 'nothing is logged later')
    t.equal(tunnel.status.state, 'disconnected')
  }
  const { tunnel, events } = tunnelTo(t, DEAD, tenant)
  await waitUntil(() => events.length > FAILED.length)
  tunnel.close()
  const logged = events.length
  await new Promise((resolve) => setTimeout(resolve, 150))
  t.equal(events.length, logged, 'no reconnect after the end')
  await waitUntil(() => gateway.counts().sessions === 0)
})

void t.test('the user disables and enables it: flows end, none waits, and a new session comes', async (t) => {
  const gateway = await gatewayOf(t, tenant)
  const test = tunnelTo(t, gateway, tenant)
  const { tunnel, events } = test
  const stream = (await tunnel.session(2000))!.session.open({ ...REQUEST, host: 'nowhere.invalid', ip: '', port: 1 })!
  const reset = stream.whenOpened()
  tunnel.disable()
  t.match(await reset, { reason: 'aborted', detail: 'disabled by the user' })
  t.equal(tunnel.isOff, true)
  t.match(tunnel.status, { state: 'disconnected', doing: 'disabled by the user', lastEnd: 'disabled by the user' })
  t.match(events.at(-1), { type: 'tunnel-disconnecting', context: 'NSTUNNEL_DISCONNECTED_BYUSER' })
  t.equal(await tunnel.session(5000), undefined, 'at once')
  for (const what of ['disable', 'lookAnew'] as const) tunnel[what]()
  await tunnel.reselect()
  await waitUntil(() => gateway.counts().sessions === 0)
  t.strictSame(typesOf(events), [...UP, 'tunnel-disconnecting'], 'it stays as it is')

  tunnel.enable()
  tunnel.enable()
  t.match(await tunnel.session(2000), { sessionId: 2 })
  t.strictSame(typesOf(events).slice(UP.length + 1), UP)
  t.strictSame(changesOf(test), ['up', 'down', 'up'])
})

void t.test('disabled while flows wait: they are told at once', async (t) => {
  const { tunnel } = tunnelTo(t, DEAD, tenant)
  const waiting = [tunnel.session(60_000), tunnel.session(60_000)]
  tunnel.disable()
  t.strictSame(await Promise.all(waiting), [undefined, undefined])
})

void t.test('while no gateway answers it tries ever more rarely', async (t) => {
  const { tunnel, events } = tunnelTo(t, DEAD, tenant, { backoff: { firstMs: 40, longestMs: 160 } })
  const tries = () => events.filter(({ type }) => type === 'tunnel-connecting').length
  const begun = performance.now()
  await waitUntil(() => tries() === 6)
  // Waits of 30, 60, 120, 120 and 120 ms: the jitter of 0.5 takes a quarter of each.
  t.ok(performance.now() - begun >= 440, `${performance.now() - begun} ms`)
  t.strictSame(typesOf(events).slice(0, 8), [...FAILED, ...FAILED])
  t.match(events[2], { type: 'tunnel-connect-failed', transport: 'TLS', gateway: HOST, port: 1, error: 111 })
  t.match(tunnel.status, { state: 'connecting', lastEnd: `${HOST}: connect ECONNREFUSED 127.0.0.1:1` })
})
