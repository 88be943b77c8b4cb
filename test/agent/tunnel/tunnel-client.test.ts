/** The tunnel's life at the agent: up, down and up again, and never with the wrong gateway. */

import { createServer as createTcpServer } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import t from 'tap'
import { ALPN_PROTOCOL } from '../../../agent/tunnel/frame.js'
import { relayStream } from '../../../agent/tunnel/stream-relay.js'
import { LAB_EGRESS_IP } from '../../../gateway/gateway.js'
import { listening } from '../../support/loopback.js'
import { echoAtEnd } from '../../support/origins.js'
import { socketPair } from '../../support/socket-pair.js'
import { gatewayOf, labWith, newTenant, tunnelTo } from '../../support/tenant-gateway.js'
import { textOf } from '../../support/text-of.js'
import { waitUntil } from '../../support/wait-until.js'

const [tenant, stranger] = await Promise.all([newTenant(t), newTenant(t, 'other')])
const HOST = tenant.gateway.serverName
const UP = ['tunnel-connecting', 'tunnel-connected', 'tunnel-established']

const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type)

void t.test('it connects, says so in order, and carries flows', async (t) => {
  const origin = await echoAtEnd()
  t.teardown(origin.close)
  const gateway = await gatewayOf(t, tenant, { lab: labWith({ '443': origin.port }) })
  const { tunnel, events } = tunnelTo(t, gateway.port, tenant)
  t.match(tunnel.status, { state: 'connecting', sessionId: 0, pop: '', lastEnd: '' })
  const ready = await tunnel.session(2000)
  t.equal(ready?.sessionId, 1)
  t.match(events, [
    { type: 'tunnel-connecting', transport: 'TLS', gateway: HOST, port: gateway.port },
    { type: 'tunnel-connected', gateway: HOST, ip: '127.0.0.1', port: gateway.port },
    { type: 'tunnel-established', gateway: HOST, pop: 'US-TEST1' },
  ])
  const [app, near] = await socketPair()
  const stream = ready!.session.open({ host: '', ip: '192.0.2.10', port: 443, process: 'test', via: 'nsProxy' })!
  const relayed = relayStream(near, stream, new Uint8Array(0), 60_000)
  t.equal(await stream.whenOpened(), 'opened')
  t.match(tunnel.status, { state: 'connected', flows: 1, pop: 'US-TEST1', egressIp: LAB_EGRESS_IP, sessionId: 1 })
  app.end('hello')
  t.equal(await textOf(app), 'HELLO')
  t.equal(await relayed, 'done')

  tunnel.close()
  t.strictSame(typesOf(events), [...UP, 'tunnel-disconnecting'])
  t.match(tunnel.status, { state: 'disconnected', flows: 0 })
  t.equal(await tunnel.session(2000), undefined, 'and none is waited for')
  await gateway.logged({ event: 'session-ended', reason: 'the peer is going away: the agent is stopping' })
})

void t.test('a gateway that is restarted on its port is found again, and flows wait for it', async (t) => {
  const first = await gatewayOf(t, tenant)
  const { tunnel, events } = tunnelTo(t, first.port, tenant)
  const { session } = (await tunnel.session(2000))!
  const waitsForAnswer = session.open({ host: 'nowhere.invalid', ip: '', port: 1, process: '', via: 'app-fw' })!
  const reset = waitsForAnswer.whenOpened()
  await first.close()
  t.match(await reset, { reason: 'aborted', detail: 'the peer is going away: the gateway is stopping' })
  await waitUntil(() => events.at(-1)?.type === 'tunnel-connect-failed')
  t.match(tunnel.status, { state: 'connecting', lastEnd: /ECONNREFUSED/ })
  t.equal(await tunnel.session(30), undefined, 'a flow waits no longer than it may')
  const waiting = [tunnel.session(5000), tunnel.session(5000)]

  const restarted = performance.now()
  await gatewayOf(t, tenant, { port: first.port })
  const [one, other] = await Promise.all(waiting)
  t.ok(performance.now() - restarted < 2000)
  t.equal(one?.sessionId, 2)
  t.equal(one, other)
  t.not(one?.session, session)
  const types = typesOf(events)
  t.strictSame(types.slice(0, 5), [...UP, 'tunnel-closed', 'tunnel-connecting'])
  t.strictSame(types.slice(-4), ['tunnel-connect-failed', ...UP])
})

void t.test('closed while it connects or waits, it does nothing more', async (t) => {
  const gateway = await gatewayOf(t, tenant)
  for (const turns of [0, 1, 2, 5, 10, 20]) {
    const { tunnel, events } = tunnelTo(t, gateway.port, tenant)
    const waiting = tunnel.session(5000)
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
    tunnel.close()
    tunnel.close()
    const wasUp = (await waiting) !== undefined
    const types = typesOf(events)
    t.strictSame(types, wasUp ? [...UP, 'tunnel-disconnecting'] : UP.slice(0, 1), `after ${turns} turns`)
    await new Promise((resolve) => setTimeout(resolve, 60))
    t.strictSame(typesOf(events), types, 'nothing is logged later')
    t.equal(tunnel.status.state, 'disconnected')
  }
  const { tunnel, events } = tunnelTo(t, 1, tenant)
  await waitUntil(() => events.length > 2)
  tunnel.close()
  const logged = events.length
  await new Promise((resolve) => setTimeout(resolve, 150))
  t.equal(events.length, logged, 'no reconnect after the end')
  await waitUntil(() => gateway.counts().sessions === 0)
})

/** A TLS server that is no gateway of ours, and says `greeting` to whoever connects. */
async function impostor(options: TlsOptions, greeting = '') {
  const { key, chain: cert } = tenant.gateway
  const server = createServer({ key, cert, minVersion: 'TLSv1.3', ...options })
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    socket.write(greeting)
  })
  return listening(server)
}

void t.test('it never takes the wrong gateway for the right one', async (t) => {
  const right = await gatewayOf(t, tenant)
  const foreign = await gatewayOf(t, stranger)
  const noAlpn = await impostor({})
  const otherAlpn = await impostor({ ALPNProtocols: ['h2'] })
  const noise = await impostor({ ALPNProtocols: [ALPN_PROTOCOL] }, 'HTTP/1.1 400 Bad Request\r\n\r\n')
  const badHello = await impostor({ ALPNProtocols: [ALPN_PROTOCOL] }, '\x01\x00\x00\x02\x00\x00\x00\x00{}')
  const old = await impostor({ ALPNProtocols: [ALPN_PROTOCOL], minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
  const mute = await listening(createTcpServer())
  const evil = { host: 'gateway-evil.goskope.com', ip: '127.0.0.1', port: right.port }
  const cases: readonly [what: string, port: number, options: Parameters<typeof tunnelTo>[3], end: RegExp][] = [
    ['another authority', right.port, { ca: stranger.agent.authority }, /self.signed certificate|unable to/],
    ['another name', right.port, { gateway: evil }, /does not match certificate/],
    ['another tenant’s user', right.port, { userCertificate: stranger.agent }, /alert|ECONNRESET|closed/],
    ['another tenant’s gateway', foreign.port, {}, /certificate/],
    ['no ALPN', noAlpn.port, {}, /does not speak steerlab/],
    ['another ALPN', otherAlpn.port, {}, /alert no application protocol|ECONNRESET/],
    ['noise', noise.port, {}, /protocol violation/],
    ['a malformed HELLO', badHello.port, {}, /HELLO is malformed/],
    ['TLS 1.2', old.port, {}, /protocol version|unsupported protocol/],
    ['nothing listens', 1, {}, /ECONNREFUSED/],
    ['nobody answers', mute.port, {}, /no connection in time/],
  ]
  await Promise.all(
    cases.map(async ([what, port, options, end]) => {
      const { tunnel, events } = tunnelTo(t, port, tenant, options)
      await waitUntil(() => events.some(({ type }) => type === 'tunnel-connect-failed'), 8000)
      t.match(tunnel.status, { state: 'connecting', lastEnd: end }, what)
      t.strictSame(typesOf(events).slice(0, 2), ['tunnel-connecting', 'tunnel-connect-failed'], what)
      t.equal(await tunnel.session(50), undefined, `${what}: no session`)
      tunnel.close()
    }),
  )
  t.notOk(
    right.log().some(({ event }) => event === 'session-opened'),
    'nobody was let in',
  )
  await Promise.all([noAlpn, otherAlpn, noise, badHello, old, mute].map(({ close }) => close()))
})
