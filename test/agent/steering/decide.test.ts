import t from 'tap'
import { decide } from '../../../agent/steering/decide.js'
import { ORDINARY_SITUATION } from '../../../agent/steering/flow.js'
import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'
import { type FlowWords, flowOf, type PolicyWords, policyOf } from '../../support/policies.js'

const curl = { process: 'curl' }
const inWebMode = { mode: 'web' } as const
const zoom = { names: ['apple.com', 'zoom.us', '*.zoom.us'] }

const offices = { ips: ['8.36.116.0/24', '163.116.128.1-163.116.128.9', '2001:db8::/32'] }

const pinnedBox = { apps: [{ process: 'curl', domains: ['box.com'] }] }
const tunnelBox = { apps: [{ process: 'curl', domains: ['box.com'], mode: 'tunnel' }] } as const
const blocked = { apps: [{ process: 'opera', domains: ['opera.com'], action: 2 }] } as const

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
  ['UDP has nothing to read', '2.2', sni, { transport: 'udp', host: '', port: 3478 }, 'tunnel app-fw $.traffic_mode'],
  ['QUIC is blocked unread', '2.8', sni, udp443, 'block udp udp-443'],
  ['a pinned app waits too: its domains need the name', '2.2', { ...sni, apps: [curl] }, {}, 'need-more'],
  ['checkSNI off never waits', '2.2', { names: ['zoom.us'] }, { host: '' }, 'tunnel nsProxy $.traffic_mode'],
]

testDecisions('what is steered, and where to', STEERING)
testDecisions('non-standard web ports', WEB_PORTS)
testDecisions('QUIC', QUIC)
testDecisions('checkSNI', CHECK_SNI)

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
      'curl belongs to the pinned app App, whose domains cover box.com. Its mode is tunnel.',
    ],
    [{}, { host: '' }, 'nssteering.json', 'No exception covers 74.112.186.144, and port 443 is web traffic.'],
    [{}, { port: 22 }, 'nssteering.json', 'No exception covers box.com, and traffic_mode all takes port 22 too.'],
    [inWebMode, { port: 22 }, 'nssteering.json', 'Port 22 is not web traffic, and traffic_mode is web.'],
    [{}, udp443, 'built-in', 'UDP port 443 is QUIC, which is blocked so that the program falls back to TCP.'],
  ]
  for (const [policy, flow, file, reason] of cases) {
    const verdict = decide(flowOf(flow), policyOf(policy), ORDINARY_SITUATION)
    t.match(verdict, { rule: { file }, reason }, reason)
  }
})
