/** The add-on service under the faults of a demo, and after them. */

import t from 'tap'
import { FaultBoard } from '../../../gateway/faults/fault-board.js'
import { addonOf, tenantFor } from '../../support/addon.js'
import { newTenant } from '../../support/tenant-gateway.js'
import { waitUntil } from '../../support/wait-until.js'

const ADDON = { service: 'addon' } as const
const acme = await newTenant(t)

void t.test('what a client hears', async (t) => {
  const { directory, tenant } = await tenantFor(t)
  const board = new FaultBoard({ now: Date.now })
  const { ask } = await addonOf(t, directory, acme, { fault: board.source(ADDON) })
  const target = `/config/org/version?orgkey=${tenant.orgKey}`
  const good = (await ask(target)).json()
  t.match(good, { status: 'success' })

  board.set(ADDON, { kind: 'empty' })
  const empty = await ask(target)
  t.strictSame([empty.status, empty.bytes.length], [200, 0], 'empty')

  board.set(ADDON, { kind: 'wrong-tenant' })
  const wrong = await ask(target)
  t.strictSame([wrong.status, wrong.json()], [403, (await ask('/config/org/version?orgkey=x')).json()], 'wrong-tenant')
  t.equal((await ask('/v1/externalhost?service=enrollment')).status, 200, 'what needs no key needs none now')

  board.set(ADDON, { kind: 'http-500' })
  t.equal((await ask(target)).status, 500, 'http-500')

  board.set(ADDON, { kind: 'garbage' })
  const garbage = await ask(target)
  t.equal(garbage.status, 200, 'garbage')
  t.throws(() => garbage.json(), SyntaxError, 'garbage')

  board.set(ADDON, { kind: 'refuse' })
  await t.rejects(ask(target), { code: 'ECONNREFUSED' }, 'refuse')

  board.clear()
  await waitUntil(() =>
    ask(target).then(
      ({ status }) => status === 200,
      () => false,
    ),
  )
  t.strictSame((await ask(target)).json(), good, 'after all of them')
})
