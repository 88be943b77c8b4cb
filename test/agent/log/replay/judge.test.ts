import t from 'tap'
import type { FilledFlow } from '../../../../agent/log/replay/fill-in.js'
import { FlowJudge } from '../../../../agent/log/replay/judge.js'
import { configurationWith } from '../../../support/replayed-log.js'

const FLOW: FilledFlow = {
  process: 'curl',
  host: 'box.com',
  destination: { ip: '192.0.2.1', port: 443 },
  transport: 'tcp',
}

void t.test('the outcome, with the rule in words and the reason', async (t) => {
  const judge = new FlowJudge(configurationWith())
  t.strictSame(judge.judge({ ...FLOW, host: 'a.zoom.us' }, '', {}), {
    outcome: { action: 'bypass', kind: 'exception-host' },
    rule: { file: 'nsexception.json', path: '$.names[1]', text: '*.zoom.us' },
    reason: 'a.zoom.us is an exception (*.zoom.us).',
  })
  t.match(judge.judge(FLOW, '', {}), {
    outcome: { action: 'tunnel', via: 'nsProxy' },
    rule: { path: '$.traffic_mode', text: 'all' },
  })
})

void t.test('a flow never waits for a name: its line has the one it got', async (t) => {
  const files = { 'nsconfig.json': { ...configurationWith().client, checkSNI: 'true' } }
  const judge = new FlowJudge(configurationWith(files))
  for (const host of ['box.com', ''])
    t.match(judge.judge({ ...FLOW, host }, '', {}).outcome, { action: 'tunnel' }, host)
})

void t.test('what is known of the endpoint comes before what the configuration says of it', async (t) => {
  const app = { action: 3, appName: 'App', app_domains: ['*'], mode: 'direct', processName: 'curl' }
  const files = { 'nsbypass.json': { certPinnedAppList: [app] } }
  const unsaid = new FlowJudge(configurationWith(files))
  const managed = new FlowJudge(configurationWith({ ...files, 'steerlab.json': { endpoint: { managed: true } } }))
  t.equal(unsaid.judge(FLOW, '', {}).outcome.action, 'block', 'nobody says')
  t.equal(unsaid.judge(FLOW, '', { device: 'managed' }).outcome.action, 'bypass', 'the log does')
  t.equal(managed.judge(FLOW, '', {}).outcome.action, 'bypass', 'the configuration does')
  t.equal(managed.judge(FLOW, '', { device: 'unmanaged' }).outcome.action, 'block', 'both do')
  const steering = { traffic_mode: 'all', dynamic_steering: 1, on_prem: { traffic_mode: 'web' } }
  const dynamic = new FlowJudge(configurationWith({ 'nssteering.json': steering }))
  const ssh = { ...FLOW, destination: { ip: '192.0.2.1', port: 22 } }
  t.equal(dynamic.judge(ssh, '', {}).outcome.action, 'tunnel')
  t.equal(dynamic.judge(ssh, '', { location: 'on-prem' }).outcome.action, 'bypass')
})

void t.test('the endpoint address matters where a source is excepted', async (t) => {
  const plain = new FlowJudge(configurationWith())
  const exceptions = { names: [], ips: [], source_locations: ['10.0.0.0/8'] }
  const files = { 'nsexception.json': exceptions, 'nssteering.json': { traffic_mode: 'web' } }
  const asking = new FlowJudge(configurationWith(files))
  t.strictSame([plain.asksSource, asking.asksSource], [false, true])
  t.equal(asking.judge(FLOW, '10.1.2.3', {}).outcome.action, 'bypass')
  t.equal(asking.judge(FLOW, '192.0.2.9', {}).outcome.action, 'tunnel')
  t.equal(asking.judge(FLOW, '', {}).outcome.action, 'tunnel', 'an unknown one is not excepted')
})
