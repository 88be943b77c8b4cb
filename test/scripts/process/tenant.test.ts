/** Whose home it is, as its files say. */

import t from 'tap'
import type { Configuration } from '../../../agent/config/configuration.js'
import { tenantOf } from '../../../scripts/process/tenant.js'

const configuration = (host: string) =>
  ({
    branding: { UserEmail: 'alice@acme.example', OrgName: 'Acme Corp' },
    client: { nsgw: { host } },
  }) as unknown as Configuration

void t.test('the tenant is in the gateway’s name', async (t) => {
  for (const tenant of ['acme', 'acme.de', 'a-b'])
    t.strictSame(tenantOf(configuration(`gateway-${tenant}.goskope.com`)), {
      tenant,
      user: 'alice@acme.example',
      org: 'Acme Corp',
    })
})

void t.test('a gateway of another name has none', async (t) => {
  for (const host of [
    '',
    'gateway.example',
    'gateway-.goskope.com',
    'xgateway-a.goskope.com',
    'gateway-a.goskope.com.x',
  ])
    t.throws(
      () => tenantOf(configuration(host)),
      { code: 'tenant-unknown', exitCode: 2, message: /^nsconfig\.json: \$\.nsgw\.host is/ },
      host,
    )
})
