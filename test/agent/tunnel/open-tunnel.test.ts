/** Opening a session: with the right gateway, never with a wrong one, and with an end whatever happens. */

import { createServer as createTcpServer } from 'node:net'
import { createServer, type TlsOptions } from 'node:tls'
import t from 'tap'
import { ALPN_PROTOCOL } from '../../../agent/tunnel/frame.js'
import { openTls, type TunnelAttempt } from '../../../agent/tunnel/open-tunnel.js'
import { listening } from '../../support/loopback.js'
import { QUIET } from '../../support/session-pair.js'
import { gatewayOf, newTenant, USER } from '../../support/tenant-gateway.js'
import { waitUntil } from '../../support/wait-until.js'

const [tenant, stranger] = await Promise.all([newTenant(t), newTenant(t, 'other')])
const { authority: ca, pfx, passphrase } = tenant.agent
const HOST = tenant.gateway.serverName
const ATTEMPT = { ca, pfx, passphrase, client: 'steerlab test', device: 'desk', gateway: HOST }

/** Tries to open a session. */
function open(endpoint: TunnelAttempt['endpoint'], options: Partial<TunnelAttempt> = {}) {
  const { signal } = new AbortController()
  return openTls({ ...ATTEMPT, endpoint, keepAlive: QUIET, withinMs: 5000, signal, ...options })
}

/** A TLS server that is no gateway of ours, and says `greeting` to whoever connects. */
async function impostor(options: TlsOptions, greeting = '') {
  const { key, chain: cert } = tenant.gateway
  const server = createServer({ key, cert, minVersion: 'TLSv1.3', ...options })
  server.on('secureConnection', (socket) => {
    socket.on('error', () => {})
    socket.write(greeting)
  })
  const { port, close } = await listening(server)
  return { ip: '127.0.0.1', port, close }
}

void t.test('a session with the gateway’s HELLO, and word of its end', async (t) => {
  const gateway = await gatewayOf(t, tenant)
  const outcome = await open(gateway)
  if ('failure' in outcome) return t.fail(outcome.failure)
  t.match(outcome.hello, { protocol: 1, pop: 'US-TEST1', session: 1, egressIp: '' })
  await gateway.logged({ event: 'session-opened', user: USER, device: 'desk', client: 'steerlab test' })
  await gateway.close()
  t.equal(await outcome.ended, 'the peer is going away: the gateway is stopping')

  // Any POP has a name of its own, and one certificate serves them all.
  const pop = await open(await gatewayOf(t, tenant), { gateway: 'gateway-ord1.goskope.com' })
  if ('failure' in pop) return t.fail(pop.failure)
  pop.session.close('done')
  t.equal(await pop.ended, 'done')
})

void t.test('it never takes the wrong gateway for the right one', async (t) => {
  const right = await gatewayOf(t, tenant)
  const foreign = await gatewayOf(t, stranger)
  const noAlpn = await impostor({})
  const otherAlpn = await impostor({ ALPNProtocols: ['h2'] })
  const noise = await impostor({ ALPNProtocols: [ALPN_PROTOCOL] }, 'HTTP/1.1 400 Bad Request\r\n\r\n')
  const badHello = await impostor({ ALPNProtocols: [ALPN_PROTOCOL] }, '\x01\x00\x00\x02\x00\x00\x00\x00{}')
  const old = await impostor({ ALPNProtocols: [ALPN_PROTOCOL], minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
  const unknown = stranger.agent
  const cases: readonly [what: string, TunnelAttempt['endpoint'], Partial<TunnelAttempt>, failure: RegExp][] = [
    ['another authority', right, { ca: stranger.agent.authority }, /self.signed certificate|unable to/],
    ['another name', right, { gateway: 'gateway-acme.example.com' }, /does not match certificate/],
    ['another tenant’s user', right, { pfx: unknown.pfx, passphrase: unknown.passphrase }, /alert|ECONNRESET|closed/],
    ['another tenant’s gateway', foreign, {}, /certificate/],
    ['no ALPN', noAlpn, {}, /does not speak steerlab/],
    ['another ALPN', otherAlpn, {}, /alert no application protocol|ECONNRESET/],
    ['noise', noise, {}, /protocol violation/],
    ['a malformed HELLO', badHello, {}, /HELLO is malformed/],
    ['TLS 1.2', old, {}, /protocol version|unsupported protocol/],
  ]
  for (const [what, endpoint, options, failure] of cases) t.match(await open(endpoint, options), { failure }, what)
  t.notOk(
    right.log().some(({ event }) => event === 'session-opened'),
    'nobody was let in',
  )
  await Promise.all([noAlpn, otherAlpn, noise, badHello, old].map(({ close }) => close()))
})

void t.test('no environment makes it trust anybody', async (t) => {
  const { NODE_TLS_REJECT_UNAUTHORIZED: before } = process.env
  t.teardown(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })
  const foreign = await gatewayOf(t, stranger)
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  t.match(await open(foreign), { failure: /certificate/ })
})

void t.test('nobody there, nobody who answers, and no more wanted: each has its code', async (t) => {
  const silent = await listening(createTcpServer((socket) => socket.resume()))
  t.teardown(silent.close)
  const mute = { ip: '127.0.0.1', port: silent.port }
  t.match(await open({ ip: '127.0.0.1', port: 1 }), { failure: /ECONNREFUSED/, code: 'ECONNREFUSED' })
  const begun = performance.now()
  t.strictSame(await open(mute, { withinMs: 100 }), { failure: 'no connection in time', code: 'ETIMEDOUT' })
  t.ok(performance.now() - begun < 1000)
  const givenUp = { failure: 'given up', code: 'ECANCELED' }
  t.strictSame(await open(mute, { signal: AbortSignal.abort() }), givenUp)
  const later = new AbortController()
  const attempt = open(mute, { signal: later.signal })
  await waitUntil(() => silent.sockets.size === 1)
  later.abort()
  t.strictSame(await attempt, givenUp)
  await waitUntil(() => silent.sockets.size === 0)
  t.pass('no socket is left')
})

void t.test('given up at any moment, no session is left', async (t) => {
  const gateway = await gatewayOf(t, tenant)
  for (const turns of [0, 1, 2, 5, 10, 20, 40]) {
    const wanted = new AbortController()
    const attempt = open(gateway, { signal: wanted.signal })
    for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate)
    wanted.abort()
    const outcome = await attempt
    if ('session' in outcome) outcome.session.close('too late')
    else t.strictSame(outcome, { failure: 'given up', code: 'ECANCELED' }, `after ${turns} turns`)
  }
  await waitUntil(() => gateway.counts().sessions === 0)
})
