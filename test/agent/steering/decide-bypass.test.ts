import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const LOCAL = ['Local IP address range']
const curl = { process: 'curl' }
const inWebMode = { mode: 'web' } as const
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
  ['loopback', '2.3', { local: LOCAL }, { ip: '127.0.0.1' }, 'bypass not-steered loopback'],
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
  ['mode tunnel is tunnelled, by its rule', '2.5', tunnelBox, {}, 'tunnel nsProxy (pinned) $.certPinnedAppList[0]'],
  [
    'and before exception host',
    '2.6',
    { ...tunnelBox, names: ['box.com'] },
    {},
    'tunnel nsProxy (pinned) $.certPinnedAppList[0]',
  ],
  ['to the firewall on another port', '2.1', tunnelBox, { port: 22 }, 'tunnel app-fw (pinned) $.certPinnedAppList[0]'],
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

testDecisions('exception hosts', EXCEPTION_HOSTS)
testDecisions('exception addresses', EXCEPTION_ADDRESSES)
testDecisions('local addresses', LOCAL_ADDRESSES)
testDecisions('certificate-pinned apps', PINNED)
