/** Opening sessions in the cloud: by address or by name, over the cloud's routes, and elsewhere when EDNS was lied to. */

import t from 'tap'
import type { LogEvent } from '../../../agent/log/event.js'
import { GatewayResolver } from '../../../agent/pop/gateway-resolver.js'
import type { Resolution } from '../../../agent/pop/resolution.js'
import type { GatewayTarget } from '../../../agent/pop/target.js'
import type { Endpoint } from '../../../agent/steering/flow.js'
import { CloudOpener } from '../../../agent/tunnel/cloud-opener.js'
import { QUIET } from '../../support/session-pair.js'
import { gatewayOf, newTenant } from '../../support/tenant-gateway.js'

const [tenant, stranger] = await Promise.all([newTenant(t), newTenant(t, 'other')])
const [ours, theirs] = await Promise.all([gatewayOf(t, tenant), gatewayOf(t, stranger)])
const ROUTES: Readonly<Record<string, Endpoint>> = { '192.0.2.1': ours, '192.0.2.2': theirs }
const NOWHERE = { ip: '127.0.0.1', port: 1 }
const gateway = tenant.gateway.serverName
const BY_NAME: GatewayTarget = { gateway, ip: '', port: 443, pop: '' }
const NOTHING: Resolution = { failure: 'not-resolved', detail: '', curlCode: 0 }
const at = (ip: string): Resolution => ({ addresses: [ip] })

/** An opener whose name services answer this, and what it reported and asked the routes for. */
function openerWith(doh: Resolution = NOTHING, ldns: Resolution = NOTHING, whileAsked = () => {}) {
  const events: LogEvent[] = []
  const routed: string[] = []
  const log = { report: (event: LogEvent) => void events.push(event) }
  const { authority: ca, pfx, passphrase } = tenant.agent
  const asked = async () => {
    whileAsked()
    return doh
  }
  const opener = new CloudOpener({
    resolver: new GatewayResolver({ doh: asked, ldns: async () => ldns, log }),
    route: ({ ip, port }, transport) => {
      routed.push(`${ip}:${port}/${transport}`)
      return ROUTES[ip] ?? NOWHERE
    },
    attempt: () => ({ ca, pfx, passphrase, client: '', device: 'desk', keepAlive: QUIET, withinMs: 5000 }),
    mtu: () => 1476,
    log,
  })
  return { opener, types: () => events.map(({ type }) => type), events, routed }
}

const { signal } = new AbortController()

void t.test('by address: nobody is asked', async (t) => {
  const { opener, events, routed } = openerWith()
  const { outcome, ...found } = await opener.open({ ...BY_NAME, ip: '192.0.2.1' }, 'TLS', signal)
  t.strictSame(found, { ip: '192.0.2.1', method: 'gslb' })
  t.match(outcome, { hello: { pop: 'US-TEST1' } })
  t.strictSame(routed, ['192.0.2.1:443/tcp'])
  t.strictSame(events, [{ type: 'gateway-resolved', transport: 'TLS', gateway, ip: '192.0.2.1', port: 443 }])
  if ('session' in outcome) outcome.session.close('done')
})

void t.test('by name: EDNS, LDNS, or nobody knows it', async (t) => {
  const cases: readonly [doh: Resolution, ldns: Resolution, found: object, last: string][] = [
    [at('192.0.2.1'), NOTHING, { ip: '192.0.2.1', method: 'edns', outcome: { hello: {} } }, 'gateway-resolved'],
    [NOTHING, at('192.0.2.1'), { ip: '192.0.2.1', method: 'ldns', outcome: { hello: {} } }, 'gateway-resolved'],
    [NOTHING, NOTHING, { ip: '', outcome: { failure: 'its name was not found', code: 'ENOTFOUND' } }, 'ldns-failed'],
  ]
  for (const [doh, ldns, found, last] of cases) {
    const { opener, types } = openerWith(doh, ldns)
    const opened = await opener.open(BY_NAME, 'TLS', signal)
    t.match(opened, found)
    t.equal(types().at(-1), last)
    if ('session' in opened.outcome) opened.outcome.session.close('done')
  }
})

void t.test('EDNS leads to another tenant’s gateway: LDNS is asked too', async (t) => {
  const { opener, types } = openerWith(at('192.0.2.2'), at('192.0.2.1'))
  const { outcome, ...found } = await opener.open(BY_NAME, 'TLS', signal)
  t.strictSame(found, { ip: '192.0.2.1', method: 'ldns' })
  t.match(outcome, { hello: { pop: 'US-TEST1' } })
  const way = ['gateway-resolved', 'tunnel-connect-failed', 'edns-failed', 'gateway-found-ldns', 'gateway-resolved']
  t.strictSame(types(), ['edns-downloaded', 'gateway-found-edns', ...way])
  if ('session' in outcome) outcome.session.close('done')

  const same = openerWith(at('192.0.2.2'), at('192.0.2.2'))
  t.match(await same.opener.open(BY_NAME, 'TLS', signal), { method: 'edns', outcome: { failure: /certificate/ } })
  t.strictSame(same.routed, ['192.0.2.2:443/tcp'], 'the same address is not tried twice')
})

void t.test('DTLS goes to the UDP door, and leaves the way on to TLS', async (t) => {
  const { opener, events, routed } = openerWith(at('192.0.2.9'), at('192.0.2.1'))
  const { outcome, method } = await opener.open(BY_NAME, 'DTLS', signal)
  t.match(outcome, { failure: /^DTLS / })
  t.equal(method, 'edns')
  t.strictSame(routed, ['192.0.2.9:443/udp'])
  t.match(events.at(-1), { type: 'gateway-resolved', transport: 'DTLS' })
})

void t.test('given up while its name is looked up, nothing is dialled', async (t) => {
  const wanted = new AbortController()
  const { opener, routed } = openerWith(at('192.0.2.1'), at('192.0.2.1'), () => wanted.abort())
  const { outcome } = await opener.open(BY_NAME, 'TLS', wanted.signal)
  t.match(outcome, { failure: String })
  t.strictSame(routed, [])
})
