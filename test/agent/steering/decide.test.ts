import t from 'tap'
import { decide } from '../../../agent/steering/decide.js'
import type { Verdict } from '../../../agent/steering/flow.js'
import { type FlowWords, flowOf, type PolicyWords, policyOf } from '../../support/policies.js'

/** `tunnel nsProxy`, `bypass pinned $.certPinnedAppList[0]`, ...: action, what kind, and the rule's path where it is listed. */
function said(verdict: Verdict | 'need-more'): string {
  if (verdict === 'need-more') return verdict
  const kind = verdict.action === 'tunnel' ? verdict.via : verdict.kind
  return `${verdict.action} ${kind} ${verdict.rule.path}`
}

type Case = readonly [sentence: string, source: string, policy: PolicyWords, flow: FlowWords, verdict: string]

const LOCAL = ['Local IP address range']
const curl = { process: 'curl' }
const inWebMode = { mode: 'web' } as const

const STEERING: readonly Case[] = [
  ['HTTPS goes to the proxy', '2.1', {}, {}, 'tunnel nsProxy $.traffic_mode'],
  ['HTTP goes to the proxy', '2.1', {}, { port: 80 }, 'tunnel nsProxy $.traffic_mode'],
  ['another port goes to the firewall', '2.1, TAB 5228', {}, { port: 5228 }, 'tunnel app-fw $.traffic_mode'],
  ['SSH goes to the firewall', '2.1', {}, { port: 22, host: '' }, 'tunnel app-fw $.traffic_mode'],
  ['UDP but 443 goes to the firewall', '2.1', {}, { transport: 'udp', port: 3478 }, 'tunnel app-fw $.traffic_mode'],
  ['UDP 80 is not HTTP', '2.1', {}, { transport: 'udp', port: 80 }, 'tunnel app-fw $.traffic_mode'],
  ['an unknown host is steered all the same', '2.2', {}, { host: '' }, 'tunnel nsProxy $.traffic_mode'],
  ['an unknown process too', '2.5', {}, { process: 'unknown' }, 'tunnel nsProxy $.traffic_mode'],
  ['a name without an address yet too', '2.8 explicit proxy', {}, { ip: '' }, 'tunnel nsProxy $.traffic_mode'],
  ['IPv6 HTTPS too', '2.8 IPv6', {}, { ip: '2606:4700::1' }, 'tunnel nsProxy $.traffic_mode'],
  ['the client itself is not exempt', '2.6 LCL', {}, { process: 'stagentsvc' }, 'tunnel nsProxy $.traffic_mode'],
  ['web mode steers 443', '2.1', inWebMode, {}, 'tunnel nsProxy $.traffic_mode'],
  ['web mode steers 80', '2.1', inWebMode, { port: 80 }, 'tunnel nsProxy $.traffic_mode'],
  ['web mode leaves SSH alone', '2.1', inWebMode, { port: 22 }, 'bypass not-steered $.traffic_mode'],
  ['web mode leaves 8443 alone', '2.1', inWebMode, { port: 8443 }, 'bypass not-steered $.traffic_mode'],
  ['web mode leaves UDP alone', '2.1', inWebMode, { transport: 'udp', port: 80 }, 'bypass not-steered $.traffic_mode'],
]

const portsOfBox = { mode: 'web', domainPorts: { 'box.com': [8443], '*': [8080] } } as const
const nestedPorts = { mode: 'web', domainPorts: { 'box.com': [8443], 'www.box.com': [9443] } } as const

const WEB_PORTS: readonly Case[] = [
  ['a port of domain_ports is web', '2.1', portsOfBox, { port: 8443 }, 'tunnel nsProxy $.domain_ports["box.com"]'],
  [
    'below the domain too',
    'ours',
    portsOfBox,
    { port: 8443, host: 'a.box.com' },
    'tunnel nsProxy $.domain_ports["box.com"]',
  ],
  ['not for other domains', '2.1', portsOfBox, { port: 8443, host: 'x.com' }, 'bypass not-steered $.traffic_mode'],
  ['not for the empty host', 'ours', portsOfBox, { port: 8443, host: '' }, 'bypass not-steered $.traffic_mode'],
  ['* is any host', 'ours', portsOfBox, { port: 8080, host: 'x.com' }, 'tunnel nsProxy $.domain_ports["*"]'],
  ['* is the empty host', 'ours', portsOfBox, { port: 8080, host: '' }, 'tunnel nsProxy $.domain_ports["*"]'],
  ['other ports are not web', '2.1', portsOfBox, { port: 8444 }, 'bypass not-steered $.traffic_mode'],
  [
    'a domain does not hide the ports of one above it',
    'ours',
    nestedPorts,
    { port: 8443, host: 'www.box.com' },
    'tunnel nsProxy $.domain_ports["box.com"]',
  ],
  [
    'in all mode they turn the firewall into the proxy',
    '2.1',
    { ...portsOfBox, mode: 'all' },
    { port: 8443 },
    'tunnel nsProxy $.domain_ports["box.com"]',
  ],
  [
    'UDP on such a port is not web',
    '2.1',
    { ...portsOfBox, mode: 'all' },
    { port: 8443, transport: 'udp' },
    'tunnel app-fw $.traffic_mode',
  ],
]

const zoom = { names: ['apple.com', 'zoom.us', '*.zoom.us'] }

const EXCEPTION_HOSTS: readonly Case[] = [
  ['an exception host is bypassed', '2.3, TAB', zoom, { host: 'zoom.us' }, 'bypass exception-host $.names[1]'],
  ['below a wildcard', '2.4', zoom, { host: 'st3.zoom.us' }, 'bypass exception-host $.names[2]'],
  [
    'a plain name does not cover what is below it',
    '2.4',
    zoom,
    { host: 'www.apple.com' },
    'tunnel nsProxy $.traffic_mode',
  ],
  [
    'a wildcard does not cover its root',
    '2.4',
    { names: ['*.zoom.us'] },
    { host: 'zoom.us' },
    'tunnel nsProxy $.traffic_mode',
  ],
  ['a wildcard ends at a label', '2.4', zoom, { host: 'notzoom.us' }, 'tunnel nsProxy $.traffic_mode'],
  ['whatever the case and trailing dot', '2.4', zoom, { host: 'Zoom.US.' }, 'bypass exception-host $.names[1]'],
  ['on any port', '2.3', zoom, { host: 'zoom.us', port: 8801 }, 'bypass exception-host $.names[1]'],
  [
    'on a port web mode would leave alone it is still named',
    '2.3',
    { ...zoom, ...inWebMode },
    { host: 'zoom.us', port: 22 },
    'bypass exception-host $.names[1]',
  ],
  ['over UDP', '2.3', zoom, { host: 'zoom.us', transport: 'udp', port: 8801 }, 'bypass exception-host $.names[1]'],
  ['without an address', '2.8 explicit proxy', zoom, { host: 'zoom.us', ip: '' }, 'bypass exception-host $.names[1]'],
  ['the empty host is no exception', '2.2', zoom, { host: '' }, 'tunnel nsProxy $.traffic_mode'],
  [
    'an IDN exception',
    '2.4',
    { names: ['bücher.example'] },
    { host: 'xn--bcher-kva.example' },
    'bypass exception-host $.names[0]',
  ],
]

const offices = { ips: ['8.36.116.0/24', '163.116.128.1-163.116.128.9', '2001:db8::/32'] }

const EXCEPTION_ADDRESSES: readonly Case[] = [
  ['an exception CIDR is bypassed', '2.3', offices, { ip: '8.36.116.35' }, 'bypass exception-ip $.ips[0]'],
  ['outside it is not', '2.3', offices, { ip: '8.36.117.35' }, 'tunnel nsProxy $.traffic_mode'],
  ['a range', '2.3', offices, { ip: '163.116.128.9' }, 'bypass exception-ip $.ips[1]'],
  ['after its end', '2.3', offices, { ip: '163.116.128.10' }, 'tunnel nsProxy $.traffic_mode'],
  ['IPv6', '2.3', offices, { ip: '2001:db8::7' }, 'bypass exception-ip $.ips[2]'],
  ['an IPv4-mapped destination', 'RFC 4291', offices, { ip: '::ffff:8.36.116.35' }, 'bypass exception-ip $.ips[0]'],
  [
    'the host exception is named before the address',
    'ours',
    { ...offices, ...zoom },
    { host: 'zoom.us', ip: '8.36.116.35' },
    'bypass exception-host $.names[1]',
  ],
  [
    'an unknown address matches none',
    '2.8',
    { ips: ['0.0.0.0/0', '::/0'] },
    { ip: '' },
    'tunnel nsProxy $.traffic_mode',
  ],
]

const LOCAL_ADDRESSES: readonly Case[] = [
  ['all mode tunnels RFC 1918', '2.8, R94', {}, { ip: '192.168.1.123' }, 'tunnel nsProxy $.traffic_mode'],
  [
    'unless Local IP address range is an exception',
    '2.8, R94',
    { local: LOCAL },
    { ip: '192.168.1.123' },
    'bypass private-ip $.ips[0]',
  ],
  ['with its place in the list', '2.3', { ...offices, local: LOCAL }, { ip: '10.1.2.3' }, 'bypass private-ip $.ips[3]'],
  [
    'any port (Spotify, 1400)',
    '2.6, TAB',
    { local: LOCAL },
    { ip: '192.168.1.123', port: 1400 },
    'bypass private-ip $.ips[0]',
  ],
  ['loopback', '2.3', { local: LOCAL }, { ip: '127.0.0.1' }, 'bypass private-ip $.ips[0]'],
  ['IPv6 link-local and unique local', '2.3', { local: LOCAL }, { ip: 'fd00::1' }, 'bypass private-ip $.ips[0]'],
  ['a public address is not local', '2.3', { local: LOCAL }, {}, 'tunnel nsProxy $.traffic_mode'],
  [
    'shared address space is not local',
    '2.8 LCL',
    { local: LOCAL },
    { ip: '100.64.0.1' },
    'tunnel nsProxy $.traffic_mode',
  ],
  [
    'a public range treated like local',
    '2.3',
    { local: ['8.36.116.0/24'] },
    { ip: '8.36.116.35' },
    'bypass private-ip $.ips[0]',
  ],
  [
    'web mode bypasses RFC 1918 by itself',
    '2.8, KB',
    inWebMode,
    { ip: '10.0.0.1' },
    'bypass private-ip private-ranges',
  ],
  [
    'and names the exception where there is one',
    '2.8',
    { ...inWebMode, local: LOCAL },
    { ip: '10.0.0.1' },
    'bypass private-ip $.ips[0]',
  ],
  [
    'an exception CIDR inside is named as such',
    '2.3',
    { ips: ['10.2.0.0/16'], local: LOCAL },
    { ip: '10.2.100.207' },
    'bypass exception-ip $.ips[0]',
  ],
  [
    'a private address before the steered scope',
    '2.8',
    inWebMode,
    { ip: '10.0.0.1', port: 22 },
    'bypass private-ip private-ranges',
  ],
]

const pinnedBox = { apps: [{ process: 'curl', domains: ['box.com'] }] }
const tunnelBox = { apps: [{ process: 'curl', domains: ['box.com'], mode: 'tunnel' }] } as const
const blocked = { apps: [{ process: 'opera', domains: ['opera.com'], action: 2 }] } as const

const PINNED: readonly Case[] = [
  ['a pinned app to its domain is bypassed', '2.5', pinnedBox, {}, 'bypass pinned $.certPinnedAppList[0]'],
  ['below its domain too', '2.5', pinnedBox, { host: 'www.box.com' }, 'bypass pinned $.certPinnedAppList[0]'],
  ['the same process to other hosts is steered', '2.5', pinnedBox, { host: 'x.com' }, 'tunnel nsProxy $.traffic_mode'],
  ['another process to the domain is steered', '2.5', pinnedBox, { process: 'wget' }, 'tunnel nsProxy $.traffic_mode'],
  ['the process name in other letters', '2.5', pinnedBox, { process: 'CURL' }, 'bypass pinned $.certPinnedAppList[0]'],
  ['the empty host is outside app_domains', '2.5', pinnedBox, { host: '' }, 'tunnel nsProxy $.traffic_mode'],
  ['but inside *', '2.5', { apps: [curl] }, { host: '' }, 'bypass pinned $.certPinnedAppList[0]'],
  [
    'pinned before exception host',
    '2.6, TAB',
    { ...pinnedBox, names: ['box.com'] },
    {},
    'bypass pinned $.certPinnedAppList[0]',
  ],
  [
    'exception host for other processes',
    '2.6, TAB',
    { ...pinnedBox, names: ['box.com'] },
    { process: 'wget' },
    'bypass exception-host $.names[0]',
  ],
  [
    'pinned before a private address',
    '2.6',
    { apps: [curl], local: LOCAL },
    { ip: '10.0.0.1' },
    'bypass pinned $.certPinnedAppList[0]',
  ],
  [
    'the entry is named by its place',
    '1.2',
    { apps: [{ process: 'x' }, ...pinnedBox.apps] },
    {},
    'bypass pinned $.certPinnedAppList[1]',
  ],
  ['a pattern', '2.5', { apps: [{ process: '^c.rl$', regex: true }] }, {}, 'bypass pinned $.certPinnedAppList[0]'],
  [
    'isRegex "false" is a name',
    '1.2',
    { apps: [{ process: '^c.rl$', regex: false }] },
    {},
    'tunnel nsProxy $.traffic_mode',
  ],
  [
    '*.x in app_domains never matches',
    '2.4',
    { apps: [{ process: 'curl', domains: ['*.box.com'] }] },
    { host: 'www.box.com' },
    'tunnel nsProxy $.traffic_mode',
  ],
  ['mode tunnel is tunnelled, by its rule', '2.5', tunnelBox, {}, 'tunnel nsProxy $.certPinnedAppList[0]'],
  [
    'and before exception host',
    '2.6',
    { ...tunnelBox, names: ['box.com'] },
    {},
    'tunnel nsProxy $.certPinnedAppList[0]',
  ],
  ['to the firewall on another port', '2.1', tunnelBox, { port: 22 }, 'tunnel app-fw $.certPinnedAppList[0]'],
  [
    'but web mode steers no other port',
    '2.1',
    { ...tunnelBox, ...inWebMode },
    { port: 22 },
    'bypass not-steered $.traffic_mode',
  ],
  [
    'a blocked app is dropped',
    '2.5',
    blocked,
    { process: 'opera', host: 'www.opera.com' },
    'block pinned $.certPinnedAppList[0]',
  ],
  ['block ignores app_domains', '2.5, TAB', blocked, { process: 'opera' }, 'block pinned $.certPinnedAppList[0]'],
  [
    'block before an exception host',
    '2.6',
    { ...blocked, names: ['box.com'] },
    { process: 'opera' },
    'block pinned $.certPinnedAppList[0]',
  ],
  ['block takes nobody else', '2.5', blocked, { process: 'curl', host: 'opera.com' }, 'tunnel nsProxy $.traffic_mode'],
  [
    'the mode of a blocked app is ignored',
    '2.5',
    { apps: [{ process: 'opera', action: 2, mode: 'tunnel' }] },
    { process: 'opera' },
    'block pinned $.certPinnedAppList[0]',
  ],
]

const udp443 = { transport: 'udp' } as const

const QUIC: readonly Case[] = [
  ['UDP 443 is blocked', '2.8, C928', {}, udp443, 'block udp udp-443'],
  ['in web mode too', '2.8', inWebMode, udp443, 'block udp udp-443'],
  ['to an exception host too', '1.2 supportUDPExceptions', zoom, { ...udp443, host: 'zoom.us' }, 'block udp udp-443'],
  ['from a pinned app too', '1.2', pinnedBox, udp443, 'block udp udp-443'],
  ['TCP 443 is not', '2.8', {}, {}, 'tunnel nsProxy $.traffic_mode'],
  ['UDP 8443 is not', '2.8', {}, { ...udp443, port: 8443 }, 'tunnel app-fw $.traffic_mode'],
]

const sni = { checkSni: true, names: ['zoom.us'] }

const CHECK_SNI: readonly Case[] = [
  ['checkSNI waits for the name on 443', '2.2', sni, {}, 'need-more'],
  ['even when the map knows an exception host', '2.2', sni, { host: 'zoom.us' }, 'need-more'],
  ['and for an unknown host on another port', '2.2', sni, { host: '', port: 8080 }, 'need-more'],
  [
    'but not for a known host on another port',
    '2.2',
    sni,
    { host: 'zoom.us', port: 80 },
    'bypass exception-host $.names[0]',
  ],
  ['once read, the name decides', '2.2', sni, { host: 'zoom.us', sniffed: 'tls' }, 'bypass exception-host $.names[0]'],
  [
    'once read as opaque, what is known decides',
    '2.2',
    sni,
    { host: '', sniffed: 'opaque' },
    'tunnel nsProxy $.traffic_mode',
  ],
  ['HTTP is read too', '2.2', sni, { host: 'zoom.us', sniffed: 'http' }, 'bypass exception-host $.names[0]'],
  ['UDP has nothing to read', '2.2', sni, { transport: 'udp', host: '', port: 53 }, 'tunnel app-fw $.traffic_mode'],
  ['QUIC is blocked unread', '2.8', sni, udp443, 'block udp udp-443'],
  ['a pinned app waits too: its domains need the name', '2.2', { ...sni, apps: [curl] }, {}, 'need-more'],
  ['checkSNI off never waits', '2.2', { names: ['zoom.us'] }, { host: '' }, 'tunnel nsProxy $.traffic_mode'],
]

const TABLES = { STEERING, WEB_PORTS, EXCEPTION_HOSTS, EXCEPTION_ADDRESSES, LOCAL_ADDRESSES, PINNED, QUIC, CHECK_SNI }

for (const [title, cases] of Object.entries(TABLES)) {
  void t.test(title, async (t) => {
    for (const [sentence, source, policy, flow, verdict] of cases) {
      t.equal(said(decide(flowOf(flow), policyOf(policy))), verdict, `${sentence} (${source})`)
    }
  })
}

void t.test('every verdict says why in a sentence, and names the file of its rule', async (t) => {
  const cases: [policy: PolicyWords, flow: FlowWords, file: string, reason: string][] = [
    [zoom, { host: 'st3.zoom.us' }, 'nsexception.json', 'st3.zoom.us is an exception (*.zoom.us).'],
    [offices, { ip: '8.36.116.35' }, 'nsexception.json', '8.36.116.35 is an exception (8.36.116.0/24).'],
    [inWebMode, { ip: '10.0.0.1' }, 'built-in', '10.0.0.1 is a local address (10.0.0.0/8).'],
    [pinnedBox, {}, 'nsbypass.json', 'curl belongs to the pinned app App, whose domains cover box.com.'],
    [blocked, { process: 'opera' }, 'nsbypass.json', 'opera belongs to the pinned app App, which is blocked.'],
    [
      tunnelBox,
      {},
      'nsbypass.json',
      'curl belongs to the pinned app App, which is bypassed by tunnelling, and port 443 is web traffic.',
    ],
    [{}, { host: '' }, 'nssteering.json', 'No exception covers 74.112.186.144, and port 443 is web traffic.'],
    [{}, { port: 22 }, 'nssteering.json', 'No exception covers box.com, and traffic_mode all takes port 22 too.'],
    [inWebMode, { port: 22 }, 'nssteering.json', 'Port 22 is not web traffic, and traffic_mode is web.'],
    [{}, udp443, 'built-in', 'UDP port 443 is QUIC, which is blocked so that the program falls back to TCP.'],
  ]
  for (const [policy, flow, file, reason] of cases) {
    const verdict = decide(flowOf(flow), policyOf(policy))
    t.match(verdict, { rule: { file }, reason }, reason)
  }
})
