/** A client's connection in a mock cloud: what the user can do, what the tenant is told, and what the log says. */

import t, { type Test } from 'tap'
import { ClientConnection } from '../../agent/client-connection.js'
import { compilePolicy } from '../../agent/config/compile/compile-policy.js'
import type { InForce } from '../../agent/config/live-configuration.js'
import { situationOf } from '../../agent/config/situation.js'
import type { LogEvent } from '../../agent/log/event.js'
import { PROFILES } from '../../agent/log/profiles.js'
import { type ClientWords, clientConfiguration, cloudOf, credentialsOf } from '../support/cloud-under-test.js'
import { newTenant } from '../support/tenant-gateway.js'
import { waitUntil } from '../support/wait-until.js'

const tenant = await newTenant(t, 'lab')
const cloud = await cloudOf(t, tenant)

function inForceOf(words: ClientWords): InForce {
  const configuration = clientConfiguration(words)
  return { configuration, policy: compilePolicy(configuration), situation: situationOf(configuration) }
}

/** A connection, started, and closed at the end of the test. */
function connectionOf(t: Test, words: ClientWords = {}) {
  let inForce = inForceOf(words)
  const events: LogEvent[] = []
  const posts: string[] = []
  const connection = new ClientConnection({
    cloud: cloud.cloud,
    credentials: credentialsOf(tenant),
    inForce: () => inForce,
    profile: PROFILES['windows-r114'],
    log: { report: (event) => void events.push(event) },
    resolve: async () => [],
    dialer: { dial: async () => ({ failure: 'refused', detail: '' }) },
    post: (event) => void posts.push(event),
  })
  t.teardown(() => connection.close())
  connection.start()
  return {
    connection,
    types: () => events.map(({ type }) => type),
    posts,
    change: (other: ClientWords) => {
      const before = inForce
      inForce = inForceOf(other)
      connection.configurationChanged(before)
    },
  }
}

void t.test('it connects, and the user disables and enables it', async (t) => {
  const { connection, types, posts } = connectionOf(t)
  t.match(connection.status, { tunnel: { state: 'connecting' }, endpoint: { location: 'off-prem', tunnel: 'up' } })
  t.match(await connection.keeper.session(5000), { pop: 'US-ORD1' })
  t.equal(types()[0], 'client-location')
  t.equal(connection.pops.selection?.chosen, 'US-ORD1')
  connection.disable()
  connection.disable()
  t.match(connection.situation, { tunnel: 'disabled' })
  t.strictSame(types().slice(-2), ['tunnel-disconnecting', 'client-disabled'])
  connection.enable()
  connection.enable()
  t.match(connection.situation, { tunnel: 'up' }, 'flows wait')
  t.match(await connection.keeper.session(5000), { sessionId: 2 })
  t.equal(types().filter((type) => type === 'client-enabled').length, 1)
  t.strictSame(posts, ['Tunnel Up', 'Tunnel Down', 'User Disabled', 'User Enabled', 'Tunnel Up'])
})

void t.test('where the configuration forbids it, the user cannot', async (t) => {
  const cases: readonly [client: object, refusal: RegExp][] = [
    [{ failClose: { fail_close: '1' } }, /it fails closed \(nsconfig\.json \$\.failClose\.fail_close\)/],
    [{ allowClientDisabling: '0' }, /its users may not \(nsconfig\.json \$\.allowClientDisabling\)/],
  ]
  for (const [client, message] of cases) {
    const { connection } = connectionOf(t, { client })
    t.throws(() => connection.disable(), { code: 'not-allowed', exitCode: 2, message })
    t.match(await connection.keeper.session(5000), { pop: 'US-ORD1' })
  }
  const { connection } = connectionOf(t, { client: { allowClientDisabling: '1' } })
  connection.disable()
  t.equal(connection.keeper.isOff, true)
})

void t.test('another configuration: the POP it pins, and nothing where the way stays', async (t) => {
  const { connection, posts, change } = connectionOf(t)
  await connection.keeper.session(5000)
  change({ client: { checkSNI: 'true' } })
  t.equal(connection.status.tunnel.doing, '', 'the way is the same')
  change({ pop: { pinned: 'US-IAD2' } })
  await waitUntil(() => connection.status.tunnel.pop === 'US-IAD2')
  t.match(connection.pops.switches.at(-1), { from: 'US-ORD1', to: 'US-IAD2', why: 'US-IAD2 is pinned' })
  t.strictSame(posts, ['Tunnel Up'], 'it was up all the time')
})

void t.test('a tunnel that is lost: down, and up again, to the tenant; flows wait as long as they may', async (t) => {
  const { connection, posts } = connectionOf(t, { tunnel: { waitSeconds: 0 } })
  await connection.keeper.session(5000)
  t.equal(connection.waitMs, 0)
  const pops = ['US-ORD1', 'US-DTW1', 'US-IAD2']
  await cloud.fail(...pops.map((pop) => `${pop} down`))
  await waitUntil(() => connection.situation.tunnel === 'down')
  cloud.faults.clear()
  t.ok(await connection.keeper.session(5000))
  t.equal(connection.situation.tunnel, 'up')
  t.strictSame(posts, ['Tunnel Up', 'Tunnel Down', 'Tunnel Up'])
})
