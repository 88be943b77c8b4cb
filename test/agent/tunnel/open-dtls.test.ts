/** Opening a session over DTLS: with a POP of ours, and with nobody else. */

import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { openDtls } from '../../../agent/tunnel/open-dtls.js'
import type { TunnelAttempt } from '../../../agent/tunnel/open-tunnel.js'
import { lackingDtls } from '../../support/dtls.js'
import { QUIET } from '../../support/session-pair.js'
import { gatewayOf, newTenant, TEST_POP, USER } from '../../support/tenant-gateway.js'

const skip = lackingDtls
const [tenant, stranger] = await Promise.all([newTenant(t), newTenant(t, 'other')])
const { authority: ca, pfx, passphrase } = tenant.agent
const UDP_DOOR = `${TEST_POP.address}:443/udp`

function open(endpoint: TunnelAttempt['endpoint'], options: Partial<TunnelAttempt> = {}) {
  const attempt = { ca, pfx, passphrase, client: 'steerlab test', device: 'desk', gateway: tenant.gateway.serverName }
  const { signal } = new AbortController()
  return openDtls({ ...attempt, endpoint, keepAlive: QUIET, withinMs: 5000, signal, ...options }, 1476)
}

void t.test('a session with the gateway’s HELLO, and word of its end', { skip }, async (t) => {
  const gateway = await gatewayOf(t, tenant)
  const outcome = await open(gateway.part.routes[UDP_DOOR]!)
  if ('failure' in outcome) return t.fail(outcome.failure)
  t.match(outcome.hello, { protocol: 1, pop: 'US-TEST1' })
  await gateway.logged({ event: 'session-opened', user: USER, device: 'desk' })
  outcome.session.close('done')
  t.equal(await outcome.ended, 'done')
  await gateway.logged({ event: 'session-ended', reason: 'the peer is going away: done' })
})

void t.test('no session with anybody else, and why not', { skip }, async (t) => {
  const gateway = await gatewayOf(t, tenant)
  const door = gateway.part.routes[UDP_DOOR]!
  const mute = createSocket('udp4').bind(0, '127.0.0.1')
  t.teardown(() => mute.close())
  await once(mute, 'listening')
  const silent = { ip: '127.0.0.1', port: mute.address().port }
  const cases: readonly [what: string, TunnelAttempt['endpoint'], Partial<TunnelAttempt>, object][] = [
    ['another authority', door, { ca: stranger.agent.authority }, { failure: /^DTLS certificate: /, code: '' }],
    ['another name', door, { gateway: 'gateway-acme.example.com' }, { failure: /^DTLS certificate: /, code: '' }],
    ['nobody answers', silent, { withinMs: 200 }, { failure: /^DTLS timed-out: /, code: 'ETIMEDOUT' }],
    ['nobody listens', { ip: '127.0.0.1', port: 1 }, {}, { failure: /^DTLS refused: /, code: 'ECONNREFUSED' }],
    ['no more wanted', door, { signal: AbortSignal.abort() }, { failure: 'given up', code: 'ECANCELED' }],
  ]
  for (const [what, endpoint, options, failure] of cases) t.match(await open(endpoint, options), failure, what)
  t.notOk(gateway.log().some(({ event }) => event === 'session-opened'))
})
