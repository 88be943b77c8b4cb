/** The way through an agent: its DNS server answers, its SOCKS5 door connects to the address so found. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { DOOR_LIMITS } from '../../../agent/capture/loopback-door.js'
import { SocksDoor } from '../../../agent/capture/socks-door.js'
import { authority } from '../../../agent/steering/address.js'
import { wayThrough } from '../../../scripts/diag/agent-way.js'
import { timeRequest } from '../../../scripts/diag/time-request.js'
import { startTestUpstream } from '../../support/dns-upstream.js'
import { answerFromZone } from '../../support/dns-zone.js'
import { askedOwners, flowDialer } from '../../support/flow-dialer.js'
import { CA, httpsHost } from '../../support/https-host.js'

void t.test('a request goes by the doors of the agent, and trusts its authorities', async (t) => {
  const host = await httpsHost(t, 'a.example')
  host.replies.set('/', 'hello')
  const dns = await startTestUpstream(answerFromZone)
  const { flows, handle } = flowDialer(() => host.port)
  const door = new SocksDoor({ handle, owners: askedOwners(), limits: DOOR_LIMITS })
  await door.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => door.close())
  t.teardown(() => dns.close())
  const root = join(t.testdir(), 'root.pem')
  writeFileSync(root, CA)
  const proxy = { http: '', pac: '', dns: authority(dns.endpoint), socks: `socks5://${authority(door.address())}` }

  const way = wayThrough({ proxy, lab: null }, root)
  const [ip] = await way.resolve('www.box.test')
  t.equal(ip, '74.112.186.144', 'as the zone has it')
  t.strictSame(await way.resolve('nosuch.invalid'), [])
  const timing = await timeRequest('https://a.example/', { ...way, resolve: () => way.resolve('www.box.test') })
  t.ok(timing.appConnect > 0)
  t.match(flows.at(-1), { door: 'socks5', host: '', destination: { ip: '74.112.186.144', port: 443 } }, 'by address')
})
