import type { NetworkInterfaceInfo } from 'node:os'
import fc from 'fast-check'
import t from 'tap'
import { type NetworkFacts, networkChange, networkFingerprint } from '../../../agent/location/network-state.js'
import { lacking } from '../../support/needs.js'
import { runProgram } from '../../support/run-program.js'

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   \n'
const DEFAULT = 'eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0   \n'
const LINK = 'eth0\t000200C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0   \n'
const BY_WLAN = 'wlan0\t00000000\t0100A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0   \n'

/** An address of an interface, `192.0.2.7/24`. */
function at(cidr: string, internal = false): NetworkInterfaceInfo {
  const [address = ''] = cidr.split('/')
  const common = { address, netmask: '', mac: '02:00:00:00:00:01', internal, cidr }
  return address.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' }
}

const LO = [at('127.0.0.1/8', true), at('::1/128', true)]
const ETH = [at('192.0.2.7/24'), at('2001:db8:1:2:a:b:c:d/64'), at('fe80::a:b:c:d/64')]

function facts(changes: Partial<NetworkFacts> = {}, more: NetworkFacts['interfaces'] = {}): NetworkFacts {
  const interfaces = { lo: LO, eth0: ETH, ...more }
  return { interfaces, routes: HEAD + DEFAULT + LINK, nameservers: ['192.0.2.53'], ...changes }
}

void t.test('what a network is told by', async (t) => {
  t.strictSame(networkFingerprint(facts()), {
    text: [
      'address eth0 192.0.2.7',
      'address eth0 20010db8000100020000000000000000/64',
      'default eth0 via 192.0.2.1',
      'nameserver 192.0.2.53',
    ].join('\n'),
    sourceIp: '192.0.2.7',
  })
  t.strictSame(networkFingerprint({ interfaces: {}, routes: '', nameservers: [] }), { text: '', sourceIp: '0.0.0.0' })
})

const OTHER_ETH = { ...facts().interfaces, eth0: [at('192.0.2.8/24'), ...ETH.slice(1)] }

const CHANGES: readonly [why: string, after: NetworkFacts, to: string][] = [
  ['another address', facts({ interfaces: OTHER_ETH }), '192.0.2.8'],
  ['a second address', facts({}, { eth0: [...ETH, at('192.0.2.9/24')] }), '192.0.2.7'],
  ['an interface more', facts({}, { wlan0: [at('192.168.0.5/24')] }), '192.0.2.7'],
  ['a VPN', facts({}, { tun0: [at('10.8.0.2/24')] }), '192.0.2.7'],
  ['the network is gone', { interfaces: { lo: LO }, routes: HEAD, nameservers: [] }, '0.0.0.0'],
  ['only a self-given address is left', facts({ routes: HEAD }, { eth0: [at('169.254.1.2/16')] }), '169.254.1.2'],
  ['the default route is gone', facts({ routes: HEAD + LINK }), '192.0.2.7'],
  ['another gateway', facts({ routes: HEAD + DEFAULT.replace('010200C0', 'FE0200C0') }), '192.0.2.7'],
  ['a second way out', facts({ routes: HEAD + DEFAULT + BY_WLAN }), '192.0.2.7'],
  ['the route is down', facts({ routes: HEAD + DEFAULT.replace('0003', '0002') }), '192.0.2.7'],
  ['the route refuses', facts({ routes: HEAD + DEFAULT.replace('0003', '0201') }), '192.0.2.7'],
  ['another IPv6 prefix', facts({}, { eth0: [ETH[0]!, at('2001:db8:1:3:a:b:c:d/64')] }), '192.0.2.7'],
  ['IPv6 only', facts({ routes: '' }, { eth0: ETH.slice(1) }), '2001:db8:1:2:a:b:c:d'],
  ['another nameserver', facts({ nameservers: ['192.0.2.54'] }), '192.0.2.7'],
  ['the nameservers the other way round', facts({ nameservers: ['192.0.2.54', '192.0.2.53'] }), '192.0.2.7'],
]

void t.test('a change', async (t) => {
  const before = networkFingerprint(facts())
  for (const [why, after, to] of CHANGES) {
    t.strictSame(networkChange(before, networkFingerprint(after)), { from: '192.0.2.7', to }, why)
    t.equal(networkChange(networkFingerprint(after), networkFingerprint(after)), undefined, `${why}, looked at twice`)
  }
})

void t.test('the way out decides the source address: the best of several routes', async (t) => {
  const wlan0 = [at('192.168.0.5/24')]
  const cases: readonly [why: string, routes: string, sourceIp: string][] = [
    ['the lower metric', DEFAULT + BY_WLAN, '192.0.2.7'],
    ['in whatever order', BY_WLAN + DEFAULT, '192.0.2.7'],
    ['the other alone', BY_WLAN, '192.168.0.5'],
    ['the other better', BY_WLAN.replace('600', '50') + DEFAULT, '192.168.0.5'],
  ]
  for (const [why, routes, sourceIp] of cases)
    t.equal(networkFingerprint(facts({ routes: HEAD + routes }, { wlan0 })).sourceIp, sourceIp, why)
})

const NO_CHANGES: readonly [why: string, after: NetworkFacts][] = [
  ['the same', facts()],
  ['interfaces in another order', { ...facts(), interfaces: { eth0: ETH, lo: LO } }],
  ['addresses in another order', facts({}, { eth0: [ETH[1]!, ETH[2]!, ETH[0]!] })],
  ['a metric', facts({ routes: HEAD + DEFAULT.replace('100', '20100') + LINK })],
  ['a route that is no default', facts({ routes: HEAD + DEFAULT })],
  ['a second IPv6 address of the same prefix', facts({}, { eth0: [...ETH, at('2001:db8:1:2::99/64')] })],
  ['another loopback address', facts({}, { lo: [...LO, at('127.0.0.9/8', true)] })],
  ['an interface without address', facts({}, { eth1: [], eth2: undefined })],
  ['a link-local address only', facts({}, { eth1: [at('fe80::1/64')] })],
  ['docker’s bridge', facts({}, { docker0: [at('172.17.0.1/16')], 'br-0123456789ab': [at('172.18.0.1/16')] })],
  ['a container’s end', facts({}, { veth12ab: [at('fe80::2/64')], vnet3: [at('10.1.1.1/24')] })],
  ['bridges of virtual machines', facts({}, { virbr0: [at('192.168.122.1/24')], lxcbr0: [at('10.0.3.1/24')] })],
]

void t.test('no change', async (t) => {
  const before = networkFingerprint(facts())
  for (const [why, after] of NO_CHANGES) t.equal(networkChange(before, networkFingerprint(after)), undefined, why)
  const bridge = networkFingerprint(facts({}, { 'br-lan': [at('192.168.1.1/24')], dockerized: [at('10.9.9.9/8')] }))
  t.ok(networkChange(before, bridge), 'but a bridge of another name counts')
})

void t.test('any text in the place of routes breaks nothing', async (t) => {
  const line = fc.oneof(fc.string(), fc.constantFrom(DEFAULT, LINK, BY_WLAN, HEAD), fc.stringMatching(/^[0-9A-F\t]*$/))
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const { text, sourceIp } = networkFingerprint(facts({ routes: lines.join('\n') }))
      return text !== '' && sourceIp === '192.0.2.7'
    }),
  )
  t.pass()
})

/** Every kernel has this interface, if no other kind. */
const SETUP = [
  'ip link set lo up',
  'ip route add default via 198.51.100.1 dev lo onlink metric 50',
  'ip route add default via 198.51.100.254 dev lo onlink metric 30',
  'ip route add unreachable default metric 10',
  'ip route add 10.0.0.0/8 via 198.51.100.9 dev lo onlink',
  'cat /proc/net/route',
].join(' && ')

void t.test('a kernel’s own table', { skip: lacking('capture') }, async (t) => {
  const user = process.getuid?.() === 0 ? [] : ['--map-current-user', '--keep-caps']
  const { code, stdout, stderr } = await runProgram('unshare', [...user, '--net', '--', 'sh', '-c', SETUP])
  t.equal(code, 0, stderr)
  t.equal(stdout.trimEnd().split('\n').length, 5, 'the head and four routes')
  const { text } = networkFingerprint({ interfaces: {}, routes: stdout, nameservers: [] })
  t.equal(text, 'default lo via 198.51.100.254\ndefault lo via 198.51.100.1')
})
