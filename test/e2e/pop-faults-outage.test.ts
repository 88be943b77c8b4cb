/**
 * No way to any gateway: the state is told with its reason, attempts are bounded, nothing spins, and when the fault clears
 * the client is connected by itself.
 */

import { setTimeout as pass } from 'node:timers/promises'
import t from 'tap'
import {
  BUSY_MS,
  type ClientUnderTest,
  type CloudUnderTest,
  clientOf,
  cloudOf,
  LONGEST_BACKOFF_MS,
  THREE_POPS,
} from '../support/cloud-under-test.js'
import { mostRounds } from '../support/life-watch.js'
import { newTenant } from '../support/tenant-gateway.js'
import { waitUntil } from '../support/wait-until.js'

/** The shortest wait and the longest, ms (agent/pop/settings.ts). */
const BACKOFF = { firstMs: 50, longestMs: LONGEST_BACKOFF_MS }

/** Rounds after which attempts are counted: some of them after the longest wait. */
const COUNTED_ROUNDS = 8

const DOWN = THREE_POPS.pops.map(({ name }) => `${name} down`)

interface Outage {
  readonly version: '114' | '95.1'
  readonly faults: readonly string[]
  readonly lastEnd: RegExp
  /** Requests a round takes, at most. */
  readonly perRound: Readonly<Record<'gslb' | 'doh' | 'ldns', number>>
  /** Of a round in the log: attempts to connect. */
  readonly targets: number
}

const NOT_FOUND = /^gateway-backup-lab\.goskope\.com: its name was not found$/
const NO_POP = /^gateway-backup-lab\.goskope\.com: connect ECONNREFUSED /

const OUTAGES: readonly Outage[] = [
  {
    version: '114',
    faults: ['gslb http-500', 'doh http-500', 'ldns http-500'],
    lastEnd: NOT_FOUND,
    // The GSLB host is looked for; then the tenant's gateway and its backup, each by both.
    perRound: { gslb: 0, doh: 2, ldns: 3 },
    targets: 2,
  },
  {
    version: '114',
    faults: ['gslb http-500', 'doh http-500', 'ldns wrong-tenant'],
    lastEnd: /^gateway-backup-lab\.goskope\.com: .*certificate/,
    perRound: { gslb: 1, doh: 2, ldns: 3 },
    targets: 2,
  },
  {
    version: '95.1',
    faults: ['doh empty', 'ldns empty'],
    lastEnd: NOT_FOUND,
    perRound: { gslb: 0, doh: 2, ldns: 2 },
    targets: 2,
  },
  {
    version: '95.1',
    faults: ['doh wrong-tenant', 'ldns wrong-tenant'],
    lastEnd: /^gateway-backup-lab\.goskope\.com: .*certificate/,
    perRound: { gslb: 0, doh: 2, ldns: 2 },
    targets: 2,
  },
  {
    version: '114',
    faults: DOWN,
    lastEnd: NO_POP,
    // The list, and round trips told; the service's host twice; after the POPs the tenant's gateway and its backup.
    perRound: { gslb: 2, doh: 2, ldns: 2 },
    targets: 5,
  },
  { version: '95.1', faults: DOWN, lastEnd: NO_POP, perRound: { gslb: 0, doh: 2, ldns: 0 }, targets: 2 },
]

const countOf = (cloud: CloudUnderTest, client: ClientUnderTest) => ({
  gslb: cloud.asked('gslb'),
  doh: cloud.asked('doh'),
  ldns: cloud.asked('ldns'),
  targets: client.story().filter((line) => line.startsWith('tunnel-connecting')).length,
})

const lab = await newTenant(t, 'lab')

await t.test('what waits does not work: processor time in an outage', async (t) => {
  const quiet = await cloudOf(t, lab)
  await quiet.fail('gslb refuse', 'doh refuse', 'ldns refuse')
  const client = clientOf(t, quiet, lab, { tunnel: { longestBackoffSeconds: 10 } })
  await waitUntil(() => /^trying again in [1-9]/.test(client.keeper.status.doing), 10_000)
  const before = process.cpuUsage()
  await pass(1000)
  const { user, system } = process.cpuUsage(before)
  // A loop takes all of the second, and one that asks again with every turn most of it.
  const share = (user + system) / 1_000_000
  t.ok(share < 0.1, `${(share * 100).toFixed(1)} % of a processor, gateway and all`)
})

t.jobs = OUTAGES.length + 2

// All of them before the first fault: a port that a fault sets free must not become another cloud's.
const clouds = await Promise.all([...OUTAGES, 'silent', 'disabled'].map(() => cloudOf(t, lab)))
const [silent, disabled] = clouds.slice(OUTAGES.length)

for (const [index, { version, faults, lastEnd, perRound, targets }] of OUTAGES.entries())
  void t.test(`client ${version}, ${faults.join(', ')}: bounded, and over by itself`, { buffered: true }, async (t) => {
    const cloud = clouds[index]!
    await cloud.fail(...faults)
    const client = clientOf(t, cloud, lab, { version })
    const begun = performance.now()
    await client.atRest
    t.match(client.keeper.status, { state: 'connecting', doing: /^trying again in 0\.\d s$/, lastEnd })

    await waitUntil(() => countOf(cloud, client).targets >= targets * COUNTED_ROUNDS, 3 * BUSY_MS)
    // At rest a round is over, and what is cleared now is clear for all of the next one.
    await client.keeper.reselect()
    const counted = countOf(cloud, client)
    const rounds = mostRounds(performance.now() - begun, BACKOFF)
    for (const [what, most] of Object.entries({ ...perRound, targets })) {
      const count = counted[what as keyof typeof counted]
      t.ok(count <= most * rounds, `${what}: ${count}, in ${rounds} rounds at most ${most * rounds}`)
      t.equal(count > 0, most > 0, `${what}: ${count}`)
    }

    cloud.faults.clear()
    const cleared = performance.now()
    await waitUntil(() => client.tunnel() !== undefined, LONGEST_BACKOFF_MS + BUSY_MS)
    const { method, pop } = client.tunnel()!
    t.equal(`${method} ${pop}`, version === '114' ? 'gslb US-ORD1' : 'edns US-ORD1')
    t.pass(`there again after ${Math.round(performance.now() - cleared)} ms`)
    t.match(client.keeper.status, { state: 'connected', doing: '' })
  })

void t.test(
  'every POP silent: it hangs nowhere, and is there as soon as one of them is',
  { buffered: true },
  async (t) => {
    await silent!.fail(...THREE_POPS.pops.map(({ name }) => `${name} loss`))
    const client = clientOf(t, silent!, lab)
    // Nobody answers the probes, so the first of the list is tried.
    await waitUntil(() => client.story().includes('gateway-resolved US-ORD1'))
    t.match(client.keeper.status, { state: 'connecting', doing: 'connecting to gateway-ord1.goskope.com' })
    silent!.faults.clear({ pop: 'US-DTW1' })
    const cleared = performance.now()
    // What is under way to US-ORD1 has 5 s.
    await waitUntil(() => client.tunnel()?.pop === 'US-DTW1', 5000 + BUSY_MS)
    t.pass(`after ${Math.round(performance.now() - cleared)} ms`)
  },
)

void t.test('disabled in an outage: nothing is tried any more, until it is enabled', { buffered: true }, async (t) => {
  await disabled!.fail('gslb http-500', 'doh http-500', 'ldns http-500')
  const client = clientOf(t, disabled!, lab, { version: '95.1' })
  await client.atRest
  client.keeper.disable()
  t.match(client.keeper.status, { state: 'disconnected', doing: 'disabled by the user' })
  const before = countOf(disabled!, client)
  const at = performance.now()
  await waitUntil(() => performance.now() - at > 2 * LONGEST_BACKOFF_MS)
  t.strictSame(countOf(disabled!, client), before)
  disabled!.faults.clear()
  client.keeper.enable()
  t.match(await client.keeper.session(BUSY_MS), { method: 'edns', pop: 'US-ORD1' })
})
