/**
 * The checker under every fault, which matters to a client that fails closed and whose POPs are all down: behind a portal
 * its traffic may go out (client-behaviour 6), and only there. What is no whole answer is no portal.
 */

import t from 'tap'
import { ClientConnection } from '../../agent/client-connection.js'
import { compilePolicy } from '../../agent/config/compile/compile-policy.js'
import type { ClientEvent } from '../../agent/config/download/client-status.js'
import { situationOf } from '../../agent/config/situation.js'
import type { LogEvent } from '../../agent/log/event.js'
import { PROFILES } from '../../agent/log/profiles.js'
import { routeDialer } from '../../agent/outbound/route-dialer.js'
import { decide } from '../../agent/steering/decide.js'
import {
  BUSY_MS,
  clientConfiguration,
  cloudOf,
  credentialsOf,
  LONGEST_BACKOFF_MS,
  storyOf,
  THREE_POPS,
} from '../support/cloud-under-test.js'
import { flowOf } from '../support/policies.js'
import { newTenant } from '../support/tenant-gateway.js'
import { waitUntil } from '../support/wait-until.js'

/** How often a portal is looked for, and how long the checker may take, ms (agent/location/endpoint-state.ts). */
const LOOK_MS = 5000
const CHECKER_MS = 3000

type Cell = readonly [fault: string, status: number | 'no portal']

const CELLS: readonly Cell[] = [
  ['time-out', 'no portal'],
  ['refuse', 'no portal'],
  ['slow 300', 'no portal'],
  ['slow 4000', 'no portal'],
  ['portal', 302],
  // Somebody who is not the checker answers for it: that is what a portal is.
  ['garbage', 200],
  ['wrong-tenant', 200],
  ['empty', 204],
  // A fault is no portal.
  ['http-500', 'no portal'],
]

t.jobs = CELLS.length

const lab = await newTenant(t, 'lab')
// All of them before the first fault: a port that a fault sets free must not become another cloud's.
const clouds = await Promise.all(CELLS.map(() => cloudOf(t, lab)))
const failClose = { fail_close: 'true', captive_portal_timeout: '10' }
const configuration = clientConfiguration({ client: { failClose }, tunnel: { waitSeconds: 0 } })
const inForce = { configuration, policy: compilePolicy(configuration), situation: situationOf(configuration) }

for (const [index, [fault, status]] of CELLS.entries())
  void t.test(`checker ${fault}: ${status}`, { buffered: true }, async (t) => {
    const cloud = clouds[index]!
    await cloud.fail(`checker ${fault}`, ...THREE_POPS.pops.map(({ name }) => `${name} down`))
    const events: LogEvent[] = []
    const posted: ClientEvent[] = []
    const connection = new ClientConnection({
      cloud: cloud.cloud,
      credentials: credentialsOf(lab),
      inForce: () => inForce,
      profile: PROFILES['windows-r114'],
      log: { report: (event) => void events.push(event) },
      resolve: async () => [],
      dialer: routeDialer({ timeoutMs: 2000 }),
      post: (event) => void posted.push(event),
    })
    t.teardown(() => connection.close())
    const verdict = () => {
      const found = decide(flowOf(), inForce.policy, connection.situation)
      return typeof found === 'object' && 'kind' in found ? `${found.action} ${found.kind}` : found
    }
    const story = () => storyOf(events).filter((line) => /^(fail-close|captive)/.test(line))

    connection.start()
    const seen = status === 'no portal' ? [] : [`captive-portal ${status}`, 'captive-portal-window open']
    const begun = ['fail-close active', ...seen]
    await waitUntil(() => story().length === begun.length, BUSY_MS)
    t.strictSame(story(), begun)
    t.equal(verdict(), status === 'no portal' ? 'block fail-close' : 'bypass captive-portal')

    cloud.faults.clear({ service: 'checker' })
    const before = cloud.asked('checker')
    await waitUntil(() => cloud.asked('checker') > before, CHECKER_MS + LOOK_MS + BUSY_MS)
    const left = [
      ...begun,
      ...(status === 'no portal' ? [] : ['captive-portal-left 200', 'captive-portal-window closed']),
    ]
    await waitUntil(() => story().length === left.length, BUSY_MS)
    t.strictSame(story(), left)
    t.equal(verdict(), 'block fail-close')

    cloud.faults.clear()
    await waitUntil(() => connection.status.tunnel.state === 'connected', LONGEST_BACKOFF_MS + BUSY_MS)
    t.strictSame(story(), [...left, 'fail-close inactive'])
    t.match(verdict(), { action: 'tunnel' })
    t.strictSame(posted, ['Fail close', 'Tunnel Up'])
  })
