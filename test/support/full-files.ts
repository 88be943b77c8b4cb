/** One good set of files that has every key we act on, real and ours: for what must hold of all of them. */

import type { FileName } from '../../agent/config/configuration.js'
import { fileText } from '../../agent/config/write-defaults.js'
import { defaultTexts } from './config-files.js'

const LISTS = {
  names: ['zoom.us', '*.zoom.us', 'bücher.example'],
  ips: [
    { type: 'ip', value: '8.36.116.0/24' },
    { type: 'local', value: 'Local IP address range' },
    { type: 'local', value: '198.51.100.1-198.51.100.9' },
  ],
  applications: [
    { name: 'Box', domains: ['*.box.com', 'box.com'], action: 'bypass' },
    { name: 'Slack', domains: ['*.slack.com'], action: 'bypass-except-dns' },
  ],
  categories: [{ name: 'Finance/Accounting' }, { name: 'Ours', domains: ['bank.example'] }],
  source_locations: ['10.20.0.0/16'],
  source_countries: ['DE'],
  dns: [{ domain: '*.corp.example', types: ['A', 'AAAA'] }, { domain: '10.0.0.0/8' }],
}

const APPS = [
  {
    action: 3,
    appName: 'Managed',
    app_domains: ['example.com', '*'],
    isRegex: 'true',
    mode: 'tunnel',
    processName: '^git-.*$',
    rowID: 'custom_1',
    tunnel_domains: ['example.com'],
    os: ['linux', 'macos'],
  },
]

const CONTENTS: Readonly<Partial<Record<FileName, object>>> = {
  'nssteering.json': {
    domains: ['box.com'],
    domain_ports: { 'box.com': [8443], '*': [8080] },
    traffic_mode: 'all',
    bypass_option: 0,
    dynamic_steering: 1,
    onprem_bypass_option: 1,
    offprem_bypass_option: 2,
    steering_method_none: 0,
    onprem_steering_method_none: 0,
    offprem_steering_method_none: 0,
    steer_dns: 1,
    on_prem: { traffic_mode: 'cloud-apps', domains: ['box.com'], domain_ports: {} },
    off_prem: { traffic_mode: 'all' },
  },
  'nsexception.json': {
    ...LISTS,
    on_prem: LISTS,
    off_prem: { names: ['apple.com'] },
    protocols: {},
    fail_close: { domains: ['login.example'], ips: ['203.0.113.9'] },
  },
  'nsbypass.json': {
    certPinnedAppList: APPS,
    on_prem: { certPinnedAppList: APPS },
    off_prem: { certPinnedAppList: [] },
  },
  'nsoverlap.json': { overlappingDomainList: { '1': ['a.example', 'b.example'] }, status: 'OK' },
  'steerlab.json': {
    readings: { exceptions: 'root-too', pinned: 'one-level', applications: 'root-too' },
    endpoint: { location: 'on-prem', managed: true, country: 'DE', os: 'linux' },
    download: { enabled: true, firstRetrySeconds: 1, checkSeconds: 60, applyWithinSeconds: 5, retrySeconds: 9 },
  },
}

/** The texts of all seven files. */
export function fullTexts(): Record<FileName, string> {
  const texts = Object.entries(CONTENTS).map(([file, content]) => [file, fileText(content)])
  return { ...defaultTexts(), ...Object.fromEntries(texts) } as Record<FileName, string>
}
