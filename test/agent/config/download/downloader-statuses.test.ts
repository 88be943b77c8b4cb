/** Statuses of a client on their way to the tenant, over real sockets. */

import t from 'tap'
import type { HttpsHost } from '../../../support/https-host.js'
import { waitUntil } from '../../../support/wait-until.js'
import { addonHost, KEYS, publish, refusal, tenantReplies } from './addon-host.js'
import { labOf, typesOf } from './downloader-lab.js'

const VERSION = '/config/org/version'
const STATUS = '/v2/update/clientstatus'

/** The events posted so far, oldest first. */
const posts = (host: HttpsHost) => host.posted.map((body) => JSON.parse(body).client_status.event)

void t.test('statuses that happen while the host is away arrive later, in order', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  const { downloader, step, events } = labOf(t, host, { version: 'v1' })
  downloader.postStatus('Tunnel Up')
  await waitUntil(() => downloader.status.statusesWaiting === 0)
  t.strictSame(posts(host), ['Tunnel Up'])
  t.match(host.asked, [`POST ${STATUS}?orgkey=${KEYS.orgKey}&userkey=${KEYS.userKey}`])
  t.strictSame(events, [{ type: 'client-status', json: host.posted[0] }])

  for (const path of [VERSION, STATUS]) host.replies.set(path, (request) => void request.socket.destroy())
  downloader.start()
  await step()
  for (const event of ['Tunnel Down', 'User Disabled', 'User Enabled'] as const) downloader.postStatus(event)
  t.equal(await step(), 6.5)
  t.equal(downloader.status.statusesWaiting, 3)
  publish(host, 'v1')
  host.posted.length = 0
  await step()
  await waitUntil(() => downloader.status.statusesWaiting === 0)
  t.strictSame(posts(host), ['Tunnel Down', 'User Disabled', 'User Enabled'])
})

void t.test('of the statuses of a long absence the newest 16 arrive', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  host.replies.set(STATUS, refusal(503, 'not now'))
  const { downloader } = labOf(t, host, { version: 'v1' })
  downloader.postStatus('Installed')
  for (let i = 0; i < 8; i++) for (const event of ['Tunnel Up', 'Tunnel Down'] as const) downloader.postStatus(event)
  await waitUntil(() => host.posted.length > 0)
  t.equal(downloader.status.statusesWaiting, 16, 'one that waits is no refusal of the tenant')
  publish(host, 'v1')
  host.posted.length = 0
  await downloader.updateNow()
  await waitUntil(() => downloader.status.statusesWaiting === 0)
  t.strictSame(posts(host), Array(8).fill(['Tunnel Up', 'Tunnel Down']).flat())
})

void t.test('a status the tenant says no to does not hold up the others', async (t) => {
  const host = await addonHost(t, tenantReplies('v1'))
  host.replies.set(STATUS, refusal(400, 'no such event'))
  const { downloader, events } = labOf(t, host)
  downloader.postStatus('Tunnel Up')
  downloader.postStatus('Tunnel Down')
  await waitUntil(() => downloader.status.statusesWaiting === 0)
  t.equal(host.posted.length, 2)
  t.strictSame(typesOf(events), ['client-status', 'http-refused', 'client-status', 'http-refused'])
})
