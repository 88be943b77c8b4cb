/** The add-on service and the agent's own client: they must understand each other. */

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { AddonClient } from '../../../agent/config/download/addon-client.js'
import { clientStatus } from '../../../agent/config/download/client-status.js'
import { statusRequest } from '../../../agent/config/download/endpoints.js'
import { enrol } from '../../../agent/config/download/enrolment.js'
import { askVersion, downloadVersion } from '../../../agent/config/download/version-download.js'
import { addUser } from '../../../gateway/services/tenant.js'
import { addonOf, tenantFor, tenantTexts } from '../../support/addon.js'
import { newTenant, USER } from '../../support/tenant-gateway.js'

const acme = await newTenant(t)
const { agent } = acme

void t.test('an agent enrols, downloads all, and posts its status', async (t) => {
  const { directory, tenant } = await tenantFor(t)
  const { port } = await addonOf(t, directory, acme)
  const client = new AddonClient({ host: 'addon-acme.goskope.com', ip: '127.0.0.1', port, ca: agent.authority })
  t.teardown(() => client.close())

  t.match(await enrol(client, 'wrong', USER), { failure: 'rejected', httpStatus: 403 })
  const unknown = { failure: 'rejected', detail: 'Unable to find user with email eve@acme.example' }
  t.match(await enrol(client, tenant.orgKey, 'eve@acme.example'), unknown)
  const enrolled = await enrol(client, tenant.orgKey, USER)
  if ('failure' in enrolled) throw new Error(enrolled.detail)
  t.equal(enrolled.enrolment.host, client.host)
  const keys = { ...enrolled.enrolment, os: 'linux' }

  const first = await askVersion(client, keys)
  if ('failure' in first) throw new Error(first.detail)
  t.strictSame(await downloadVersion(client, keys, first.version), {
    version: first.version,
    files: { ...tenantTexts(), 'nsoverlap.json': '{"overlappingDomainList":{},"status":"OK"}' },
    certificates: {
      'nscacert.pem': Buffer.from(agent.authority),
      'nstenantcert.pem': Buffer.from(agent.tenantAuthority),
      'nsusercert.p12': agent.pfx,
    },
  })
  const edited = '{"names":["a.example"],"ips":[]}'
  await writeFile(join(directory, 'nsexception.json'), edited)
  const second = await downloadVersion(client, keys, first.version)
  t.match(second, { files: { 'nsexception.json': edited } }, 'an edit after the version was asked')
  t.ok('version' in second && second.version > first.version)

  const host = { os: 'Linux', os_version: '6.1', hostname: 'desk' }
  const status = clientStatus('Tunnel Up', host, 'managed')
  t.notMatch(await client.ask(statusRequest(keys), status), { failure: String })
  const kept = JSON.parse(await readFile(join(directory, 'clientstatus.jsonl'), 'utf8'))
  t.match(kept, { user: USER, ...status.client_status }, 'all of it is kept')

  const bob = await addUser(directory, 'bob@acme.example')
  const asBob = await downloadVersion(client, { ...keys, userKey: bob.userKey }, first.version)
  t.match(asBob, { failure: 'rejected', detail: /no certificate for bob@acme\.example/ }, 'a user without certificate')
})
