/** The other kinds of exceptions: applications, categories, sources, local addresses. */

import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const MODE = '$.traffic_mode'

const tunnelled = `tunnel nsProxy ${MODE}`

const dynamic = { dynamic_steering: 1 }

const app = (action: string, domains = ['*.zoom.us', 'zoom.us']) => ({
  exceptions: { applications: [{ name: 'Zoom', domains, action }] },
})

const zoom = { host: 'us04web.zoom.us' }

const zoomQuery = {
  transport: 'udp',
  port: 53,
  host: '',
  ip: '8.8.8.8',
  query: { name: 'zoom.us', type: 'A' },
} as const

const OTHER_KINDS: readonly Case[] = [
  ['an application exception', '2.3', app('bypass'), zoom, 'bypass application $.applications[0]'],
  ['its other hosts', '2.3', app('bypass'), {}, tunnelled],
  ['its wildcard lacks the root', '2.4 CFW', app('bypass', ['*.zoom.us']), { host: 'zoom.us' }, tunnelled],
  [
    'unless read otherwise',
    '2.4 prose',
    { ...app('bypass', ['*.zoom.us']), lab: { readings: { applications: 'root-too' } } },
    { host: 'zoom.us' },
    'bypass application $.applications[0]',
  ],
  [
    'bypass takes its DNS too',
    '2.3',
    { ...app('bypass'), steering: { steer_dns: 1 } },
    zoomQuery,
    'bypass application $.applications[0]',
  ],
  [
    'bypass-except-dns does not',
    '2.3',
    { ...app('bypass-except-dns'), steering: { steer_dns: 1 } },
    zoomQuery,
    `tunnel app-fw ${MODE}`,
  ],
  ['and bypasses the rest', '2.3', app('bypass-except-dns'), zoom, 'bypass application $.applications[0]'],
  [
    'applications hold on-prem',
    '2.3',
    { ...app('bypass'), steering: { ...dynamic, onprem_bypass_option: 1 } },
    zoom,
    'bypass application $.applications[0]',
    { location: 'on-prem' },
  ],
  ['and not off-prem', '2.3', { ...app('bypass'), steering: dynamic }, zoom, tunnelled, { location: 'off-prem' }],
  [
    'a category is steered without policy',
    '2.3',
    { exceptions: { categories: [{ name: 'Ours', domains: ['bank.example'] }] } },
    { host: 'www.bank.example' },
    'tunnel nsProxy (category) $.categories[0]',
  ],
  [
    'the root too',
    'ours',
    { exceptions: { categories: [{ name: 'Ours', domains: ['*.bank.example'] }] } },
    { host: 'bank.example' },
    'tunnel nsProxy (category) $.categories[0]',
  ],
  [
    'a default category knows a few hosts',
    '2.3, ours',
    { exceptions: { categories: [{ name: 'Streaming Video' }] } },
    { host: 'www.netflix.com' },
    'tunnel nsProxy (category) $.categories[0]',
  ],
  ['and not others', '2.3', { exceptions: { categories: [{ name: 'Streaming Video' }] } }, {}, tunnelled],
  [
    'categories do not hold in mode cloud-apps',
    '2.3',
    {
      mode: 'cloud-apps',
      steering: { domains: ['box.com'] },
      exceptions: { categories: [{ name: 'Ours', domains: ['box.com'] }] },
    },
    {},
    'tunnel nsProxy $.domains[0]',
  ],
  [
    'a domain exception before the category',
    'C7815',
    { names: ['bank.example'], exceptions: { categories: [{ name: 'Ours', domains: ['bank.example'] }] } },
    { host: 'bank.example' },
    'bypass exception-host $.names[0]',
  ],
  [
    'what is not steered has no category',
    '2.1',
    { mode: 'web', exceptions: { categories: [{ name: 'Ours', domains: ['box.com'] }] } },
    { port: 22 },
    `bypass not-steered ${MODE}`,
  ],
  [
    'in the cloud the lists of both halves hold',
    '2.6',
    { steering: dynamic, exceptions: { off_prem: { categories: [{ name: 'Ours', domains: ['box.com'] }] } } },
    {},
    'tunnel nsProxy (category) $.off_prem.categories[0]',
    { location: 'on-prem' },
  ],
  [
    'unless each half is read by itself: on-prem has no category exceptions',
    '2.3 table',
    {
      steering: dynamic,
      exceptions: { on_prem: { categories: [{ name: 'Ours', domains: ['box.com'] }] } },
      lab: { readings: { cloud: 'own-half' } },
    },
    {},
    tunnelled,
    { location: 'on-prem' },
  ],
  [
    'a source country',
    '2.3',
    { exceptions: { source_countries: ['DE'] } },
    {},
    'tunnel nsProxy (source-country) $.source_countries[0]',
    { country: 'DE' },
  ],
  ['elsewhere it is none', '2.3', { exceptions: { source_countries: ['DE'] } }, {}, tunnelled, { country: 'FR' }],
  ['of an unknown country it is none', '2.3', { exceptions: { source_countries: ['DE'] } }, {}, tunnelled],
  [
    'a source location',
    '2.3',
    { mode: 'web', exceptions: { source_locations: ['10.0.0.0/16'] } },
    {},
    'bypass source-location $.source_locations[0]',
  ],
  [
    'from elsewhere it is none',
    '2.3',
    { mode: 'web', exceptions: { source_locations: ['10.9.0.0/16'] } },
    {},
    tunnelled,
  ],
  [
    'source locations do not hold in all mode',
    '2.3',
    { exceptions: { source_locations: ['10.0.0.0/16'] } },
    {},
    tunnelled,
  ],
  ['"treat like local" of a public range', '2.3', { local: ['74.112.186.0/24'] }, {}, 'bypass private-ip $.ips[0]'],
  [
    'any type that says local is local',
    '1.2 DBG',
    { exceptions: { ips: [{ type: 'LocalIPRange', value: '74.112.186.0/24' }] } },
    {},
    'bypass private-ip $.ips[0]',
  ],
  [
    'any other is an exception',
    '1.2 DBG',
    { exceptions: { ips: [{ type: 'cidr', value: '74.112.186.0/24' }] } },
    {},
    'bypass exception-ip $.ips[0]',
  ],
]

testDecisions('applications, categories, sources, local addresses', OTHER_KINDS)
