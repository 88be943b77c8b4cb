/** What is true of the endpoint, with the time in the test's hand: the tunnel's grace, where it is, and fail-close. */

import t, { type Test } from 'tap'
import { compilePolicy } from '../../../agent/config/compile/compile-policy.js'
import type { InForce } from '../../../agent/config/live-configuration.js'
import { situationOf } from '../../../agent/config/situation.js'
import { EndpointState } from '../../../agent/location/endpoint-state.js'
import type { LogEvent } from '../../../agent/log/event.js'
import type { Dialer } from '../../../agent/outbound/dial.js'
import { configurationWith, type PolicyWords } from '../../support/policies.js'
import { waitUntil } from '../../support/wait-until.js'

const FAIL_CLOSE: PolicyWords = { client: { failClose: { fail_close: '1' } } }
const ON_PREM: PolicyWords = {
  client: { onpremcheck: { onprem_use_dns: '1', onprem_host: 'intra.corp', onprem_ip: '10.0.0.1' } },
}
const REFUSING: Dialer = { dial: async () => ({ failure: 'refused', detail: '' }) }
const NO_TUNNEL = { type: 'no-tunnel' }
const ACTIVE = { type: 'fail-close', state: 'active' }
const INACTIVE = { type: 'fail-close', state: 'inactive' }

function inForceOf(words: PolicyWords): InForce {
  const configuration = configurationWith(words)
  return { configuration, policy: compilePolicy(configuration), situation: situationOf(configuration) }
}

/** An endpoint whose flows wait `waitMs`, and whose programs find `addresses`, now and in the future. */
function endpointOf(t: Test, words: PolicyWords = {}, waitMs = 1000) {
  const world = {
    now: 0,
    inForce: inForceOf(words),
    addresses: async (_host: string): Promise<readonly string[]> => ['192.0.2.1'],
  }
  const events: LogEvent[] = []
  const moves: string[] = []
  let closings = 0
  const state = new EndpointState({
    inForce: () => world.inForce,
    waitMs: () => waitMs,
    resolve: (host) => world.addresses(host),
    dialer: REFUSING,
    checkerDialer: REFUSING,
    checker: async () => undefined,
    log: { report: (event) => void events.push(event) },
    moved: (now, before) => void moves.push(`${before} -> ${now}`),
    failsClosed: () => void closings++,
    now: () => world.now,
  })
  t.teardown(() => state.close())
  return { state, world, events, moves, closings: () => closings }
}

void t.test('a tunnel that has just gone counts as up while flows wait for the next', async (t) => {
  const { state, world } = endpointOf(t)
  const at = (now: number) => {
    world.now = now
    return state.tunnelState
  }
  t.strictSame([0, 999, 1000].map(at), ['up', 'up', 'down'], 'from the start on')
  state.tunnelIs('up')
  t.equal(at(5000), 'up')
  state.tunnelIs('down')
  t.equal(at(5999), 'up')
  state.tunnelIs('down')
  t.equal(at(6000), 'down', 'the second word of it prolongs nothing')
  state.tunnelIs('disabled')
  t.equal(at(6001), 'disabled', 'at once')
  state.tunnelIs('down')
  t.strictSame([7000, 7001].map(at), ['up', 'down'])
  t.match(state.situation, { tunnel: 'down', location: 'off-prem', device: 'unknown' })
})

void t.test('fail-close begins when nobody waits any more, and ends with the tunnel', async (t) => {
  const { state, events, closings } = endpointOf(t, FAIL_CLOSE, 20)
  state.follow()
  state.follow()
  await waitUntil(() => events.length > 1)
  t.strictSame(events, [NO_TUNNEL, ACTIVE])
  t.equal(closings(), 1)
  state.tunnelIs('up')
  t.strictSame(events, [NO_TUNNEL, ACTIVE, INACTIVE])
  state.tunnelIs('down')
  await waitUntil(() => events.length > 4)
  state.tunnelIs('disabled')
  t.strictSame(
    events,
    [NO_TUNNEL, ACTIVE, INACTIVE, NO_TUNNEL, ACTIVE, INACTIVE],
    'also when the user disables the client',
  )
  t.equal(closings(), 2)
})

void t.test('no word of fail-close', async (t) => {
  const open = endpointOf(t, {}, 0)
  const back = endpointOf(t, FAIL_CLOSE, 20)
  const disabled = endpointOf(t, FAIL_CLOSE, 20)
  const closed = endpointOf(t, FAIL_CLOSE, 20)
  for (const { state } of [open, back, disabled, closed]) state.follow()
  back.state.tunnelIs('up')
  disabled.state.tunnelIs('disabled')
  closed.state.close()
  await new Promise((resolve) => setTimeout(resolve, 60))
  t.strictSame(open.events, [NO_TUNNEL], 'the client fails open')
  t.strictSame(back.events, [], 'the tunnel was back in time')
  t.strictSame(disabled.events, [], 'the client is disabled')
  t.strictSame(closed.events, [], 'the agent has stopped')

  open.world.inForce = inForceOf(FAIL_CLOSE)
  open.state.follow()
  await waitUntil(() => open.events.length > 1)
  t.strictSame(open.events, [NO_TUNNEL, ACTIVE], 'it fails closed as soon as the configuration says so')
})

void t.test('where it is: found out, told, and found out anew when the network changes', async (t) => {
  const { state, world, moves } = endpointOf(t, ON_PREM)
  t.match(state.status, { location: 'off-prem', why: 'not checked yet', tunnel: 'up' })
  world.addresses = async () => ['10.0.0.1']
  state.follow()
  await waitUntil(() => moves.length === 1)
  t.match(state.status, { location: 'on-prem', why: 'intra.corp has the address 10.0.0.1' })
  t.equal(state.situation.location, 'on-prem')

  let asked = 0
  world.addresses = async () => {
    asked += 1
    return []
  }
  state.follow()
  t.equal(asked, 0, 'the same configuration asks nothing')
  state.networkChanged()
  await waitUntil(() => moves.length === 2)
  t.match(state.status, { location: 'off-prem', why: 'intra.corp has no address' })
  world.inForce = inForceOf({})
  state.follow()
  await waitUntil(() => /not configured/.test(state.status.why))
  t.strictSame(moves, ['off-prem -> on-prem', 'on-prem -> off-prem'])
})

void t.test('what steerlab.json says goes before what is found', async (t) => {
  const { state, world, moves } = endpointOf(t, { ...ON_PREM, lab: { endpoint: { location: 'on-prem' } } })
  t.match(state.status, { location: 'on-prem', why: 'steerlab.json says so' })
  state.follow()
  await new Promise(setImmediate)
  t.strictSame([state.location, moves], ['on-prem', []])
  world.inForce = inForceOf(ON_PREM)
  state.follow()
  await waitUntil(() => state.status.why !== 'not checked yet')
  t.equal(state.location, 'off-prem')
})

void t.test('the answer to an older question does not count', async (t) => {
  const { state, world, moves } = endpointOf(t, ON_PREM)
  let late = (_ips: readonly string[]): void => {}
  world.addresses = () =>
    new Promise((resolve) => {
      late = resolve
    })
  state.follow()
  const first = late
  world.addresses = async () => []
  state.networkChanged()
  await waitUntil(() => state.status.why === 'intra.corp has no address')
  first(['10.0.0.1'])
  await new Promise(setImmediate)
  t.strictSame([state.location, moves], ['off-prem', []])
})

void t.test('closed, it tells nothing more', async (t) => {
  const { state, world, moves } = endpointOf(t, ON_PREM)
  world.addresses = async () => ['10.0.0.1']
  state.follow()
  state.close()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.strictSame([state.location, moves], ['off-prem', []])
})
