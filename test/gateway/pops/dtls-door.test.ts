/** The UDP door of a POP: a session over DTLS carries flows, and fails as the POP fails. */

import t, { type Test } from 'tap'
import { openDtls } from '../../../agent/tunnel/open-dtls.js'
import type { OpenTunnel, TunnelAttempt } from '../../../agent/tunnel/open-tunnel.js'
import { SILENT_PEER } from '../../../agent/tunnel/session.js'
import { relayStream } from '../../../agent/tunnel/stream-relay.js'
import { lackingDtls } from '../../support/dtls.js'
import { echoAtEnd } from '../../support/origins.js'
import { doorOf, type TestDoor } from '../../support/pop-door.js'
import { QUIET } from '../../support/session-pair.js'
import { socketPair } from '../../support/socket-pair.js'
import { newTenant, USER } from '../../support/tenant-gateway.js'
import { textOf } from '../../support/text-of.js'
import { waitUntil } from '../../support/wait-until.js'

const [acme, stranger] = await Promise.all([newTenant(t), newTenant(t, 'other')])
const echo = await echoAtEnd()
t.teardown(echo.close)

const MTU = 1476

function attemptAt({ dtlsPort }: TestDoor, more: Partial<TunnelAttempt> = {}): TunnelAttempt {
  return {
    gateway: acme.gateway.serverName,
    endpoint: { ip: '127.0.0.1', port: dtlsPort ?? 0 },
    ca: acme.agent.authority,
    pfx: acme.agent.pfx,
    passphrase: acme.agent.passphrase,
    client: 'test',
    device: 'desk',
    keepAlive: QUIET,
    withinMs: 5000,
    signal: new AbortController().signal,
    ...more,
  }
}

async function opened(t: Test, door: TestDoor, more: Partial<TunnelAttempt> = {}): Promise<OpenTunnel> {
  const outcome = await openDtls(attemptAt(door, more), MTU)
  if ('failure' in outcome) throw new Error(outcome.failure)
  t.teardown(() => outcome.session.close('the test is over'))
  return outcome
}

void t.test('a session over DTLS', { skip: lackingDtls }, async (t) => {
  await t.test('it carries a flow, of the user of the certificate', async (t) => {
    const door = await doorOf(t, acme, {}, echo.port)
    const { session, hello } = await opened(t, door)
    t.match(hello, { pop: 'US-ORD1', session: 1 })
    t.match(door.entries, [{ event: 'session-opened', user: USER, from: '127.0.0.1', pop: 'US-ORD1' }])
    const stream = session.open({ host: 'box.com', ip: '192.0.2.1', port: 443, process: 'curl', via: 'nsProxy' })!
    const [app, near] = await socketPair()
    const relayed = relayStream(near, stream, new Uint8Array(0), 60_000)
    app.end('hello '.repeat(100_000))
    t.equal(await textOf(app), 'HELLO '.repeat(100_000), 'some 400 datagrams each way')
    t.equal(await relayed, 'done')
  })

  await t.test('who has no certificate of this tenant gets none', async (t) => {
    const door = await doorOf(t, acme)
    const { pfx, passphrase } = stranger.agent
    t.match(await openDtls(attemptAt(door, { pfx, passphrase }), MTU), { failure: /^DTLS / })
    t.match(await openDtls(attemptAt(door, { gateway: 'gateway-evil.example' }), MTU), { failure: /^DTLS certificate/ })
    await waitUntil(() => door.entries.some(({ event }) => event === 'dtls-refused'))
    t.equal(door.counts().sessions, 0)
  })

  await t.test('a POP that is down ends it and refuses; it is there again when the POP is', async (t) => {
    const door = await doorOf(t, acme)
    const { ended } = await opened(t, door)
    door.fail({ kind: 'down' })
    t.ok(await ended)
    await waitUntil(async () => {
      const outcome = await openDtls(attemptAt(door, { withinMs: 300 }), MTU)
      return 'failure' in outcome && outcome.code === 'ECONNREFUSED'
    })
    door.mend()
    await waitUntil(async () => 'session' in (await openDtls(attemptAt(door), MTU)))
  })

  await t.test('where packets are lost keep-alive finds out, and the door lets go when the loss ends', async (t) => {
    const door = await doorOf(t, acme)
    const { ended } = await opened(t, door, { keepAlive: { pingAfterMs: 100, pongWithinMs: 200 } })
    door.fail({ kind: 'loss' })
    t.equal(await ended, SILENT_PEER)
    door.mend()
    await waitUntil(() => door.counts().sessions === 0)
    await opened(t, door)
  })
})
