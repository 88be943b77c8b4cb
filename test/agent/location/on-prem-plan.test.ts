import t from 'tap'
import type { ClientConfig } from '../../../agent/config/schema/nsconfig.js'
import { type OnPremPlan, onPremPlan } from '../../../agent/location/on-prem-plan.js'

type Check = NonNullable<ClientConfig['onpremcheck']>

const NONE: OnPremPlan = { kind: 'none' }
const dns = (host: string, ips: string[], ignored: string[] = []): OnPremPlan => ({ kind: 'dns', host, ips, ignored })
const http = (urls: string[], seconds = 10, ignored: string[] = []): OnPremPlan => {
  return { kind: 'http', urls, timeoutMs: seconds * 1000, ignored }
}

/** As a real tenant's file has it (client-behaviour 1.2). */
const SAMPLE: Check = {
  onprem_use_dns: '',
  onprem_host: '',
  onprem_ip: '',
  onprem_additional_ips: [],
  onprem_http_host: '',
  onprem_additional_http_hosts: [],
  onprem_http_tcp_connection_timeout: '',
}
const DNS: Check = { onprem_use_dns: 'true', onprem_host: 'intra.corp', onprem_ip: '10.0.0.1' }
const HTTP: Check = { onprem_http_host: 'intra.corp' }

const CASES: readonly [why: string, check: Check | undefined, plan: OnPremPlan][] = [
  ['no check at all', undefined, NONE],
  ['no key of it', {}, NONE],
  ['the sample, in which nothing is set', SAMPLE, NONE],
  ['DNS', DNS, dns('intra.corp', ['10.0.0.1'])],
  ['DNS, switched on by a digit', { ...DNS, onprem_use_dns: '1' }, dns('intra.corp', ['10.0.0.1'])],
  ['DNS, switched off', { ...DNS, onprem_use_dns: 'false' }, NONE],
  ['DNS, not switched', { ...DNS, onprem_use_dns: '' }, NONE],
  ['DNS without a name', { ...DNS, onprem_host: ' ' }, NONE],
  ['DNS without an address', { ...DNS, onprem_ip: '' }, NONE],
  ['DNS is preferred', { ...DNS, ...HTTP }, dns('intra.corp', ['10.0.0.1'])],
  ['DNS switched off leaves HTTP', { ...DNS, ...HTTP, onprem_use_dns: '0' }, http(['http://intra.corp/'])],
  [
    'DNS with more addresses, spaces, and one that is none',
    { ...DNS, onprem_additional_ips: [' fd00::1', '10.0.0.300', ''] },
    dns('intra.corp', ['10.0.0.1', 'fd00::1'], ['10.0.0.300']),
  ],
  [
    'DNS with additional addresses only',
    { ...DNS, onprem_ip: '', onprem_additional_ips: ['::1'] },
    dns('intra.corp', ['::1']),
  ],
  ['DNS with nothing usable is a check that fails', { ...DNS, onprem_ip: 'x' }, dns('intra.corp', [], ['x'])],
  ['HTTP', HTTP, http(['http://intra.corp/'])],
  ['HTTP with a port', { onprem_http_host: 'intra.corp:8080' }, http(['http://intra.corp:8080/'])],
  ['HTTP with a path', { onprem_http_host: 'intra.corp/check?a=b' }, http(['http://intra.corp/check?a=b'])],
  ['HTTP with a scheme', { onprem_http_host: 'HTTP://Intra.Corp' }, http(['http://intra.corp/'])],
  ['HTTPS', { onprem_http_host: 'https://intra.corp:443' }, http(['https://intra.corp/'])],
  ['HTTP on an address', { onprem_http_host: '10.0.0.1' }, http(['http://10.0.0.1/'])],
  ['HTTP on an IPv6 address', { onprem_http_host: 'fd00::1' }, http(['http://[fd00::1]/'])],
  ['HTTP on an IPv6 address and port', { onprem_http_host: '[fd00::1]:81' }, http(['http://[fd00::1]:81/'])],
  [
    'HTTP with more hosts, of which one stands twice and some are none',
    { ...HTTP, onprem_additional_http_hosts: ['b.corp', 'http://intra.corp', 'ftp://c.corp', 'a b', ''] },
    http(['http://intra.corp/', 'http://b.corp/'], 10, ['ftp://c.corp', 'a b']),
  ],
  ['HTTP with additional hosts only', { onprem_additional_http_hosts: ['b.corp'] }, http(['http://b.corp/'])],
  ['HTTP with nothing usable is a check that fails', { onprem_http_host: 'a b' }, http([], 10, ['a b'])],
  ['a time-out', { ...HTTP, onprem_http_tcp_connection_timeout: '3' }, http(['http://intra.corp/'], 3)],
  ['the longest time-out', { ...HTTP, onprem_http_tcp_connection_timeout: '60' }, http(['http://intra.corp/'], 60)],
  ['a longer one', { ...HTTP, onprem_http_tcp_connection_timeout: '61' }, http(['http://intra.corp/'], 60)],
  ['no time-out', { ...HTTP, onprem_http_tcp_connection_timeout: '0' }, http(['http://intra.corp/'], 10)],
  [
    'a time-out of a thousand digits',
    { ...HTTP, onprem_http_tcp_connection_timeout: '9'.repeat(1000) },
    http(['http://intra.corp/'], 60),
  ],
]

void t.test('the plan for what the file says', async (t) => {
  for (const [why, check, plan] of CASES) t.strictSame(onPremPlan(check), plan, why)
})

void t.test('hosts beyond sixteen are ignored', async (t) => {
  const hosts = Array.from({ length: 18 }, (_, i) => `h${i}.corp`)
  const plan = onPremPlan({ onprem_additional_http_hosts: hosts })
  if (plan.kind !== 'http') return t.fail(plan.kind)
  t.strictSame([plan.urls.length, plan.ignored], [16, ['h16.corp', 'h17.corp']])
})
