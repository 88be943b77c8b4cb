import t from 'tap'
import { configurationOf } from '../../../agent/config/configuration.js'
import { defaultFiles } from '../../../agent/config/default-files.js'
import { describeConfiguration } from '../../../scripts/config/describe.js'
import { describedText } from '../../../scripts/config/describe-text.js'

const DEFAULTS = defaultFiles({ tenant: 'lab', user: 'user@lab.example', org: 'Lab' })
const APP = { action: 1, appName: 'A', app_domains: ['a.example'], mode: 'direct', processName: 'a' }

const DYNAMIC = configurationOf({
  ...DEFAULTS,
  'nssteering.json': {
    traffic_mode: 'web',
    dynamic_steering: 1,
    on_prem: { traffic_mode: 'cloud-apps', domains: ['box.com'], domain_ports: { '*': [9443, 8443] } },
    offprem_steering_method_none: 1,
    steering_config_name: 'ours',
  },
  'nsexception.json': {
    names: ['a.example'],
    ips: [
      { type: 'local', value: 'Local IP address range' },
      { type: 'ip', value: '1.1.1.1' },
    ],
    on_prem: { names: [], dns: [{ domain: 'a' }] },
  },
  'nsbypass.json': {
    certPinnedAppList: [
      APP,
      { ...APP, processName: '^b', isRegex: 'true' },
      { ...APP, action: 2, os: ['macos'], app_domains: ['*'] },
      { ...APP, action: 3, mode: 'tunnel' },
    ],
  },
  'nsoverlap.json': { overlappingDomainList: { 1: ['a', 'b'] } },
  'steerlab.json': { endpoint: { location: 'on-prem' } },
})

void t.test('a new home: one half, its lists, apps by their processes', async (t) => {
  const shown = describeConfiguration(configurationOf(DEFAULTS))
  t.match(shown, { user: 'user@lab.example', gateway: 'gateway-lab.goskope.com', overlaps: 0, lab: {} })
  t.equal(shown.halves.length, 1)
  t.match(shown.halves[0], {
    location: 'anywhere',
    mode: 'all',
    bypassAt: 'client',
    exceptions: { domains: 11, local: 1 },
  })
  const dropbox = shown.halves[0]?.pinned.find(({ app }) => app === 'Dropbox')
  t.match(dropbox, { processes: ['Dropbox.exe', 'Dropbox'], action: 'bypass', mode: 'direct' })
})

void t.test('dynamic steering: what holds in each half, and what does not', async (t) => {
  const [onPrem, offPrem] = describeConfiguration(DYNAMIC).halves
  t.match(onPrem, {
    location: 'on-prem',
    mode: 'cloud-apps',
    steeredDomains: 1,
    webPorts: [8443, 9443],
    bypassAt: 'cloud',
    exceptions: { domains: 0, addresses: 1, local: 1, dns: 0 },
    idle: [{ list: 'nsexception.json $.on_prem.dns', why: /DNS exceptions/ }],
  })
  t.match(offPrem, { location: 'off-prem', mode: 'none', exceptions: { domains: 1 }, idle: [] })
  t.strictSame(
    onPrem?.pinned.map(({ processes, action, os }) => [...processes, action, os]),
    [
      ['a', '/^b/', 'bypass', undefined],
      ['a', 'block', ['macos']],
      ['a', 'bypass if managed, else block', undefined],
    ],
  )
})

void t.test('in words', async (t) => {
  const text = describedText('/files', describeConfiguration(DYNAMIC))
  for (const line of [
    /^Files +\/files$/m,
    /^Configuration +ours$/m,
    /^On premises\n {2}Mode +cloud-apps: only the domains listed are steered\n {2}Steered +1 domain\n {2}Web ports +80, 443, 8443, 9443$/m,
    /^ {2}Exceptions +addresses 1, local 1$/m,
    /^ {2}Not asked +nsexception\.json \$\.on_prem\.dns: DNS exceptions/m,
    /^ {4}A: a, \/\^b\/: bypass, direct: a\.example$/m,
    /^ {4}A \(macos\): a: block: any host$/m,
    /^ {4}A: a: bypass if managed, else block, tunnel: a\.example$/m,
    /^Off premises\n {2}Mode +none: nothing is steered$/m,
    /^Switched on +enhancedCertPinnedApplist, logLevel = info$/m,
    /^Switched off +checkSNI, /m,
    /^Overlaps +1 group of hosts that share addresses$/m,
    /^Lab +\{"endpoint":\{"location":"on-prem"\}\}$/m,
  ])
    t.match(text, line)
  t.notMatch(
    describedText('/files', describeConfiguration(configurationOf(DEFAULTS))),
    /Overlaps|Lab +\{|Not asked|Steered/,
  )
})
