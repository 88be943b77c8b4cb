import t from 'tap'
import { PROFILES } from '../../../agent/log/profiles.js'
import type { Scenario } from '../../../agent/synth/scenario.js'
import { checkScenario } from '../../../agent/synth/scenario-file.js'
import { SCENARIOS } from '../../../agent/synth/scenarios.js'
import { generatedLog } from '../../support/generated-log.js'

const MINE = {
  name: 'mine',
  describe: 'Our CRM behind a captive portal.',
  extends: 'captive-portal',
  trafficMode: 'web',
  exceptions: ['static.crm.example.com'],
  addresses: ['198.51.100.0/24'],
  pinned: [
    { action: 1, appName: 'CRM', processName: 'crm.exe', app_domains: ['login.crm.example.com'], mode: 'tunnel' },
  ],
  hosts: [{ host: 'CRM.example.com', addresses: ['203.0.113.9', '2001:db8::9'] }],
  programs: [
    {
      name: 'crm',
      process: 'crm.exe',
      sessionsPerHour: 60,
      flows: [2, 9],
      spread: '20s',
      targets: [
        { host: 'crm.example.com', weight: 5 },
        { host: 'static.crm.example.com' },
        { host: 'login.crm.example.com' },
        { host: 'files.crm.example.com', port: 8443, transport: 'tcp', nameless: 0.5 },
      ],
    },
  ],
  users: ['anna@example.com'],
  faults: [{ kind: 'keepalive-loss', at: '10:40', lasts: '5m' }],
  damage: { truncated: 0.01, clockBack: '1h', rotate: '1M' },
}

function scenarioOf(content: unknown): Scenario {
  const checked = checkScenario('mine.json', JSON.stringify(content, null, 2))
  if ('problems' in checked) throw new Error(checked.problems.join('\n'))
  return checked.scenario
}

void t.test('a file goes before the scenario it extends', async (t) => {
  const scenario = scenarioOf(MINE)
  t.match(scenario, {
    name: 'mine',
    trafficMode: 'web',
    exceptions: ['static.crm.example.com'],
    hosts: [{ host: 'crm.example.com', addresses: ['203.0.113.9'], addresses6: ['2001:db8::9'] }],
    faults: [
      { kind: 'keepalive-loss', at: 640, minutes: 5 },
      { kind: 'captive-portal', minutes: 9 },
      { kind: 'captive-portal', minutes: 4 },
    ],
    damage: { truncated: 0.01, interleaved: 0, clockBackMinutes: 60, rotateBytes: 1024 * 1024 },
  })
  const plain = scenarioOf({ name: 'plain' })
  t.strictSame(
    { ...plain, name: 'normal-day' },
    { ...SCENARIOS.get('normal-day'), trafficMode: undefined, damage: undefined },
  )
})

void t.test('what it says is in the log', async (t) => {
  const { truth } = generatedLog(PROFILES['windows-r114'], scenarioOf({ ...MINE, damage: undefined }), {
    amount: { lines: 20_000 },
  })
  const seen = (event: string, host: string) =>
    truth.filter(({ event: told, fields }) => told === event && fields['host'] === host).length
  t.ok(seen('flow-tunneled', 'crm.example.com') > 10, 'the program and its host')
  t.ok(seen('bypass-exception-host', 'static.crm.example.com') > 5, 'the exception')
  t.ok(seen('bypass-pinned-tunnel', 'login.crm.example.com') > 5, 'the pinned app')
  t.equal(seen('flow-tunneled', 'files.crm.example.com'), 0, 'web mode leaves port 8443 alone')
  t.ok(
    truth.some(({ event, time }) => event === 'keep-alive-failed' && time.includes('T10:40:')),
    'the fault, at its time',
  )
})

void t.test('a wrong file says where and what is allowed', async (t) => {
  const cases: [sentence: string, content: unknown, problem: RegExp][] = [
    ['no name', {}, /^mine\.json:1: \$\.name: found nothing, allowed is a name/],
    ['a key nobody knows', { name: 'a', hots: [] }, /\$\.hots: .*one of the keys name, describe/],
    ['another scenario', { name: 'a', extends: 'storm' }, /\$\.extends: found "storm", allowed is "normal-day"/],
    [
      'a fault nobody knows',
      { name: 'a', faults: [{ kind: 'fire', lasts: '5m' }] },
      /faults\[0\]\.kind: .*"edns-timeout"/,
    ],
    ['a time that is none', { name: 'a', faults: [{ kind: 'sleep', at: '25:00', lasts: '5m' }] }, /\.at: .*10:40/],
    ['a duration that is none', { name: 'a', faults: [{ kind: 'sleep', lasts: '5 min' }] }, /\.lasts: .*90s/],
    [
      'an address that is none',
      { name: 'a', hosts: [{ host: 'a.b', addresses: ['1.2.3'] }] },
      /addresses\[0\]: .*IPv4/,
    ],
    ['a host that is none', { name: 'a', hosts: [{ host: 'a b', addresses: ['1.2.3.4'] }] }, /\.host: .*host name/],
    ['no targets', { name: 'a', programs: [{ name: 'p', process: 'p', targets: [] }] }, /targets: .*at least one/],
    [
      'flows the wrong way round',
      { name: 'a', programs: [{ name: 'p', process: 'p', flows: [9, 2], targets: [{ host: 'a.b' }] }] },
      /smaller first/,
    ],
    ['an exception that is none', { name: 'a', exceptions: ['a b'] }, /exceptions\[0\]: .*zoom\.us/],
  ]
  for (const [sentence, content, problem] of cases) {
    const checked = checkScenario('mine.json', JSON.stringify(content, null, 2))
    t.match('problems' in checked ? checked.problems.join('\n') : 'accepted', problem, sentence)
  }
  t.match(checkScenario('mine.json', '{'), { problems: [/^mine\.json:1:2: not JSON/] })
})
