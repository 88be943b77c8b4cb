import t from 'tap'
import { ORDINARY_SITUATION, type Situation } from '../../../agent/steering/flow.js'
import { MAX_NEAR_MISSES, nearMisses } from '../../../agent/steering/near-miss.js'
import { type FlowWords, flowOf, type PolicyWords, policyOf } from '../../support/policies.js'

/** The near misses as `nsexception.json $.names[0]: sentence`. */
function said(words: PolicyWords, flow: FlowWords, situation: Partial<Situation> = {}): readonly string[] {
  const misses = nearMisses(flowOf(flow), policyOf(words), { ...ORDINARY_SITUATION, ...situation })
  return misses.map(({ rule, sentence }) => `${rule.file} ${rule.path}: ${sentence}`)
}

const dynamic = {
  steering: { dynamic_steering: 1 },
  exceptions: { off_prem: { names: [] }, on_prem: { names: ['box.com'] } },
}
const cloud = { mode: 'cloud-apps', steering: { domains: ['*.box.com'] } } as const

for (const [sentence, words, flow, expected, situation] of [
  ['nothing is near', {}, {}, []],
  [
    'an exception',
    { names: ['*.box.com'] },
    {},
    ['nsexception.json $.names[0]: `*.box.com` covers what lies below box.com, and not box.com itself'],
  ],
  ['a list that covers the host has no near misses', { names: ['*.box.com', 'box.com'] }, {}, []],
  [
    'nor has a reading in which a wildcard has its root',
    { names: ['*.box.com'], lab: { readings: { exceptions: 'root-too' } } },
    {},
    [],
  ],
  [
    'an application',
    { exceptions: { applications: [{ name: 'Box', domains: ['www.box.com'], action: 'bypass' }] } },
    { host: 'x.www.box.com' },
    ['nsexception.json $.applications[0]: `www.box.com` covers www.box.com itself, and not x.www.box.com below it'],
  ],
  ['a cloud app whose wildcard covers the root as well', cloud, {}, []],
  [
    'a pinned app',
    { apps: [{ process: 'curl', domains: ['a.com'] }] },
    {},
    ['nsbypass.json $.certPinnedAppList[0]: The pinned app App of curl covers a.com, and not box.com'],
  ],
  ['a pinned app that takes the flow has none', { apps: [{ process: 'curl' }, { process: 'curl.exe' }] }, {}, []],
  [
    'another port',
    { mode: 'web', domainPorts: { 'box.com': [8443] } },
    { port: 9443 },
    ['nssteering.json $.domain_ports["box.com"]: `box.com` is web on port 8443, and not on 9443'],
  ],
  ['not the port it is', { mode: 'web', domainPorts: { 'box.com': [8443, 9443] } }, { port: 9443 }, []],
  [
    'another half',
    dynamic,
    {},
    [
      'nsexception.json $.on_prem.names[0]: On-prem this rule holds and says: box.com is an exception (box.com). Here exceptions are left to the cloud',
    ],
  ],
  ['not where it is that half', dynamic, {}, [], { location: 'on-prem' }],
  [
    'an address beside it',
    { ips: ['74.112.186.145'] },
    {},
    ['nsexception.json $.ips[0]: `74.112.186.145` is in the same /24 as 74.112.186.144, and does not cover it'],
  ],
  ['not one far away', { ips: ['74.112.187.145'] }, {}, []],
  ['not beside one that covers it', { ips: ['74.112.186.145', '74.112.0.0/16'] }, {}, []],
  [
    'a private address in mode all',
    {},
    { ip: '10.0.0.1' },
    [
      'nssteering.json $.traffic_mode: 10.0.0.1 is private, which traffic_mode all steers all the same: only an exception of type local takes it out',
    ],
  ],
  ['not in mode web', { mode: 'web' }, { ip: '10.0.0.1' }, []],
  [
    'a list that is not asked',
    { mode: 'web', exceptions: { dns: [{ domain: 'x.com' }] } },
    { port: 53, transport: 'udp', host: '' },
    ['nsexception.json $.dns: `dns` is not asked: DNS exceptions hold in mode all only'],
  ],
  ['not for a flow that it is not about', { mode: 'web', exceptions: { dns: [{ domain: 'x.com' }] } }, {}, []],
  [
    'a DNS exception for other record types, and one whose root is missed',
    {
      steering: { steer_dns: 1 },
      exceptions: { dns: [{ domain: 'x.com', types: ['A', 'AAAA'] }, { domain: '*.x.com' }, { domain: 'far.org' }] },
    },
    { port: 53, transport: 'udp', host: '', ip: '', query: { name: 'x.com', type: 'TXT' } },
    [
      'nsexception.json $.dns[0]: `x.com` is excepted for A, AAAA, and not for TXT',
      'nsexception.json $.dns[1]: `*.x.com` covers what lies below x.com, and not x.com itself',
    ],
  ],
  ['steering none asks nothing', { names: ['*.box.com'], steering: { steering_method_none: 1 } }, {}, []],
] as ReadonlyArray<readonly [string, PolicyWords, FlowWords, readonly string[], Partial<Situation>?]>) {
  void t.test(sentence, async (t) => t.strictSame(said(words, flow, situation), expected))
}

void t.test('the likeliest come first, and not too many', async (t) => {
  const below = Array.from({ length: 50 }, (_, index) => `x${index}.box.com`)
  const misses = said({ names: [...below, '*.box.com'] }, {})
  t.equal(misses.length, MAX_NEAR_MISSES)
  t.match(misses[0], /^nsexception\.json \$\.names\[50\]/)
})
