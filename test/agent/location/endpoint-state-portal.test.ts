/** A captive portal while the client fails closed: looked for, passed for a while, and left, with a checker on loopback. */

import { createServer } from 'node:http'
import t, { type Test } from 'tap'
import { compilePolicy } from '../../../agent/config/compile/compile-policy.js'
import type { Configuration } from '../../../agent/config/configuration.js'
import { situationOf } from '../../../agent/config/situation.js'
import { EndpointState } from '../../../agent/location/endpoint-state.js'
import type { LogEvent } from '../../../agent/log/event.js'
import { connected, listening } from '../../support/loopback.js'
import { configurationWith } from '../../support/policies.js'
import { waitUntil } from '../../support/wait-until.js'

const HOST = 'sfchecker.goskope.com'
const NO_TUNNEL = { type: 'no-tunnel' }
const OPEN = { type: 'captive-portal-window', state: 'open' }
const CLOSED = { type: 'captive-portal-window', state: 'closed' }
const ACTIVE = { type: 'fail-close', state: 'active' }
const SEEN = { type: 'captive-portal', host: HOST, code: 302 }

function configurationOf(captive_portal_timeout: string): Configuration {
  const client = { failClose: { fail_close: '1', captive_portal_timeout } }
  const { branding, ...rest } = configurationWith({ client })
  return { ...rest, branding: { ...branding, AddonCheckerHost: HOST, AddonCheckerResponseCode: 'all is well' } }
}

/** An endpoint whose tunnel is down, with its checker, behind a portal at first. */
async function behindPortal(t: Test, minutes = '1') {
  const world = { now: 0, portal: true, asked: 0 }
  const { port, close } = await listening(
    createServer((_, answer) => {
      world.asked += 1
      if (world.portal) answer.writeHead(302, { location: 'http://portal.example/' }).end()
      else answer.end('all is well\n')
    }),
  )
  const configuration = configurationOf(minutes)
  const inForce = { configuration, policy: compilePolicy(configuration), situation: situationOf(configuration) }
  const events: LogEvent[] = []
  const state = new EndpointState({
    inForce: () => inForce,
    waitMs: () => 0,
    resolve: async () => [],
    dialer: { dial: async () => ({ failure: 'unreachable', detail: '' }) },
    checkerDialer: { dial: async ({ ip, port }) => ({ socket: await connected(port, ip) }) },
    checker: async () => ({ ip: '127.0.0.1', port }),
    log: { report: (event) => void events.push(event) },
    moved: () => {},
    failsClosed: () => {},
    now: () => world.now,
  })
  t.teardown(async () => {
    state.close()
    await close()
  })
  state.follow()
  return { state, world, events }
}

// It takes until the checker is asked again, so it runs beside the others.
const left = await behindPortal(t)

void t.test('behind a portal traffic may go out for the time the configuration says', async (t) => {
  const { state, world, events } = await behindPortal(t)
  await waitUntil(() => events.length === 4)
  t.strictSame(events, [NO_TUNNEL, ACTIVE, SEEN, OPEN])
  t.equal(state.tunnelState, 'portal')
  world.now = 59_999
  t.equal(state.tunnelState, 'portal')
  world.now = 60_000
  t.equal(state.tunnelState, 'down', 'its time is up')
})

void t.test('the tunnel, or another network, ends the window', async (t) => {
  const { state, events } = await behindPortal(t)
  await waitUntil(() => state.tunnelState === 'portal')
  state.networkChanged()
  t.equal(state.tunnelState, 'down')
  state.tunnelIs('up')
  t.equal(state.tunnelState, 'up')
  t.strictSame(events.at(-1), { type: 'fail-close', state: 'inactive' })
})

void t.test('where there is no window, nobody asks', async (t) => {
  const { state, world, events } = await behindPortal(t, '0')
  await waitUntil(() => events.length === 2)
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.strictSame(events, [NO_TUNNEL, ACTIVE])
  t.strictSame([state.tunnelState, world.asked], ['down', 0])
})

void t.test('the portal is left, and the client fails closed again', async (t) => {
  const { state, world, events } = left
  await waitUntil(() => state.tunnelState === 'portal')
  world.portal = false
  await waitUntil(() => events.length === 6, 8000)
  const gone = { type: 'captive-portal-left', host: HOST, code: 200 }
  t.strictSame(events, [NO_TUNNEL, ACTIVE, SEEN, OPEN, gone, CLOSED])
  t.strictSame([state.tunnelState, world.asked], ['down', 2])
})
