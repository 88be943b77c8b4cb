import { isIPv4, isIPv6 } from 'node:net'
import t from 'tap'
import { PROFILES } from '../../../agent/log/profiles.js'
import { endpointOf } from '../../../agent/synth/endpoint.js'
import { NORMAL_DAY } from '../../../agent/synth/scenarios.js'
import { makeWorld } from '../../../agent/synth/world.js'
import { NEW_HOME } from '../../support/generated-log.js'

void t.test('endpoints differ, and each is the same every time', async (t) => {
  const world = makeWorld('1', PROFILES['windows-r114'], NORMAL_DAY, NEW_HOME)
  const endpoints = Array.from({ length: 200 }, (_, number) => endpointOf(world, number))
  t.equal(new Set(endpoints.map(({ hostname }) => hostname)).size, 200)
  t.equal(new Set(endpoints.map(({ user }) => user)).size, 200)
  t.strictSame(endpointOf(world, 17), endpoints[17])
  for (const { networks, version, system, apps, pops } of endpoints) {
    if (!networks.every(({ ip, ip6 }) => isIPv4(ip) && isIPv6(ip6))) t.fail(JSON.stringify(networks))
    if (!/^114\.0\.\d\.\d{4}$/.test(version) || !system.startsWith('Windows NT')) t.fail(`${version} ${system}`)
    if (!apps.some(({ name }) => name === 'browser') || pops.length < 4) t.fail(`${apps.length} ${pops.length}`)
  }
  t.ok(
    endpoints.some(({ apps }) => apps.some(({ name }) => name === 'npm')),
    'some are developers',
  )
  t.notOk(
    endpoints.every(({ apps }) => apps.some(({ name }) => name === 'npm')),
    'others not',
  )
})

void t.test('users of a scenario are taken by turns', async (t) => {
  const users = ['anna@example.com', 'søren@example.com']
  const world = makeWorld('1', PROFILES['macos-r126'], { ...NORMAL_DAY, users }, NEW_HOME)
  t.strictSame(
    [0, 1, 2].map((number) => endpointOf(world, number).user),
    [users[0], users[1], users[0]],
  )
})
