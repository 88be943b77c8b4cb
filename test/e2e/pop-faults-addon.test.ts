/**
 * The add-on host under every fault, which matters to an enrolled client: what it has stays in force, its status says why,
 * and the next attempt of its schedule succeeds when the fault has cleared. The tunnel needs no add-on host: that is in
 * pop-faults-services.
 */

import t from 'tap'
import { AddonClient } from '../../agent/config/download/addon-client.js'
import { addonServerName } from '../../certs/tenant-identity.js'
import { createTenant } from '../../gateway/services/tenant.js'
import { labOf } from '../agent/config/download/downloader-lab.js'
import { IDENTITY, tenantTexts } from '../support/addon.js'
import { BUSY_MS, cloudOf } from '../support/cloud-under-test.js'
import { knock } from '../support/knock.js'
import { newTenant } from '../support/tenant-gateway.js'
import { waitUntil } from '../support/wait-until.js'

/** How long the host may take, ms. */
const ANSWER_MS = 2000

type Cell = readonly [fault: string, failure: RegExp, waitMs: number]

const WELL = /^$/

const CELLS: readonly Cell[] = [
  ['time-out', /^timed-out: /, ANSWER_MS],
  ['refuse', /^refused: /, 0],
  ['garbage', /^malformed: /, 0],
  // Each of ten requests at least.
  ['slow 50', WELL, 500],
  ['slow 4000', /^timed-out: /, ANSWER_MS],
  ['http-500', /^(?:http|rejected): /, 0],
  ['empty', /^malformed: /, 0],
  ['wrong-tenant', /^rejected: /, 0],
]

const lab = await newTenant(t, 'lab')
// All of them before the first fault: a port that a fault sets free must not become another cloud's.
const tenants = await Promise.all(
  CELLS.map(async (_, index) => {
    const directory = `${t.testdirName}/tenant-${index}`
    const tenant = await createTenant(directory, { ...IDENTITY, tenant: 'lab' }, tenantTexts())
    return { ...tenant, ...(await cloudOf(t, lab, directory)) }
  }),
)

t.jobs = CELLS.length

for (const [index, [fault, failure, waitMs]] of CELLS.entries())
  void t.test(`addon ${fault}: ${failure}`, { buffered: true }, async (t) => {
    const { fail, faults, cloud, orgKey, users } = tenants[index]!
    await fail(`addon ${fault}`)
    const { addon } = cloud
    const { downloader, step, applied } = labOf(t, addon, {
      client: new AddonClient({
        host: addonServerName('lab'),
        ...addon,
        ca: lab.agent.authority,
        timeoutMs: ANSWER_MS,
      }),
      keys: { orgKey, userKey: users[0]!.userKey, os: 'Windows' },
    })
    const begun = performance.now()
    const isWell = failure === WELL
    const { result } = await downloader.updateNow()
    const took = performance.now() - begun
    t.equal(result, isWell ? 'in-force' : 'failed')
    t.match(downloader.status.lastFailure, failure)
    t.equal(applied.length, isWell ? 1 : 0)
    t.ok(took > waitMs - 5 && took < waitMs + BUSY_MS, `${Math.round(took)} ms, of which ${waitMs} are waits`)

    faults.clear()
    await waitUntil(async () => (await knock(addon.port, addon.ip)) === 'open')
    t.ok((await step()) > 0, 'the next look is planned')
    t.match(downloader.status.lastFailure, WELL)
    t.equal(applied.length, 1)
  })
