/** What is steered at all: modes, ports, and what never reaches the lists. */

import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const MODE = '$.traffic_mode'

const web = { mode: 'web' } as const

const cloudApps = { mode: 'cloud-apps', steering: { domains: ['box.com', 'slack.com'] } } as const

const tunnelled = `tunnel nsProxy ${MODE}`

const left = `bypass not-steered ${MODE}`

const MODES: readonly Case[] = [
  ['web mode steers 443', '2.1', web, {}, tunnelled],
  ['and 80', '2.1', web, { port: 80 }, tunnelled],
  ['and nothing else', '2.1', web, { port: 8443 }, left],
  ['not even SSH', '2.1', web, { port: 22 }, left],
  ['web mode leaves UDP alone', '2.1', web, { transport: 'udp', port: 80 }, left],
  ['all mode steers every port', '2.1', {}, { port: 22 }, `tunnel app-fw ${MODE}`],
  ['all mode steers UDP', '2.1', {}, { transport: 'udp', port: 3478 }, `tunnel app-fw ${MODE}`],
  ['in all mode web goes to the proxy', '2.1, TAB', {}, {}, tunnelled],
  [
    'a listed domain may have a wildcard',
    'ours',
    { mode: 'cloud-apps', steering: { domains: ['*.box.com'] } },
    { host: 'app.box.com' },
    'tunnel nsProxy $.domains[0]',
  ],
  ['cloud-apps steers a listed domain', '2.1', cloudApps, {}, 'tunnel nsProxy $.domains[0]'],
  ['and what is below it', '2.1', cloudApps, { host: 'app.slack.com' }, 'tunnel nsProxy $.domains[1]'],
  ['and no other', '2.1', cloudApps, { host: 'zoom.us' }, left],
  ['nor one that merely ends so', '2.1', cloudApps, { host: 'dropbox.com' }, left],
  ['nor an unknown host', '2.2', cloudApps, { host: '' }, left],
  ['nor another port of a listed domain', '2.1', cloudApps, { port: 22 }, left],
  [
    'a port of domain_ports is web for its domain',
    '2.1',
    { ...web, domainPorts: { 'box.com': [8443] } },
    { port: 8443 },
    'tunnel nsProxy $.domain_ports["box.com"]',
  ],
  ['for its domain only', '2.1', { ...web, domainPorts: { 'box.com': [8443] } }, { port: 8443, host: 'zoom.us' }, left],
  [
    '* is every domain, and the unknown one',
    '2.1',
    { ...web, domainPorts: { '*': [8080] } },
    { port: 8080, host: '' },
    'tunnel nsProxy $.domain_ports["*"]',
  ],
  [
    'a cloud app on a port of domain_ports',
    '2.1',
    { ...cloudApps, domainPorts: { 'box.com': [8443] } },
    { port: 8443 },
    'tunnel nsProxy $.domains[0]',
  ],
  [
    'steering none leaves everything alone',
    '1.2',
    { steering: { steering_method_none: 1 }, apps: [{ process: 'curl', action: 2 }] },
    {},
    'bypass not-steered $.steering_method_none',
  ],
  ['and off it does not', '1.2', { steering: { steering_method_none: 0 } }, {}, tunnelled],
]

const ipv6 = '2620:117:bff0:13::90'

const NEVER: readonly Case[] = [
  ['loopback is left alone', 'ours', {}, { ip: '127.0.0.1', host: '' }, 'bypass not-steered loopback'],
  ['IPv6 loopback too', 'ours', {}, { ip: '::1', host: '' }, 'bypass not-steered loopback'],
  [
    'before a pinned app',
    'ours',
    { apps: [{ process: 'curl', action: 2 }] },
    { ip: '127.8.8.8' },
    'bypass not-steered loopback',
  ],
  ['1.127.0.0 is not loopback', 'ours', {}, { ip: '1.127.0.0', host: '' }, tunnelled],
  ['the way to the gateway', '3.3', {}, { host: 'gateway-lab.goskope.com' }, 'bypass not-steered $.nsgw.host'],
  ['and to its backup', '3.3', {}, { host: 'gateway-backup-lab.goskope.com' }, 'bypass not-steered $.nsgw.backupHost'],
  [
    'also DTLS, which is UDP 443',
    '2.8, C928',
    {},
    { host: 'gateway-lab.goskope.com', transport: 'udp' },
    'bypass not-steered $.nsgw.host',
  ],
  [
    'the client’s other flows are not exempt',
    '2.6, LCL',
    {},
    { host: 'achecker-lab.goskope.com', process: 'stagentsvc' },
    tunnelled,
  ],
  ['IPv6 is steered', '2.8', {}, { ip: ipv6 }, tunnelled],
  ['all mode leaves IPv6 that is not web alone', '2.1', {}, { ip: ipv6, port: 22 }, left],
  ['of IPv4 it does not', '2.1', {}, { port: 22 }, `tunnel app-fw ${MODE}`],
  ['blockIPv6 refuses it', '1.2, name only', { client: { blockIPv6: '1' } }, { ip: ipv6 }, 'block ipv6 $.blockIPv6'],
  ['and not IPv4', '1.2', { client: { blockIPv6: '1' } }, {}, tunnelled],
  [
    'nor an IPv4-mapped address',
    'RFC 4291',
    { client: { blockIPv6: '1' } },
    { ip: '::ffff:74.112.186.144' },
    tunnelled,
  ],
  [
    'QUIC that would not be steered over TCP is left alone',
    '2.8, C928',
    cloudApps,
    { host: 'example.com', transport: 'udp' },
    left,
  ],
  ['QUIC of a cloud app is blocked', '2.8, C928', cloudApps, { transport: 'udp' }, 'block udp udp-443'],
  [
    'QUIC to a local address is left alone',
    '2.8',
    { mode: 'web' },
    { ip: '10.0.0.1', host: '', transport: 'udp' },
    'bypass private-ip private-ranges',
  ],
  ['QUIC is blocked', '2.8, C928', {}, { transport: 'udp' }, 'block udp udp-443'],
  ['also to an exception', '1.2', { names: ['box.com'] }, { transport: 'udp' }, 'block udp udp-443'],
  [
    'unless supportUDPExceptions is on',
    '1.2, name only',
    { names: ['box.com'], client: { supportUDPExceptions: '1' } },
    { transport: 'udp' },
    'bypass exception-host $.names[0]',
  ],
  ['and then to all else', '1.2', { client: { supportUDPExceptions: '1' } }, { transport: 'udp' }, 'block udp udp-443'],
]

const shared = { overlaps: { '1': ['drive.example', 'mail.example'], '2': ['other.example'] } } as const

const twoGroups = { overlaps: { '1': ['a.example', 'b.example'], '2': ['a.example', 'c.example.'] } } as const

const NAMES: readonly Case[] = [
  [
    'a service in two groups waits for both',
    '1.1, ours',
    twoGroups,
    { host: 'a.example', otherHosts: ['b.example'] },
    'need-more',
  ],
  ['whatever the spelling', '1.1, ours', twoGroups, { host: 'a.example', otherHosts: ['c.example'] }, 'need-more'],
  ['groups do not add up', '1.1, ours', twoGroups, { host: 'b.example', otherHosts: ['c.example'] }, tunnelled],
  ['checkSNI waits for the ClientHello', '2.2', { checkSni: true }, {}, 'need-more'],
  [
    'and then goes by it',
    '2.2',
    { checkSni: true, names: ['box.com'] },
    { sniffed: 'tls' },
    'bypass exception-host $.names[0]',
  ],
  ['a known host on another port need not wait', '2.2', { checkSni: true }, { port: 80 }, tunnelled],
  ['an unknown host does', '2.2', { checkSni: true }, { port: 80, host: '' }, 'need-more'],
  ['UDP says nothing', '2.2', { checkSni: true }, { transport: 'udp', port: 3478 }, `tunnel app-fw ${MODE}`],
  ['what is blocked anyhow need not wait', '2.2', { checkSni: true }, { transport: 'udp' }, 'block udp udp-443'],
  [
    'two services of one group at one address: the name decides',
    '1.1, ours',
    shared,
    { host: 'drive.example', otherHosts: ['mail.example'] },
    'need-more',
  ],
  [
    'once it was read it does',
    '1.1, ours',
    { ...shared, names: ['mail.example'] },
    { host: 'mail.example', otherHosts: ['drive.example'], sniffed: 'tls' },
    'bypass exception-host $.names[0]',
  ],
  ['one service alone need not wait', '1.1', shared, { host: 'drive.example' }, tunnelled],
  [
    'nor with a host of another group',
    '1.1',
    shared,
    { host: 'drive.example', otherHosts: ['other.example'] },
    tunnelled,
  ],
  ['nor hosts of no group', '1.1', shared, { host: 'a.example', otherHosts: ['b.example'] }, tunnelled],
]

testDecisions('modes and ports', MODES)

testDecisions('what never reaches the lists', NEVER)

testDecisions('names that are waited for', NAMES)
