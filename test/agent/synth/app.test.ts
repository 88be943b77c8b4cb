import t from 'tap'
import { tcp, tenantHost, udp } from '../../../agent/synth/app.js'

void t.test('a target is a host or a category', async (t) => {
  t.strictSame(
    tcp('github.com', 4, 22, 0.5),
    { host: 'github.com', port: 22, transport: 'tcp', weight: 4, nameless: 0.5 },
    'what has a dot is a host',
  )
  t.strictSame(
    udp('ads', 3),
    { category: 'ads', port: 443, transport: 'udp', weight: 3, nameless: 0.01 },
    'what has none is a category; 443 and a known name are the rule',
  )
})

void t.test("the tenant's hosts", async (t) => {
  t.equal(tenantHost('addon-{tenant}.goskope.com', 'lab'), 'addon-lab.goskope.com')
  t.equal(tenantHost('events.goskope.com', 'lab'), 'events.goskope.com', 'others stay')
})
