/** Clients that do not get as far as a request: which of them have refused the gateway's certificate. */

import t from 'tap'
import { nodeHello } from '../../support/client-hellos.js'
import { inspectedLab } from '../../support/inspected.js'

const gateway = await inspectedLab(t)

void t.test('who left before the gateway had shown a certificate has refused none', async (t) => {
  const host = 'github.com'
  const client = await gateway.open(host)
  client.on('error', () => {})
  const over = new Promise((resolve) => client.once('close', resolve))
  client.end(await nodeHello(host, ['http/1.1']))
  client.resume()
  await over
  t.match(await gateway.get('dropbox.com', '/whoami'), /^HTTP\/1\.1 200 /)
  await gateway.recorded({ url: 'https://dropbox.com/whoami' })
  t.notOk(gateway.transactions().find((found) => found.host === host))
})

void t.test('who has seen it and left has refused it', async (t) => {
  for (const [host, rule] of [
    ['box.com', 'an origin behind it'],
    ['notskope.com', 'the gateway itself'],
  ] as const) {
    await t.rejects(gateway.tls(host, { ca: gateway.labRoot }), rule)
    t.match(await gateway.recorded({ host, notDecrypted: 'client-refused' }), { action: 'refused', clientAlert: /./ })
  }
})
