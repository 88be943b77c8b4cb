/** Dynamic steering: a half of the configuration for on-prem and one for off-prem. */

import { type DecideCase as Case, testDecisions } from '../../support/decide-cases.js'

const MODE = '$.traffic_mode'

const tunnelled = `tunnel nsProxy ${MODE}`

const dynamic = {
  steering: {
    dynamic_steering: 1,
    domains: ['box.com'],
    on_prem: { traffic_mode: 'cloud-apps' },
    off_prem: { traffic_mode: 'web' },
  },
} as const

const onPrem = { location: 'on-prem' } as const

const offPrem = { location: 'off-prem' } as const

const HALVES: readonly Case[] = [
  ['off-prem has its own mode', '6', dynamic, { host: 'zoom.us' }, 'tunnel nsProxy $.off_prem.traffic_mode', offPrem],
  ['on-prem has another', '6', dynamic, { host: 'zoom.us' }, 'bypass not-steered $.on_prem.traffic_mode', onPrem],
  ['what a half leaves out is the file’s own', 'ours', dynamic, {}, 'tunnel nsProxy $.domains[0]', onPrem],
  [
    'without dynamic steering the halves say nothing',
    '1.2',
    { steering: { ...dynamic.steering, dynamic_steering: 0 } },
    { host: 'zoom.us' },
    tunnelled,
    onPrem,
  ],
  [
    'on-prem can be steered not at all',
    '1.2',
    { steering: { dynamic_steering: 1, onprem_steering_method_none: 1 } },
    {},
    'bypass not-steered $.onprem_steering_method_none',
    onPrem,
  ],
  [
    'and off-prem steered all the same',
    '1.2',
    { steering: { dynamic_steering: 1, onprem_steering_method_none: 1 } },
    {},
    tunnelled,
    offPrem,
  ],
  [
    'on-prem an exception is tunnelled and bypassed in the cloud',
    '6',
    { names: ['box.com'], steering: { dynamic_steering: 1 } },
    {},
    'tunnel nsProxy (cloud-bypass) $.names[0]',
    onPrem,
  ],
  [
    'off-prem it is bypassed here',
    '6',
    { names: ['box.com'], steering: { dynamic_steering: 1 } },
    {},
    'bypass exception-host $.names[0]',
    offPrem,
  ],
  [
    'without dynamic steering it is bypassed here wherever the client is',
    '6',
    { names: ['box.com'] },
    {},
    'bypass exception-host $.names[0]',
    onPrem,
  ],
  [
    'on-prem a pinned app is tunnelled and bypassed in the cloud',
    '6',
    { apps: [{ process: 'curl' }], steering: { dynamic_steering: 1 } },
    {},
    'tunnel nsProxy (pinned) $.certPinnedAppList[0]',
    onPrem,
  ],
  [
    'onprem_bypass_option 1 keeps it here',
    '1.2, value ours',
    { names: ['box.com'], steering: { dynamic_steering: 1, onprem_bypass_option: 1 } },
    {},
    'bypass exception-host $.names[0]',
    onPrem,
  ],
  [
    'bypass_option 2 leaves it to the cloud without dynamic steering',
    '1.2, value ours',
    { names: ['box.com'], steering: { bypass_option: 2 } },
    {},
    'tunnel nsProxy (cloud-bypass) $.names[0]',
  ],
  [
    'an exception outside a steered app stays here on Windows',
    '6',
    { ...dynamic, names: ['zoom.us'], lab: { endpoint: { os: 'windows' } } },
    { host: 'zoom.us' },
    'bypass exception-host $.names[0]',
    onPrem,
  ],
  [
    'and goes to the cloud on a Mac',
    '6',
    { ...dynamic, names: ['zoom.us'], lab: { endpoint: { os: 'macos' } } },
    { host: 'zoom.us' },
    'tunnel nsProxy (cloud-bypass) $.names[0]',
    onPrem,
  ],
  [
    'an exception does not send a private address to the cloud',
    '2.8',
    { names: ['*.corp.example'], steering: { dynamic_steering: 1 }, local: ['Local IP address range'] },
    { ip: '10.1.1.1', host: 'intranet.corp.example' },
    'bypass exception-host $.names[0]',
    onPrem,
  ],
  [
    'nor in web mode, where private addresses are local by themselves',
    '2.8',
    { mode: 'web', names: ['*.corp.example'], steering: { dynamic_steering: 1 } },
    { ip: '10.1.1.1', host: 'intranet.corp.example' },
    'bypass exception-host $.names[0]',
    onPrem,
  ],
  [
    'an address exception outside what is steered stays here on a Mac too',
    '6: of domain exceptions only',
    { ...dynamic, ips: ['8.8.8.8'], lab: { endpoint: { os: 'macos' } } },
    { host: 'zoom.us', ip: '8.8.8.8' },
    'bypass exception-ip $.ips[0]',
    onPrem,
  ],
  [
    'and a domain exception on a port that is no web',
    '6',
    { ...dynamic, names: ['zoom.us'], lab: { endpoint: { os: 'macos' } } },
    { host: 'zoom.us', port: 8801 },
    'bypass exception-host $.names[0]',
    onPrem,
  ],
  [
    'a private address stays here also on-prem',
    'ours',
    { steering: { dynamic_steering: 1 }, local: ['Local IP address range'] },
    { ip: '10.1.2.3', host: '' },
    'bypass private-ip $.ips[0]',
    onPrem,
  ],
  [
    'a half has exceptions of its own',
    '2.7',
    { names: ['box.com'], steering: { dynamic_steering: 1 }, exceptions: { off_prem: { names: ['zoom.us'] } } },
    { host: 'zoom.us' },
    'bypass exception-host $.off_prem.names[0]',
    offPrem,
  ],
  [
    'which replace the file’s',
    'ours',
    { names: ['box.com'], steering: { dynamic_steering: 1 }, exceptions: { off_prem: { names: ['zoom.us'] } } },
    {},
    tunnelled,
    offPrem,
  ],
  [
    'and do not hold in the other half',
    '2.7',
    { names: [], steering: { dynamic_steering: 1 }, exceptions: { off_prem: { names: ['zoom.us'] } } },
    { host: 'zoom.us' },
    tunnelled,
    onPrem,
  ],
  [
    'a half has pinned apps of its own',
    '2.7',
    {
      steering: { dynamic_steering: 1 },
      pinned: {
        off_prem: {
          certPinnedAppList: [{ action: 2, appName: 'A', app_domains: [], mode: 'direct', processName: 'curl' }],
        },
      },
    },
    {},
    'block pinned $.off_prem.certPinnedAppList[0]',
    offPrem,
  ],
]

testDecisions('dynamic steering', HALVES)
