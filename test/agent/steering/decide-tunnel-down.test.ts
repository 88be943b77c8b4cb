/** Without a tunnel: fail-open and fail-close, a captive portal's window, and a client that the user has disabled. */

import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const MODE = '$.traffic_mode'

const tunnelled = `tunnel nsProxy ${MODE}`

const down = { tunnel: 'down' } as const

const closed = { client: { failClose: { fail_close: 'true' } } }

const failClosed = 'block fail-close $.failClose.fail_close'

const openPath = 'bypass fail-open $.failClose.fail_close'

const TUNNEL_DOWN: readonly Case[] = [
  ['fail-open lets steered traffic go', '6', {}, {}, openPath, down],
  ['fail-close refuses it', '6', closed, {}, failClosed, down],
  ['with the tunnel up it says nothing', '6', closed, {}, tunnelled],
  ['a domain exception passes', '6', { ...closed, names: ['box.com'] }, {}, 'bypass exception-host $.names[0]', down],
  [
    'an address exception passes',
    '6',
    { ...closed, ips: ['74.112.186.144'] },
    {},
    'bypass exception-ip $.ips[0]',
    down,
  ],
  [
    'a pinned app passes',
    '6',
    { ...closed, apps: [{ process: 'curl' }] },
    {},
    'bypass pinned $.certPinnedAppList[0]',
    down,
  ],
  [
    'one in tunnel mode does not',
    '6',
    { ...closed, apps: [{ process: 'curl', mode: 'tunnel' }] },
    {},
    failClosed,
    down,
  ],
  [
    'a category exception does not',
    '6',
    { ...closed, exceptions: { categories: [{ name: 'Ours', domains: ['box.com'] }] } },
    {},
    failClosed,
    down,
  ],
  [
    'on-prem exceptions are refused too',
    '6',
    { ...closed, names: ['box.com'] },
    {},
    failClosed,
    { ...down, location: 'on-prem' },
  ],
  [
    'on-prem a local address passes',
    '6',
    { ...closed, local: ['Local IP address range'] },
    { ip: '10.0.0.1', host: '' },
    'bypass private-ip $.ips[0]',
    { ...down, location: 'on-prem' },
  ],
  ['what is not steered passes', '6', { ...closed, mode: 'web' }, { port: 22 }, `bypass not-steered ${MODE}`, down],
  [
    'what may pass although closed',
    '1.2, ours',
    { ...closed, exceptions: { fail_close: { domains: ['box.com'], ips: [] } } },
    {},
    'bypass fail-close-listed $.fail_close.domains[0]',
    down,
  ],
  [
    'by address as well',
    '1.2, ours',
    { ...closed, exceptions: { fail_close: { domains: [], ips: ['74.112.0.0/16'] } } },
    {},
    'bypass fail-close-listed $.fail_close.ips[0]',
    down,
  ],
  ['QUIC stays blocked', '2.8', {}, { transport: 'udp' }, 'block udp udp-443', down],
]

const portal = { tunnel: 'portal' } as const

const throughPortal = 'bypass captive-portal $.failClose.captive_portal_timeout'

const BEHIND_PORTAL: readonly Case[] = [
  ['steered traffic goes direct although the client fails closed', '6', closed, {}, throughPortal, portal],
  ['where the client fails open, that is why', '6', {}, {}, openPath, portal],
  [
    'an exception passes as ever, on-prem too',
    '6',
    { ...closed, names: ['box.com'] },
    {},
    'bypass exception-host $.names[0]',
    { ...portal, location: 'on-prem' },
  ],
  [
    'what may pass although closed needs no list',
    'ours',
    { ...closed, exceptions: { fail_close: { domains: ['box.com'], ips: [] } } },
    {},
    throughPortal,
    portal,
  ],
  ['QUIC stays blocked', '2.8', closed, { transport: 'udp' }, 'block udp udp-443', portal],
]

const disabled = { tunnel: 'disabled' } as const

const byUser = 'bypass client-disabled client disabled'

const DISABLED: readonly Case[] = [
  ['steered traffic goes direct', '6', {}, {}, byUser, disabled],
  ['an exception is none of its business', '6', { names: ['box.com'] }, {}, byUser, disabled],
  ['nothing is blocked', '6', { apps: [{ process: 'curl', action: 2 }] }, {}, byUser, disabled],
  ['QUIC is free', '2.8', {}, { transport: 'udp' }, byUser, disabled],
  ['nor does it fail closed', '6', closed, {}, byUser, disabled],
  ['local addresses', '6', { local: ['Local IP address range'] }, { ip: '10.0.0.1', host: '' }, byUser, disabled],
]

testDecisions('while the tunnel is down', TUNNEL_DOWN)
testDecisions('behind a captive portal', BEHIND_PORTAL)
testDecisions('while the user has disabled the client', DISABLED)
