/** Certificate-pinned apps: process, host, action, mode, device. */

import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const MODE = '$.traffic_mode'

const tunnelled = `tunnel nsProxy ${MODE}`

const pinned = (domains: readonly string[], more: object = {}) => ({ apps: [{ process: 'curl', domains, ...more }] })

const bypassed = 'bypass pinned $.certPinnedAppList[0]'

const PINNED: readonly Case[] = [
  ['app_domains cover what is below', '2.4', pinned(['example.com']), { host: 'mail.example.com' }, bypassed],
  ['on a label boundary', '2.4', pinned(['example.com']), { host: 'mail.1example.com' }, tunnelled],
  ['*.x is not supported', '2.4', pinned(['*.example.com']), { host: 'mail.example.com' }, tunnelled],
  ['* is any host', '2.4', pinned(['*']), {}, bypassed],
  ['* needs a flag', 'C890', { ...pinned(['*']), client: { enhancedCertPinnedApplist: '0' } }, {}, tunnelled],
  ['and with it holds', 'C890', { ...pinned(['*']), client: { enhancedCertPinnedApplist: '1' } }, {}, bypassed],
  ['suffix is any depth', '2.4 doc', pinned(['example.com']), { host: 'y.x.example.com' }, bypassed],
  [
    'one-level is not',
    '2.4 TAB',
    { ...pinned(['example.com']), lab: { readings: { pinned: 'one-level' } } },
    { host: 'y.x.example.com' },
    tunnelled,
  ],
  [
    'one-level covers one label',
    '2.4 TAB',
    { ...pinned(['example.com']), lab: { readings: { pinned: 'one-level' } } },
    { host: 'x.example.com' },
    bypassed,
  ],
  ['the same process to other hosts is steered', '2.5', pinned(['example.com']), {}, tunnelled],
  ['another process to the host is steered', '2.5', pinned(['box.com']), { process: 'chrome' }, tunnelled],
  ['names match whatever the case', '2.5 macOS', pinned(['*']), { process: 'CURL' }, bypassed],
  ['a path is no name', '2.5', { apps: [{ process: '/usr/bin/curl' }] }, {}, tunnelled],
  ['before a domain exception', '2.6 TAB', { ...pinned(['*']), names: ['box.com'] }, {}, bypassed],
  [
    'which holds for other programs',
    '2.6 TAB',
    { ...pinned(['*']), names: ['box.com'] },
    { process: 'x' },
    'bypass exception-host $.names[0]',
  ],
  ['tunnel mode', '2.5', pinned(['*'], { mode: 'tunnel' }), {}, 'tunnel nsProxy (pinned) $.certPinnedAppList[0]'],
  [
    'tunnel mode with tunnel_domains: those are tunnelled',
    '2.5',
    pinned(['box.com', 'example.com'], { mode: 'tunnel', tunnelDomains: ['example.com'] }),
    { host: 'www.example.com' },
    'tunnel nsProxy (pinned) $.certPinnedAppList[0]',
  ],
  [
    'and the app’s other domains go direct',
    '2.5',
    pinned(['box.com', 'example.com'], { mode: 'tunnel', tunnelDomains: ['example.com'] }),
    {},
    bypassed,
  ],
  [
    'tunnel_domains mean nothing in direct mode',
    '2.5',
    pinned(['box.com'], { tunnelDomains: ['box.com'] }),
    {},
    bypassed,
  ],
  [
    'tunnel mode outside what is steered goes direct',
    '2.1',
    { ...pinned(['*'], { mode: 'tunnel' }), mode: 'web' },
    { port: 22 },
    `bypass not-steered ${MODE}`,
  ],
  [
    'tunnel mode does not send a private address to the cloud',
    '2.8',
    { ...pinned(['*'], { mode: 'tunnel' }), mode: 'web' },
    { ip: '10.1.1.1' },
    'bypass pinned $.certPinnedAppList[0]',
  ],
  ['block', '2.5', pinned(['box.com'], { action: 2 }), {}, 'block pinned $.certPinnedAppList[0]'],
  [
    'block ignores app_domains',
    '2.5 TAB',
    pinned(['x.example'], { action: 2 }),
    {},
    'block pinned $.certPinnedAppList[0]',
  ],
  [
    'block ignores the mode',
    '2.5',
    pinned(['*'], { action: 2, mode: 'tunnel' }),
    {},
    'block pinned $.certPinnedAppList[0]',
  ],
  [
    'managed: bypass on a managed device',
    '2.5',
    pinned(['box.com'], { action: 3 }),
    {},
    bypassed,
    { device: 'managed' },
  ],
  [
    'block on an unmanaged one',
    '2.5',
    pinned(['*'], { action: 3 }),
    {},
    'block pinned $.certPinnedAppList[0]',
    { device: 'unmanaged' },
  ],
  ['and on one nobody has classified', '2.5', pinned(['*'], { action: 3 }), {}, 'block pinned $.certPinnedAppList[0]'],
  ['managed ignores app_domains', '2.5 TAB', pinned(['x.example'], { action: 3 }), {}, bypassed, { device: 'managed' }],
  [
    'managed in tunnel mode',
    '2.5',
    pinned(['*'], { action: 3, mode: 'tunnel' }),
    {},
    'tunnel nsProxy (pinned) $.certPinnedAppList[0]',
    { device: 'managed' },
  ],
  ['an expression', '2.5', pinned(['*'], { regex: true, process: '^cu.l$' }), {}, bypassed],
  ['that does not fit', '2.5', pinned(['*'], { regex: true, process: '^cu.$' }), {}, tunnelled],
  ['an expression is found anywhere', '2.5', pinned(['*'], { regex: true, process: 'ur' }), {}, bypassed],
  [
    'a list for one system',
    '2.5',
    { ...pinned(['*'], { os: ['windows'] }), lab: { endpoint: { os: 'linux' } } },
    {},
    tunnelled,
  ],
  [
    'and for this one',
    '2.5',
    { ...pinned(['*'], { os: ['linux'] }), lab: { endpoint: { os: 'linux' } } },
    {},
    bypassed,
  ],
  ['for a system nobody names all lists hold', 'ours', pinned(['*'], { os: ['windows'] }), {}, bypassed],
]

testDecisions('pinned apps', PINNED)
