/** DNS flows: left alone, steered, excepted by name and record type. */

import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const web = { mode: 'web' } as const

const dnsSteered = { steering: { steer_dns: 1 } } as const

const query = (name: string, type = 'A') =>
  ({ transport: 'udp', port: 53, host: '', ip: '8.8.8.8', query: { name, type } }) as const

const dnsExceptions = {
  steering: { steer_dns: 1 },
  exceptions: {
    dns: [{ domain: '*.corp.example', types: ['A', 'AAAA'] }, { domain: 'any.example' }, { domain: '10.0.0.0/8' }],
  },
} as const

const DNS: readonly Case[] = [
  ['DNS is left alone', '2.1', {}, query('box.com'), 'bypass not-steered $.steer_dns'],
  ['also over TCP', '2.1', {}, { ...query('box.com'), transport: 'tcp' }, 'bypass not-steered $.steer_dns'],
  ['unless it is steered', '2.8', dnsSteered, query('box.com'), 'tunnel app-fw $.traffic_mode'],
  ['in all mode only', '2.8', { ...web, ...dnsSteered }, query('box.com'), 'bypass not-steered $.steer_dns'],
  [
    'on-prem of dynamic steering DNS is left alone',
    '2.8',
    { steering: { steer_dns: 1, dynamic_steering: 1 } },
    query('box.com'),
    'bypass not-steered $.steer_dns',
    { location: 'on-prem' },
  ],
  [
    'off-prem it is steered',
    '2.8',
    { steering: { steer_dns: 1, dynamic_steering: 1 } },
    query('box.com'),
    'tunnel app-fw $.traffic_mode',
  ],
  ['a DNS exception', '2.3', dnsExceptions, query('intra.corp.example'), 'bypass dns $.dns[0]'],
  ['for its record types', '2.3', dnsExceptions, query('intra.corp.example', 'AAAA'), 'bypass dns $.dns[0]'],
  ['and no others', '2.3', dnsExceptions, query('intra.corp.example', 'TXT'), 'tunnel app-fw $.traffic_mode'],
  ['without types for all of them', '2.3', dnsExceptions, query('any.example', 'TXT'), 'bypass dns $.dns[1]'],
  ['of another name it is none', '2.3', dnsExceptions, query('corp.example'), 'tunnel app-fw $.traffic_mode'],
  ['PTR takes addresses', '2.3', dnsExceptions, query('7.1.2.10.in-addr.arpa', 'PTR'), 'bypass dns $.dns[2]'],
  [
    'PTR of another address',
    '2.3',
    dnsExceptions,
    query('7.1.2.11.in-addr.arpa', 'PTR'),
    'tunnel app-fw $.traffic_mode',
  ],
  [
    'an A query for that name is no PTR',
    '2.3',
    dnsExceptions,
    query('7.1.2.10.in-addr.arpa'),
    'tunnel app-fw $.traffic_mode',
  ],
  [
    'DNS exceptions do not hold in web mode',
    '2.3',
    { ...dnsExceptions, ...web },
    query('intra.corp.example'),
    'bypass not-steered $.steer_dns',
  ],
  [
    'what cannot be read is steered, whatever the exceptions',
    '2.3',
    { ...dnsExceptions, ips: ['8.8.8.8'] },
    { ...query(''), query: 'unreadable' },
    'tunnel app-fw unreadable-dns',
  ],
  [
    'a resolver that is a destination exception',
    '2.3, R99',
    { ...dnsSteered, ips: ['8.8.8.8'] },
    query('box.com'),
    'bypass exception-ip $.ips[0]',
  ],
  [
    'blockDnsTCP refuses DNS over TCP',
    '1.2, name only',
    { client: { blockDnsTCP: '1' } },
    { ...query('box.com'), transport: 'tcp' },
    'block dns-tcp $.blockDnsTCP',
  ],
  ['and not over UDP', '1.2', { client: { blockDnsTCP: '1' } }, query('box.com'), 'bypass not-steered $.steer_dns'],
  [
    'dns_custom_port is DNS too',
    '1.2, name only',
    { client: { dns_custom_port: '5353' } },
    { ...query('box.com'), port: 5353 },
    'bypass not-steered $.steer_dns',
  ],
  ['without it that port is any port', '1.2', {}, { ...query('box.com'), port: 5353 }, 'tunnel app-fw $.traffic_mode'],
]

testDecisions('DNS', DNS)
