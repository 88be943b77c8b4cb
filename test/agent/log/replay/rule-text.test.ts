import t from 'tap'
import { ruleText } from '../../../../agent/log/replay/rule-text.js'
import type { RuleFile } from '../../../../agent/steering/flow.js'
import { configurationWith } from '../../../support/replayed-log.js'

const CONFIGURATION = configurationWith({
  'nsexception.json': {
    names: ['a.example', 'b.example'],
    ips: [{ type: 'ip', value: '192.0.2.0/24' }],
    on_prem: { names: ['c.example'] },
  },
  'nssteering.json': { traffic_mode: 'all', domain_ports: { 'x.example "y"': [8443] } },
})

void t.test('what stands where a rule is', async (t) => {
  const cases: [file: RuleFile, path: string, text: string][] = [
    ['nsexception.json', '$.names[1]', 'b.example'],
    ['nsexception.json', '$.on_prem.names[0]', 'c.example'],
    ['nsexception.json', '$.ips[0]', '{"type":"ip","value":"192.0.2.0/24"}'],
    ['nssteering.json', '$.traffic_mode', 'all'],
    ['nssteering.json', '$.domain_ports["x.example \\"y\\""]', '[8443]'],
    ['nsconfig.json', '$.nsgw.host', 'gateway-lab.goskope.com'],
    ['nsexception.json', '$.names[7]', ''],
    ['nssteering.json', '$.steer_dns', ''],
    ['nsexception.json', '$.names[0].length', ''],
    ['built-in', 'udp-443', ''],
  ]
  for (const [file, path, text] of cases) t.equal(ruleText(CONFIGURATION, { file, path }), text, `${file} ${path}`)
})
