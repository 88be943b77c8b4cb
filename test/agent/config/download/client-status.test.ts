/** The body of a status, and the bounded queue. */

import t from 'tap'
import { type ClientEvent, clientStatus, StatusQueue } from '../../../../agent/config/download/client-status.js'

const HOST_INFO = { os: 'Windows', os_version: '10.0', hostname: 'desk' }
const statusOf = (event: ClientEvent) => clientStatus(event, HOST_INFO, 'managed')

void t.test('a status says what happened, who did it and to which device', async (t) => {
  t.strictSame(statusOf('Tunnel Up'), {
    client_status: {
      event: 'Tunnel Up',
      actor: 'System',
      host_info: HOST_INFO,
      device_classification_status: 'managed',
    },
  })
  const actors: readonly [ClientEvent, string][] = [
    ['User Disabled', 'User'],
    ['User Enabled', 'User'],
    ['Admin Disabled', 'Admin'],
    ['Uninstalled', 'System'],
    ['Fail close', 'System'],
  ]
  for (const [event, actor] of actors) t.equal(statusOf(event).client_status.actor, actor, event)
})

void t.test('the queue keeps the newest 16 in order', async (t) => {
  const queue = new StatusQueue()
  t.equal(queue.oldest, undefined)
  const all = Array.from({ length: 20 }, (_, i) => statusOf(i % 2 === 0 ? 'Tunnel Up' : 'Tunnel Down'))
  for (const status of all) queue.add(status)
  t.equal(queue.size, 16)
  queue.remove(all[0]!)
  t.equal(queue.size, 16, 'what gave way to newer ones is gone already')
  for (const status of all.slice(4)) {
    t.equal(queue.oldest, status)
    queue.remove(status)
  }
  t.equal(queue.size, 0)
})
