import t from 'tap'
import { joinCommand } from '../../../../agent/capture/namespace-plan.js'
import { openPrivateMounts } from '../../../../scripts/process/trust/private-mounts.js'
import { lacking, SEARCH_PATH } from '../../../support/needs.js'

/** No process: the highest number Linux can be told to give is one less. */
const NOBODY = 4_194_304
const env = { PATH: SEARCH_PATH }
const mounts = [{ path: '/etc/hostname', source: '/etc/hosts' }]

void t.test('without mounts a program joins the captured namespace itself', async (t) => {
  const place = await openPrivateMounts({ kind: 'user', holderPid: NOBODY, mounts: [], env })
  t.strictSame(place.join('/tmp', ['true', 'x']), joinCommand('user', NOBODY, '/tmp', ['true', 'x']))
  place.close()
})

void t.test('where it cannot be, that is said, with the reason', { skip: lacking('nsenter') }, async (t) => {
  for (const kind of ['privileged', 'user'] as const)
    await t.rejects(openPrivateMounts({ kind, holderPid: NOBODY, mounts, env }), {
      code: 'trust-unavailable',
      message: /^trust cannot be given to the program alone: nsenter: /,
    })
})
